"""A worker process that is killed at a random instant, and the oracle that knows what it had acknowledged.

Every failure names a line such as `python -m tests.faults.crasher adding --seed 7 --cycles 10`, which runs it again.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import multiprocessing
import os
import select
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from typing import Any

from pinakes.library import Library
from tests.faults import tasks, truth
from tests.faults.shelf import Shelf, is_picture, word_of
from tests.faults.tasks import Scene

# Waits that only a hanging process reaches.
PATIENCE = 120.0
# A library must open faster than this; looked at in the slow suite alone.
OPENS_IN = 1.0

_METHOD = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
_processes: Any = multiprocessing.get_context(_METHOD)
if _METHOD == "forkserver":
    _processes.set_forkserver_preload(["tests.faults.tasks"])


@dataclass(frozen=True)
class Ended:
    """What a worker had said when it ended, whether it was killed, its exit code, and how long it ran."""

    lines: list[dict[str, Any]]
    killed: bool
    code: int
    seconds: float
    pid: int


def _work(task: str, scene: Scene, arguments: tuple[Any, ...], out: Connection) -> None:
    """Runs in the worker: standard output is the pipe to the oracle."""
    os.dup2(out.fileno(), 1)
    out.close()
    with (scene.folder / "worker.err").open("wb") as errors:
        os.dup2(errors.fileno(), 2)
    tasks.say(ready=True)
    tasks.TASKS[task](scene, *arguments)


class Worker:
    """One worker process, and what it has said so far."""

    def __init__(self, task: str, scene: Scene, *arguments: Any) -> None:
        reader, writer = _processes.Pipe(duplex=False)
        self.process = _processes.Process(target=_work, args=(task, scene, arguments, writer))
        self.process.start()
        writer.close()
        self._reader = reader
        self._said = b""
        self._errors = scene.folder / "worker.err"
        self._began = 0.0

    def lines(self) -> list[dict[str, Any]]:
        """The complete lines that it has said, but for the first."""
        return [json.loads(line) for line in self._said.split(b"\n")[1:-1]]

    def listen(self, until: Callable[[], bool], seconds: float = PATIENCE) -> bool:
        """Take what it says until that holds, it ends or the time is over; False at its end."""
        deadline = time.monotonic() + seconds
        while not until() and (left := deadline - time.monotonic()) > 0:
            if select.select([self._reader], [], [], left)[0]:
                said = os.read(self._reader.fileno(), 1 << 16)
                if not said:
                    return False
                self._said += said
        return True

    def ready(self) -> None:
        """Wait until it begins."""
        self.listen(lambda: b"\n" in self._said)
        self._began = time.monotonic()

    def end(self, *, kill: bool) -> Ended:
        """Kill it, or let it end, and take what it had said."""
        if kill:
            self.process.kill()
        self.listen(lambda: False)
        self._reader.close()
        self.process.join(PATIENCE)
        seconds = time.monotonic() - self._began
        code, pid = self.process.exitcode, self.process.pid
        assert code is not None, "a worker hangs"
        self.process.close()
        if not kill or code >= 0:
            assert code in (0, 4), f"a worker failed with {code}: {self._errors.read_text(errors='replace')[-3000:]}"
        return Ended(self.lines(), code < 0, code, seconds, pid)


def run(task: str, scene: Scene, *arguments: Any) -> Ended:
    """Let a worker run to its end."""
    worker = Worker(task, scene, *arguments)
    worker.ready()
    return worker.end(kill=False)


def run_and_kill(random: Random, longest: float, task: str, scene: Scene, *arguments: Any) -> Ended:
    """Kill a worker at a random instant of its work: after some time, or just after it said something."""
    worker = Worker(task, scene, *arguments)
    worker.ready()
    lines = random.choice([0, random.randint(1, 30)])
    delay = random.uniform(0, 0.03) if lines else random.uniform(0, longest)
    alive = worker.listen(lambda: lines > 0 and len(worker.lines()) >= lines, PATIENCE if lines else delay)
    if alive and lines:
        alive = worker.listen(lambda: False, delay)
    ended = worker.end(kill=alive)
    assert not left_behind(ended.pid), "a decoding child outlived its parent"
    return ended


def left_behind(parent: int) -> list[int]:
    """Decoding children of a process that is no more, once they had time to notice."""
    deadline = time.monotonic() + 20
    while (found := _children_started_by(parent)) and time.monotonic() < deadline:
        time.sleep(0.01)
    return found


def _children_started_by(parent: int) -> list[int]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            words = (folder / "cmdline").read_bytes().split(b"\0")
            if b"pinakes.media.sandbox.child" in words and str(parent).encode() in words:
                found.append(int(folder.name))
    return found


class Play:
    """One operation, killed again and again in one library; after each kill everything must hold."""

    def __init__(self, scene: Scene, seed: int, *, guard: bool = False) -> None:
        self.scene = scene
        self.random = Random(seed)
        self.guard = guard
        self.shelf = scene.shelf
        self.longest: dict[str, float] = {}
        self.kills = 0
        self.acknowledged = 0

    def first(self, count: int) -> None:
        """Some files, added without a kill."""
        self.shelf.fill(range(count))
        self.longest["add"] = run("add", self.scene).seconds

    def killed(self, task: str, *arguments: Any) -> Ended:
        """Run a task and kill it within the time that it took when it was not killed."""
        longest = self.longest.get(task, 0.4)
        ended = run_and_kill(self.random, longest, task, self.scene, *arguments)
        self.kills += ended.killed
        self.acknowledged += len(ended.lines)
        # Growing after a kill, so that the end of the work is met too.
        self.longest[task] = longest * 1.05 if ended.killed else ended.seconds * 0.9
        return ended

    def opened(self) -> Library:
        """The library as the next user finds it."""
        began = time.monotonic()
        library = self.scene.open()
        truth.found(library, "nothing")
        if self.guard:
            assert time.monotonic() - began < OPENS_IN, "the library took long to open"
        return library

    def settle(self, ended: Ended, must: dict[bytes, int], may: dict[bytes, set[int]]) -> dict[bytes, truth.Holding]:
        """Check everything: what was acknowledged is there in its version, and nothing that was never offered."""
        with self.opened() as library:
            held = truth.whole(library)
            for path, version in must.items():
                assert path in held, f"{path!r} was acknowledged and is lost"
                if not is_picture(path):
                    assert held[path].word == word_of(path, version), f"{path!r} is not in version {version}"
            for path, one in held.items():
                words = {word_of(path, version) for version in may.get(path, set())}
                assert path in may, f"{path!r} is in the library and was never there"
                assert is_picture(path) or one.word in words, f"{path!r} holds {one.word}, not one of {words}"
            truth.searchable(library, held, self.random)
        return held


def acknowledged(ended: Ended, shelf: Shelf) -> dict[bytes, int]:
    """The files that a run of adding said are stored, in the version that lay there."""
    stored = ("added", "changed", "unchanged", "seen", "moved")
    told = [os.fsencode(line["path"]) for line in ended.lines if line.get("outcome") in stored]
    failed = [line for line in ended.lines if line.get("outcome") == "failed"]
    assert not failed, failed
    return {path: shelf.versions[path] for path in told}


def adding(play: Play, cycles: int) -> None:
    """Files come, some change, and the run that adds them is killed."""
    play.first(20)
    must: dict[bytes, int] = dict(play.shelf.versions)
    may = {path: {version} for path, version in must.items()}
    for cycle in range(cycles):
        next_number = 20 + cycle * 8
        play.shelf.fill(range(next_number, next_number + 8))
        for number in play.random.sample(range(next_number), 3):
            path = bytes(play.shelf.put(number, cycle + 2))
            must.pop(path, None)
        for path, version in play.shelf.versions.items():
            may.setdefault(path, set()).add(version)
        ended = play.killed("add")
        must |= acknowledged(ended, play.shelf)
        held = play.settle(ended, must, may)
        for path, one in held.items():
            if not is_picture(path):
                may[path] = {version for version in may[path] if word_of(path, version) == one.word}


def deleting(play: Play, cycles: int) -> None:
    """Items are removed some at a time; each lot is gone as a whole or there as a whole."""
    count = 24
    play.first(count)
    for _ in range(cycles):
        with play.scene.open() as library:
            library.add(play.shelf.folder)
            held = truth.whole(library)
        numbers = {one.item: path for path, one in held.items()}
        chosen = play.random.sample(sorted(numbers), count * 2 // 3)
        at_a_time = play.random.randint(1, 6)
        ended = play.killed("remove", chosen, at_a_time)
        removed = {number for line in ended.lines for number in line["removed"]}
        following = chosen[len(removed) : len(removed) + at_a_time]
        with play.opened() as library:
            left = {one.item for one in truth.whole(library).values()}
            assert not left & removed, "what was removed is back"
            lost = set(numbers) - left - removed
            assert lost in (set(), set(following)), f"of the lot {following} only {lost} is gone"
            for path in [numbers[number] for number in removed][:5]:
                truth.gone(library, path, 1)


def updating(play: Play, cycles: int) -> None:
    """All files change; each is found in its old or its new version, and never in both."""
    play.first(20)
    for version in range(2, cycles + 2):
        with play.scene.open() as library:
            before = truth.whole(library)
        old = {path: play.shelf.versions[path] for path in before}
        play.shelf.fill(range(20), version)
        ended = play.killed("add")
        must = acknowledged(ended, play.shelf)
        held = play.settle(ended, must, {path: {old[path], version} for path in old})
        assert set(held) == set(before)
        assert {held[path].item for path in held} == {before[path].item for path in before}
        with play.scene.open() as library:
            for path, one in list(held.items())[:6]:
                truth.gone(library, path, version if one.word == word_of(path, old[path]) else old[path])
            library.add(play.shelf.folder)


def encoding(play: Play, cycles: int) -> None:
    """Another version of an encoder: the old space answers until the new one is whole."""
    play.first(25)
    active, wanted = "", "version 0"
    pictures = [path for path in play.shelf.versions if is_picture(path)]
    with play.scene.open() as library:
        active = next(space.fingerprint for space in library.spaces if space.name == "colour")
    for cycle in range(cycles):
        # Half the runs go on with what the last one left.
        if wanted == active or play.random.random() < 0.5:
            wanted = f"version {cycle + 1}"
        ended = play.killed("encode", wanted)
        with tasks.colour_of(wanted) if wanted == active else contextlib.nullcontext(), play.scene.open() as library:
            truth.whole(library)
            (space,) = [space for space in library.spaces if space.name == "colour"]
            assert space.fingerprint in (active, wanted)
            assert space.fingerprint == wanted or not ended.lines, "what was acknowledged is lost"
            active = space.fingerprint
        with (
            tasks.colour_of(active) if active.startswith("version") else contextlib.nullcontext(),
            play.scene.open() as library,
        ):
            path = play.random.choice(pictures)
            hit = library.search(image=os.fsdecode(path), weights={"gradient": 0, "texture": 0})[0]
            assert os.fsencode(hit.path) == path, "the active space does not answer"
            (reason,) = [reason for reason in hit.why.spaces if reason.space == "colour"]
            assert reason.raw > 0.99, "the active space holds vectors of another encoder"
            with library._catalogue.reading() as connection:
                query = f"SELECT count(*) FROM codes WHERE space_id = {_colour(library)}"
                assert truth.rows(connection, query) == [(len(pictures),)], "the active space is not whole"


def _colour(library: Library) -> int:
    return next(space.id for space in library.spaces if space.name == "colour")


def topics(play: Play, cycles: int) -> None:
    """An encoder that is fitted to the library itself: its words are found by topic in the old or the new fit."""
    play.first(20)
    with play.scene.open() as library:
        library.use("lsa")
    for cycle in range(cycles):
        play.shelf.fill(range(20 + cycle * 4, 24 + cycle * 4))
        with play.scene.open() as library:
            library.add(play.shelf.folder)
            before = next(space.fingerprint for space in library.spaces if space.name == "lsa")
        ended = play.killed("encode_topics")
        with play.opened() as library:
            truth.whole(library)
            (space,) = [space for space in library.spaces if space.name == "lsa"]
            assert space.fingerprint == before or ended.killed or ended.lines
            hits = library.search("the keeper of the lighthouse")
            assert any(reason.space == "lsa" for hit in hits for reason in hit.why.spaces), "no topic answers"
            assert library.add(play.shelf.folder).failed == 0


def compacting(play: Play, cycles: int) -> None:
    """Most of a block goes, and what is left of it is written anew."""
    for cycle in range(cycles):
        play.shelf.fill(range(25), cycle + 1)
        with play.scene.open() as library:
            library.add(play.shelf.folder)
            held = truth.whole(library)
        pictures = [one.item for path, one in held.items() if is_picture(path)]
        chosen = play.random.sample(pictures, len(pictures) - 1)
        ended = play.killed("remove", chosen, 2)
        removed = {number for line in ended.lines for number in line["removed"]}
        with play.opened() as library:
            held = truth.whole(library)
            assert not removed & {one.item for one in held.values()}
            with library._catalogue.reading() as connection:
                query = (
                    "SELECT b.id FROM vector_blocks b JOIN tombstones t ON t.block_id = b.id "
                    "GROUP BY b.id, b.rows HAVING count(*) = b.rows"
                )
                dead = truth.rows(connection, query)
            assert not dead or ended.killed, f"blocks of nothing but what is gone were left: {dead}"


def recoding(play: Play, cycles: int) -> None:
    """The codes of a space are made anew with other bits: all of one kind, or all of the other."""
    play.first(25)
    for _ in range(cycles):
        bits = [play.random.choice([64, 128, 256]) for _ in range(6)]
        ended = play.killed("recode", bits)
        with play.opened() as library:
            truth.whole(library)
            now = next(space.hasher.bits for space in library.spaces if space.name == "colour")
            with library._catalogue.reading() as connection:
                query = f"SELECT DISTINCT length(code) FROM codes WHERE space_id = {_colour(library)}"
                assert truth.rows(connection, query) == [(now // 8,)]
            told = [line["bits"] for line in ended.lines]
            assert not told or now in (told[-1], *bits[len(told) : len(told) + 1])


def publishing(play: Play, cycles: int) -> None:
    """The index is made anew while it is killed: the last or the next one is read, whole."""
    play.first(25)
    for _ in range(cycles):
        play.killed("publish", 20)
        with play.opened() as library:
            held = truth.whole(library)
            truth.searchable(library, held, play.random)


PLAYS: dict[str, Callable[[Play, int], None]] = {
    play.__name__: play for play in (adding, deleting, updating, encoding, topics, compacting, recoding, publishing)
}


def perform(name: str, folder: Path, seed: int, cycles: int, catalogue: str = "", *, guard: bool = False) -> Play:
    """Play an operation through, and say how to play it again if something does not hold."""
    database = f" --catalogue {catalogue}" if catalogue else ""
    replay = f"python -m tests.faults.crasher {name} --seed {seed} --cycles {cycles}{database}"
    play = Play(Scene(folder, {"catalogue": catalogue} if catalogue else {}), seed, guard=guard)
    print(f"replay: {replay}")
    try:
        PLAYS[name](play, cycles)
    except AssertionError as error:
        raise AssertionError(f"{error}\nreplay: {replay}") from error
    print(f"{name}: {cycles} cycles, {play.kills} kills, {play.acknowledged} lines acknowledged")
    return play


def main() -> None:
    """Play an operation from the command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("play", choices=PLAYS)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--cycles", type=int, default=10)
    parser.add_argument("--catalogue", default="", help="address of an empty PostgreSQL database")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        perform(options.play, Path(folder), options.seed, options.cycles, options.catalogue)


if __name__ == "__main__":
    main()
