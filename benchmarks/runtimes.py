"""Pictures encoded per second: ViT-B/32 and MobileNetV3-Large of random weights, by engine, beside PyTorch.

What is timed is the whole encoder, from bytes of decoded pictures to vectors, in batches of 16; PyTorch gets the
numbers ready made. Rounds of all engines are interleaved, and the median of each is shown.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import median

import numpy as np
import torch

from benchmarks.frame import Figures, Options
from benchmarks.models import Built, build_mobilenet_v3_large, build_vit_b32
from pinakes.encoders.hub.encoder import HubEncoder
from pinakes.encoders.hub.layouts import read_plan
from pinakes.encoders.hub.load import load_folder
from pinakes.encoders.hub.pixels import normalised, tables
from pinakes.encoders.hub.pull import pull
from pinakes.encoders.runtime.base import ENGINES
from pinakes.evaluate.machine import version_of
from pinakes.settings import Settings

BATCH, ROUNDS, SECONDS = 16, 5, 1.5
ENGINE_NAMES = ("onnxruntime", "openvino", "openvino-bf16", "openvino-f16")


def run(options: Options) -> Figures:
    """A figure for each network, number of threads and engine."""
    figures = Figures(compared={name: version_of(name) for name in ("torch", "openvino")})
    folder = options.folder("runtimes")
    for name, build in (("ViT-B/32", build_vit_b32), ("MobileNetV3-L", build_mobilenet_v3_large)):
        built = build(folder / "built" / name.replace("/", "-"))
        for threads in (2,) if options.quick else (1, 2):
            _measure(figures, name, built, folder / "models", threads)
    return figures


def _measure(figures: Figures, name: str, built: Built, models: Path, threads: int) -> None:
    settings = replace(Settings(), models=str(models), threads=threads)
    pictures = list(np.random.default_rng(0).integers(0, 256, (BATCH, 224, 224, 3), np.uint8))
    model = pull(str(built.folder), models, settings, link=True)
    runs: dict[str, Callable[[], object]] = {"torch eager": torch_run(built, pictures, threads)}
    vectors = {}
    opened = load_folder(model, settings)
    plan = read_plan(model.folder, settings.limits)
    for engine in ENGINE_NAMES:
        if ENGINES.get(engine).offered():
            encoder = HubEncoder(opened.description, plan, dict.fromkeys(opened.engines, engine), settings)
            vectors[engine] = encoder.encode("image", pictures)
            runs[engine] = partial(encoder.encode, "image", pictures)
    rates = interleaved(runs)
    for engine, rate in rates.items():
        kind = f"{name}, {threads} threads, {engine}"
        figures.add(kind, rate, "pictures/s")
        if engine in vectors:
            figures.add(f"{kind}, of torch eager", rate / rates["torch eager"], "x")
            cosine = float((vectors[engine] * vectors["onnxruntime"]).sum(1).min())
            figures.add(f"{kind}, least cosine", cosine, "", at_least=0.999)


def torch_run(built: Built, pictures: list[np.ndarray], threads: int) -> Callable[[], object]:
    plan = read_plan(built.folder, Settings().limits).image
    assert plan is not None
    pixels = torch.from_numpy(normalised(pictures, plan, tables(plan)))

    def run() -> object:
        torch.set_num_threads(threads)
        with torch.inference_mode():
            return built.network(pixels)

    return run


def interleaved(runs: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Items per second of each, by the median of rounds taken in turn."""
    times: dict[str, list[float]] = {name: [] for name in runs}
    for run in runs.values():
        run()
    for _ in range(ROUNDS):
        for name, run in runs.items():
            start, count = time.perf_counter(), 0
            while time.perf_counter() - start < SECONDS:
                run()
                count += 1
            times[name].append(count * BATCH / (time.perf_counter() - start))
    return {name: median(values) for name, values in times.items()}
