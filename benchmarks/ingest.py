"""Photographs a second through the whole pipeline, beside a PyTorch-and-Pillow loop on the same files."""

from __future__ import annotations

import shutil
from importlib.util import find_spec
from pathlib import Path
from statistics import median

from benchmarks.frame import Figures, Options
from benchmarks.photographs import write_photographs
from benchmarks.processes import run_module
from pinakes.evaluate.machine import version_of

CORES = 2
NETWORKS = ("ViT-B/32", "MobileNetV3-L")
# Photographs of each size, and rounds.
FULL, QUICK = {"1 MP": 360, "12 MP": 160}, {"1 MP": 64, "12 MP": 24}
TARGETS = {"1 MP": 2.5, "12 MP": 4.0}


def run(options: Options) -> Figures:
    """Both on two cores, in turn, each in a fresh process whose model is ready before the clock starts."""
    figures = Figures(compared={name: version_of(name) for name in ("torch", "pillow", "openvino")})
    if find_spec("torch") is None or find_spec("transformers") is None:
        figures.note("The loop needs torch and transformers: nothing was compared.")
        return figures
    if find_spec("openvino") is None:
        figures.note("The extra `fast` (openvino) is missing: the targets are for an installation with it.")
    counts = QUICK if options.quick else FULL
    photos = {
        kind: write_photographs(options.folder(f"photos-{kind.replace(' ', '')}-{count}"), kind, count)
        for kind, count in counts.items()
    }
    warm = write_photographs(options.folder("photos-warm"), "1 MP", 32)
    for network in NETWORKS:
        for kind in counts:
            _compare(figures, options, network, kind, photos[kind], warm)
    figures.note(f"Bytes of a photograph: { {kind: _mean_bytes(folder) for kind, folder in photos.items()} }")
    return figures


def _compare(figures: Figures, options: Options, network: str, kind: str, photos: Path, warm: Path) -> None:
    built = options.folder("networks") / network.replace("/", "-")
    models = options.folder("models")
    encoder = _installed(network, built, models)
    library = options.folder("libraries") / "ingest"
    ours = {
        "folder": str(photos),
        "library": str(library),
        "cores": CORES,
        "encoders": [encoder],
        "warm": str(warm),
        "settings": {"models": str(models)},
    }
    loop = {"folder": str(photos), "network": network, "built": str(built), "cores": CORES}
    rates: dict[str, list[float]] = {"pinakes": [], "loop": []}
    for _ in range(2 if options.quick else 3):
        for name, module, request in (("pinakes", "adding", ours), ("loop", "loop", loop)):
            told = run_module(f"benchmarks.{module}", request, CORES)
            rates[name].append(told["added"] / told["seconds"])
    shutil.rmtree(library, ignore_errors=True)
    for name, found in rates.items():
        figures.add(f"{network}, {kind}, {name}", median(found), "photos/s")
    ratio = median(a / b for a, b in zip(rates["pinakes"], rates["loop"], strict=True))
    figures.add(f"{network}, {kind}, ratio", ratio, "x", at_least=TARGETS[kind], judged=not options.quick)


def _installed(network: str, built: Path, models: Path) -> str:
    """The name of the network as an installed model, made of random weights where it is not there yet."""
    from dataclasses import replace

    from benchmarks.loop import BUILDERS
    from pinakes.encoders.hub.installed import installed
    from pinakes.encoders.hub.pull import pull
    from pinakes.settings import Settings

    settings = replace(Settings(), models=str(models))
    marker = built / "installed-as"
    if marker.exists():
        name = marker.read_text(encoding="utf-8")
        if any(model.name == name for model in installed(models, settings)):
            return name
    name = pull(str(BUILDERS[network](built).folder), models, settings).name
    marker.write_text(name, encoding="utf-8")
    return name


def _mean_bytes(folder: Path) -> int:
    sizes = [path.stat().st_size for path in folder.glob("*.jpg")]
    return sum(sizes) // len(sizes)
