"""Training pictures a second: a MobileNetV2 at 128 pixels from files on the disk, beside tensors in memory.

Both train the same network for the same steps, in turn. The bare loop is PyTorch alone on floats that lie ready; ours
reads pictures from files that were packed before, turns, scales, cuts, mirrors and recolours them and adds noise.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn

import pinakes.learn.networks  # noqa: F401 -- files them
from benchmarks.frame import Figures, Options
from benchmarks.photographs import noise
from pinakes.evaluate.machine import version_of
from pinakes.learn.augment.pictures import USUAL
from pinakes.learn.data.base import TrainingSet
from pinakes.learn.data.decoding import PictureFiles
from pinakes.learn.data.files import FolderFiles
from pinakes.learn.data.packed import PackedPictures
from pinakes.learn.data.picture_reader import PictureReader
from pinakes.learn.data.source import Source
from pinakes.learn.networks.base import NETWORKS

SIDE, BATCH, CLASSES = 128, 32, 10
# Pictures, steps of a round, rounds.
FULL, QUICK = (2_048, 16, 7), (256, 4, 3)


def run(options: Options) -> Figures:
    """The rate of both loops, their ratio, and how long the pictures take to be packed."""
    figures = Figures(compared={"torch": version_of("torch")})
    pictures, steps, rounds = QUICK if options.quick else FULL
    folder = options.folder("learn-loader")
    names = _written(folder / "pictures", pictures)
    view = PictureFiles(FolderFiles(folder / "pictures", names))
    reader = PictureReader(SIDE, steps=USUAL)
    for old in folder.glob("*.sums"):
        old.unlink()
    packed = PackedPictures(view, reader.whole, folder)
    start = time.perf_counter()
    packed.fill()
    figures.add("decode, resize and pack, once", pictures / (time.perf_counter() - start), "pictures/s")
    labels = np.eye(CLASSES, dtype=np.uint8)[np.arange(pictures) % CLASSES]
    source = Source.whole(TrainingSet("generated", names, {"image": packed}, labels), {"image": reader})
    start = time.perf_counter()
    for rows in _plan(pictures, steps, 0):
        source.batch(rows, 0)
    alone = steps * BATCH / (time.perf_counter() - start)
    figures.add("read and change, nothing trained", alone, "pictures/s")
    _compare(figures, source, steps, rounds, judged=not options.quick)
    return figures


@dataclass
class _Trained:
    """A network with its optimiser."""

    network: nn.Module
    optimiser: torch.optim.Optimizer

    def step(self, pictures: Tensor, classes: Tensor) -> None:
        self.optimiser.zero_grad()
        nn.functional.cross_entropy(self.network(pictures), classes).backward()
        self.optimiser.step()


def _trained() -> _Trained:
    torch.manual_seed(1)
    tower = NETWORKS.get("mobilenet_v2").build()
    network = nn.Sequential(tower, nn.Linear(tower.dim, CLASSES)).train()
    return _Trained(network, torch.optim.SGD(network.parameters(), 0.01, 0.9))


def _compare(figures: Figures, source: Source, steps: int, rounds: int, *, judged: bool) -> None:
    whole = next(iter(Source.whole(source.set, source.readers, size=512).batches()))
    pictures, classes = whole.inputs["image"], whole.labels.argmax(1)
    ours, bare = _trained(), _trained()

    def from_memory(epoch: int) -> None:
        for rows in _plan(len(pictures), steps, epoch):
            chosen = torch.from_numpy(rows)
            bare.step(pictures[chosen], classes[chosen])

    def from_files(epoch: int) -> None:
        for batch in source.ahead(_plan(source.rows, steps, epoch), epoch):
            ours.step(batch.inputs["image"], batch.labels.argmax(1))

    times: dict[str, list[float]] = {"bare": [], "ours": []}
    for epoch in range(rounds + 1):
        # Neither always comes first.
        for name, one in (("bare", from_memory), ("ours", from_files))[:: 1 if epoch % 2 else -1]:
            start = time.perf_counter()
            one(epoch)
            if epoch:
                times[name].append(time.perf_counter() - start)
    rates = {name: steps * BATCH / median(found) for name, found in times.items()}
    figures.add("PyTorch alone, tensors in memory", rates["bare"], "pictures/s")
    figures.add("from files, changed anew each time", rates["ours"], "pictures/s")
    ratio = median(one / other for one, other in zip(times["bare"], times["ours"], strict=True))
    figures.add("from files, of PyTorch alone", ratio, "x", at_least=0.9, judged=judged)
    figures.note("Measure where nothing else runs: threads that wait for a busy core slow either loop in its own way.")
    figures.note(f"{torch.get_num_threads()} threads of torch; batches of {BATCH}.")


def _plan(pictures: int, steps: int, epoch: int) -> Iterator[np.ndarray]:
    random = np.random.default_rng(epoch)
    return (random.integers(0, pictures, BATCH) for _ in range(steps))


def _written(folder: Path, count: int) -> tuple[str, ...]:
    """That many photographs of 320 by 240 as JPEG, all of them different."""
    names = tuple(f"{number:05}.jpg" for number in range(count))
    folder.mkdir(parents=True, exist_ok=True)
    original = noise(640, 480, 0)
    random = np.random.default_rng(2)
    for name in names:
        across, down = random.integers(0, 320), random.integers(0, 240)
        if not (folder / name).exists():
            pixels = original[down : down + 240, across : across + 320].astype(np.uint8)
            Image.fromarray(pixels).save(folder / name, quality=88)
    return names
