"""How the sound tower of the built-in encoder hears ESC-10: trained on three folds and our own sounds, judged on one.

The words are the vectors of the built-in encoder's text tower. Nothing is chosen by the fold that is judged: every
training has the same settings and as many epochs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from benchmarks.frame import Figures, Options
from pinakes.encoders.find import find
from pinakes.learn.builtin.sayings import Embed
from pinakes.learn.builtin.sounds import FOLDS, Plan, judged, train_sounds
from pinakes.settings import Settings
from pinakes.types import Floats

SEEDS = (0, 1, 2)
CLASS, PRECISION = 0.75, 0.65


def run(options: Options) -> Figures:
    """Every rotation by every seed; quick: one of one, by few epochs."""
    figures = Figures()
    if options.data is None or not (options.data / "esc10").is_dir():
        figures.note("Name a folder that holds esc10 with --data.")
        return figures
    encoder = find("builtin", Settings())

    def embed(texts: Sequence[str]) -> Floats:
        return encoder.encode("text", texts)

    plan = Plan()
    if options.quick:
        plan = replace(plan, train=replace(plan.train, epochs=2))
    return measured(figures, options, embed, plan)


def measured(figures: Figures, options: Options, embed: Embed, plan: Plan) -> Figures:
    """Train and judge; figures of each rotation are means over the seeds."""
    if options.data is None:
        return figures
    folds, seeds = (FOLDS[:1], SEEDS[:1]) if options.quick else (FOLDS, SEEDS)
    work = options.folder("builtin-sounds")
    found: dict[str, list[list[float]]] = {}
    for fold in folds:
        learned = [each for each in FOLDS if each != fold]
        for seed in seeds:
            told = replace(plan, train=replace(plan.train, seed=seed))
            size = "quick" if options.quick else "full"
            folder = train_sounds(work, options.data, embed, learned, told, name=f"{size}-{fold}-{seed}")
            for name, value in judged(folder, work, options.data, embed, fold, learned).items():
                found.setdefault(name, [[] for _ in FOLDS])[fold - 1].append(value)
    for name, rotations in found.items():
        for fold in folds:
            figures.add(f"{_ASKED[name]}, fold {fold} judged", np.mean(rotations[fold - 1]), "")
        by_seed = np.mean([rotations[fold - 1] for fold in folds], axis=0)
        figures.add(
            f"{_ASKED[name]}, mean of the rotations",
            by_seed.mean(),
            "",
            at_least=_LEAST[name],
            judged=not options.quick,
        )
        figures.add(f"{_ASKED[name]}, deviation over seeds", by_seed.std(), "")
    many = "1 seed" if len(seeds) == 1 else f"{len(seeds)} seeds"
    figures.note(f"{many}, {plan.train.epochs} epochs; the text tower is that of the built-in encoder.")
    figures.note("Settings were chosen while fold 1 was looked at, by the words of a stand-in; folds 2 to 4 were not.")
    return figures


_ASKED = {
    "class": "class by the nearest name",
    "map": "sound to sound within the fold, mAP",
    "map train": "sound to sound of the folds learned from, mAP",
}
_LEAST = {"class": CLASS, "map": PRECISION, "map train": PRECISION}
