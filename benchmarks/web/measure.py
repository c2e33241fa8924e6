"""What readers wait for: `pinakes serve` on a library of 100,000 parts, server and load on the same two cores.

Times are those of the client: from the request, or in the open loop from the moment at which it was to come, to the
last byte of the page. The first page is that of `pinakes serve` as it is; then the server runs as one does that many
readers ask, in as many processes as there are cores (`--processes 2`).
"""

from __future__ import annotations

import io
import re
import shutil
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import quote

import numpy as np
from PIL import Image

from benchmarks.frame import Figures, Options
from benchmarks.processes import run_module
from benchmarks.recommending import cost
from benchmarks.texts_made import write_files
from benchmarks.web.made import asked, made
from benchmarks.web.served import Served
from pinakes.evaluate.load import Load
from pinakes.evaluate.timing import percentile
from pinakes.library import Library

FULL, QUICK = 100_000, 8_000
STARTS, ALONE, FEW, MANY, SURPLUS = 3, 150, 8, 100, 400
PROCESSES = 2
SEARCHES, QUICK_SEARCHES = 10_000, 600
_LONGEST = 300.0
# Requests in a second of the open loop: as if a hundred people searched once in five seconds.
RATE = 20.0
_OK, _REFUSED = 200, 503
_PHOTOGRAPH, _PIXELS = 5_000_000, (4_000, 3_000)
_OWN_FILES = re.compile(rb'(?:href|src)="(/static/[^"]+\.(?:css|js))"')
_IMPORTED = re.compile(rb'^import .* from "\./([^"]+)"', re.M)
_MODES = ("quick", "precise")


class Run:
    """One measurement: the server, the figures, and the searches that nobody has made yet."""

    def __init__(self, options: Options, figures: Figures, served: Served, queries: Sequence[str]) -> None:
        self.figures, self.served = figures, served
        self.full = not options.quick
        # Searches that were answered.
        self.searched = 0
        self._queries, self._asked = queries, 0
        self._seed = 0

    def seconds(self, of_full: float) -> float:
        """How long something goes on."""
        return of_full if self.full else min(4.0, of_full)

    def path(self, mode: str = "precise") -> str:
        """The address of the next search."""
        words = self._queries[self._asked % len(self._queries)]
        self._asked += 1
        return f"/?q={quote(words)}" + (f"&mode={mode}" if mode != "precise" else "")

    def load(self, most: int, modes: Sequence[str] = _MODES, **how: Any) -> dict[str, Any]:
        """What became of at most so many searches, in turn in these modes."""
        first = self._asked
        paths = [self.path(modes[number % len(modes)]) for number in range(most)]
        told = run_module(
            "benchmarks.web.load", {"host": self.served.host, "port": self.served.port, "paths": paths} | how, 1
        )
        # What was not asked is left for the next time.
        self._asked = first + len(told["statuses"])
        self.searched += told["statuses"].count(_OK)
        return told

    def arrivals(self, seconds: float) -> list[float]:
        """Moments at which people who know nothing of each other come."""
        self._seed += 1
        return Load(rate=RATE, seconds=seconds, warmup=0.0, seed=self._seed).schedule().tolist()

    def file(self, name: str, value: float, unit: str, **bounds: float) -> None:
        """File a figure, which is judged at full size alone."""
        self.figures.add(name, value, unit, judged=self.full, **bounds)


def run(options: Options) -> Figures:
    """Everything, on one server after the three that show how soon the first page is there."""
    figures = Figures()
    count = QUICK if options.quick else FULL
    folder = made(options.folder(f"web-{count}"), count, quick=options.quick)
    files = write_files(options.folder("web-files"), 2_000 if options.quick else 20_000, 10)
    _started(figures, folder / "library", judged=not options.quick)
    # A library to write to, so that the kept one stays as it is.
    own = options.folder("web") / "library"
    shutil.rmtree(own, ignore_errors=True)
    shutil.copytree(folder / "library", own)
    queries = asked(folder, count, 3 * SEARCHES)
    with Served(own, "--processes", str(PROCESSES), server_folders=str(files)) as served:
        measured = Run(options, figures, served, queries)
        _sizes(measured)
        _alone(measured)
        _steady(measured)
        _dropped(measured, folder / "sample" / "collection")
        _adding(measured, files)
    shutil.rmtree(own, ignore_errors=True)
    with Library.open(folder / "library") as library:
        cost(library, figures, "recommendations", judged=not options.quick)
    return figures


def _started(figures: Figures, library: Path, *, judged: bool) -> None:
    times = []
    for _ in range(STARTS):
        with Served(library) as served:
            times.append(served.first_page_seconds)
    figures.add(f"first page after `pinakes serve`, slowest of {STARTS}", max(times), "s", at_most=3, judged=judged)


def _sizes(run: Run) -> None:
    """Pages with the styles and scripts that they name, as they are sent and unpacked."""
    for name, path in (("home page", "/"), ("search page", run.path())):
        data = run.served.ask(path)[1]
        sent = len(run.served.ask(path, packed=True)[1])
        run.file(f"{name}, unpacked", len(data) / 1e3, "kB", at_most=60)
        run.file(f"{name}, with styles and scripts, as sent", (sent + _own_files(run, data)) / 1e3, "kB", at_most=60)


def _own_files(run: Run, page: bytes) -> int:
    """Bytes of the styles and scripts that a page names, and of those that scripts import, as they are sent."""
    waiting, seen, total = [one.decode() for one in _OWN_FILES.findall(page)], set(), 0
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            total += len(run.served.ask(name, packed=True)[1])
            found = _IMPORTED.findall(run.served.ask(name)[1])
            waiting += [f"{name.rpartition('/')[0]}/{one.decode()}" for one in found]
    return total


def _alone(run: Run) -> None:
    """One client, one search after the other."""
    run.load(40, clients=1, seconds=60)
    for mode, bound in (("quick", 50), ("precise", 150)):
        times = _good(run.load(ALONE, (mode,), clients=1, seconds=120))
        run.file(f"{mode}, one client, median", 1e3 * percentile(times, 0.5), "ms", at_most=bound)
        run.file(f"{mode}, one client, p95", 1e3 * percentile(times, 0.95), "ms")
    for mode in _MODES:
        times = _good(run.load(10_000, (mode,), clients=FEW, seconds=run.seconds(20)))
        run.file(f"{mode}, {FEW} clients, p95", 1e3 * percentile(times, 0.95), "ms", at_most=300)


def _steady(run: Run) -> None:
    """Many at once, until so many searches were made: what the server holds after a tenth of them, and at the end."""
    most = SEARCHES if run.full else QUICK_SEARCHES
    _many(run, "")
    while run.searched < most // 5:
        run.load(100, clients=FEW, seconds=60)
    before, first, began = run.served.memory(), run.searched, time.perf_counter()
    # On a slow machine it ends before all are made, and the figure says so.
    while run.searched < first + most and time.perf_counter() - began < _LONGEST:
        run.load(min(1_000, first + most - run.searched), clients=FEW, seconds=60)
    after = run.served.memory()
    run.file("searches while memory was watched", run.searched - first, "searches", at_least=SEARCHES)
    run.file("memory before them", before.anonymous, "MB")
    run.file("memory after them", after.anonymous, "MB")
    run.file("growth of memory", after.anonymous / before.anonymous, "x", at_most=1.1)


def _many(run: Run, beside: str) -> None:
    """A hundred clients at once, closed and open; then more than are taken on."""
    told = run.load(10_000, clients=MANY, seconds=run.seconds(30))
    _judge(run, f"{MANY} clients, closed{beside}", told)
    run.file(f"{MANY} clients, closed{beside}, searches", told["statuses"].count(_OK) / told["seconds"], "/s")
    seconds = run.seconds(30)
    moments = run.arrivals(seconds)
    _judge(run, f"{RATE:g} searches a second, open{beside}", run.load(len(moments), moments=moments))
    told = run.load(MANY, moments=[0.0] * MANY)
    _judge(run, f"{MANY} in one moment, open{beside}", told)
    if not beside:
        told = run.load(10_000, clients=SURPLUS, seconds=run.seconds(15))
        _judge(run, f"{SURPLUS} clients, closed", told)


def _judge(run: Run, name: str, told: dict[str, Any]) -> None:
    """Who was answered and who waited how long; who is sent away with a time to come again has not failed."""
    statuses = told["statuses"]
    refused = statuses.count(_REFUSED)
    taken = len(statuses) - refused
    run.file(f"{name}, answered of those taken on", 100 * statuses.count(_OK) / max(1, taken), "%", at_least=100)
    bounds = {} if name.startswith(f"{SURPLUS}") else {"at_most": 0}
    run.file(f"{name}, refused", refused, "requests", **bounds)
    run.file(f"{name}, longest wait", max(told["times"]), "s", at_most=5)


def _good(told: dict[str, Any]) -> list[float]:
    found: list[float] = [took for took, status in zip(told["times"], told["statuses"], strict=True) if status == _OK]
    return found


def _dropped(run: Run, collection: Path) -> None:
    """A photograph handed in as a page's script does it, until its results are there."""
    times = []
    for data in islice(photographs(collection), 5 if run.full else 2):
        begun = time.perf_counter()
        told = run.served.told("/api/v1/uploads", data, "image/jpeg")
        status, page, _ = run.served.ask(f"/?with={quote(told['term'])}")
        times.append(time.perf_counter() - begun)
        if status != _OK or b"/items/" not in page:
            raise RuntimeError(f"A dropped photograph was answered {status}, without results.")
    run.file("dropped photograph of 5 MB, first", times[0], "s")
    run.file("dropped photograph of 5 MB, results, median", median(times), "s", at_most=1)
    run.file("dropped photograph of 5 MB, results, slowest", max(times), "s")


def photographs(collection: Path) -> Iterator[bytes]:
    """Pictures of the sample as a large camera would show them, with its grain: JPEG of 5 MB, each another."""
    rng = np.random.default_rng(6)
    for path in sorted(collection.glob("plates/*/*.jpg")):
        with Image.open(path) as picture:
            large = np.asarray(picture.convert("RGB").resize(_PIXELS, Image.Resampling.BICUBIC), np.int16)
        grainy = Image.fromarray(np.clip(large + rng.normal(0, 4, large.shape), 0, 255).astype(np.uint8))
        tried = (_jpeg(grainy, quality) for quality in range(74, 101, 2))
        yield next(data for data in tried if len(data) >= _PHOTOGRAPH)


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return out.getvalue()


def _adding(run: Run, files: Path) -> None:
    """The same while a job adds files; what the server itself holds, since a worker that adds has its own memory."""
    before = run.served.memory(whole=False)
    task = run.served.told("/api/v1/tasks", {"kind": "add", "arguments": {"paths": [str(files)]}})["id"]
    while not _done(run, task):
        state = run.served.told(f"/api/v1/tasks/{task}")
        if state["ended"]:
            raise RuntimeError(f"The job ended before it added anything: {state['result']}")
        time.sleep(0.2)
    began, at = time.perf_counter(), _done(run, task)
    for mode in _MODES:
        times = _good(run.load(10_000, (mode,), clients=FEW, seconds=run.seconds(15)))
        run.file(f"{mode}, {FEW} clients, while a job adds, p95", 1e3 * percentile(times, 0.95), "ms", at_most=300)
    _many(run, ", while a job adds")
    added, state = _done(run, task) - at, run.served.told(f"/api/v1/tasks/{task}")["state"]
    run.file("files added meanwhile", added / (time.perf_counter() - began), "/s")
    run.figures.note(f"The job that adds was {state} when the last search was answered.")
    run.file(
        "growth of memory, while a job adds",
        run.served.memory(whole=False).anonymous / before.anonymous,
        "x",
        at_most=1.1,
    )
    run.served.told(f"/api/v1/tasks/{task}/cancel", {})


def _done(run: Run, task: int) -> int:
    done: int = run.served.told(f"/api/v1/tasks/{task}")["done"]
    return done
