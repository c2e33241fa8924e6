"""How quick the built-in encoder is: opened, asked in words, and beside CLIP ViT-B/32 under the same runtime.

One core and ONNX Runtime for both; ViT-B/32 has its published shape and random weights. Pictures are timed from decoded
bytes to vectors, in batches of 16, each at the size that its network wants. Rounds are interleaved, and the median of
each is shown. It is opened in processes of their own, with all that the runtime loads for it.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import median

import numpy as np

from benchmarks.frame import Figures, Options
from benchmarks.models import build_vit_b32
from benchmarks.runtimes import BATCH, interleaved
from pinakes.encoders.builtin import files
from pinakes.encoders.hub.encoder import HubEncoder
from pinakes.encoders.hub.layouts import read_plan
from pinakes.encoders.hub.load import load_folder
from pinakes.encoders.hub.pull import pull
from pinakes.encoders.queries import encode_queries
from pinakes.settings import Settings
from pinakes.sources.sample import DEMO_QUERIES

OPEN_SECONDS, QUERY_MS, TIMES, MEGABYTES = 0.3, 2.0, 10.0, 25.0
_QUERIES = ("red boat", "a black dog runs across the snow", "sound of a bell", "红色的小船", DEMO_QUERIES[0])
_PROCESSES, _ROUNDS = 7, 200
_OPENING = (
    "import time; from pinakes.encoders.find import find; from pinakes.settings import Settings; "
    "begin = time.perf_counter(); encoder = find('builtin', Settings(threads=1)); "
    "opened = time.perf_counter(); encoder.encode('text', ['red boat']); "
    "print(opened - begin, time.perf_counter() - begin)"
)


def run(options: Options) -> Figures:
    """Seconds, milliseconds and pictures a second."""
    figures = Figures()
    settings = replace(Settings(), threads=1)
    opened, first = opening(3 if options.quick else _PROCESSES)
    figures.add("opened", opened, "s", at_most=OPEN_SECONDS)
    figures.add("opened, and the first query encoded", first, "s", at_most=OPEN_SECONDS)
    encoder = files.open_builtin(settings)
    figures.add("a query in words", query_ms(lambda text: encode_queries(encoder, [text])), "ms", at_most=QUERY_MS)
    _pictures(figures, options.folder("builtin-speed"), settings)
    want = encoder.description.audio
    if want is not None:
        sounds = list(np.random.default_rng(0).normal(0, 0.1, (BATCH, 5 * want.rate)).astype(np.float32))
        rates = interleaved({"sounds": partial(encoder.encode, "audio", sounds)})
        figures.add("sounds of five seconds", rates["sounds"], "sounds/s")
    figures.add("all its files", encoder.description.size / 1e6, "MB", at_most=MEGABYTES)
    return figures


def opening(processes: int) -> tuple[float, float]:
    """Seconds until it is opened, and until the first query is encoded: the medians of some processes."""
    found = []
    for _ in range(processes):
        done = subprocess.run([sys.executable, "-c", _OPENING], check=True, capture_output=True, text=True)
        found.append([float(number) for number in done.stdout.split()])
    opened, first = np.median(np.array(found), axis=0)
    return float(opened), float(first)


def query_ms(encode: Callable[[str], object]) -> float:
    """The median over the rounds, of the slowest of the queries."""
    for text in _QUERIES:
        encode(text)
    times: dict[str, list[float]] = {text: [] for text in _QUERIES}
    for _ in range(_ROUNDS):
        for text in _QUERIES:
            begin = time.perf_counter()
            encode(text)
            times[text].append(time.perf_counter() - begin)
    return 1000 * max(median(found) for found in times.values())


def _pictures(figures: Figures, folder: Path, settings: Settings) -> None:
    built = build_vit_b32(folder / "vit-b32")
    settings = replace(settings, models=str(folder / "models"))
    model = pull(str(built.folder), folder / "models", settings, link=True)
    opened, plan = load_folder(model, settings), read_plan(model.folder, settings.limits)
    clip = HubEncoder(opened.description, plan, dict.fromkeys(opened.engines, "onnxruntime"), settings)
    ours = files.open_builtin(settings)
    runs: dict[str, Callable[[], object]] = {}
    for name, encoder in (("builtin", ours), ("ViT-B/32", clip)):
        want = encoder.description.image
        if want is not None:
            shape = (BATCH, want.height, want.width, 3)
            pictures = list(np.random.default_rng(0).integers(0, 256, shape, np.uint8))
            runs[name] = partial(encoder.encode, "image", pictures)
    rates = interleaved(runs)
    for name, rate in rates.items():
        figures.add(f"{name}, one core", rate, "pictures/s")
    figures.add("builtin, of ViT-B/32", rates["builtin"] / rates["ViT-B/32"], "x", at_least=TIMES)
