"""Sounds of our own to learn from: every kind that the sample library has, in many takes, with what they are called."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import soxr

from pinakes.encoders.trained.inputs import RATE
from pinakes.errors import BadSetting
from pinakes.learn.builtin.keeping import Cut, kept
from pinakes.learn.builtin.phrases import Phrase
from pinakes.learn.data.base import TrainingSet
from pinakes.learn.data.layouts.base import Loaded, one_hot
from pinakes.learn.data.memory import Texts
from pinakes.sources.sample.prose import english, words_en, words_zh
from pinakes.sources.sample.scene import stream
from pinakes.sources.sample.sound.dsp import RATE as MADE_RATE
from pinakes.sources.sample.sound.sounds import SOUNDS, sound
from pinakes.types import Floats

# The longest that is made, in samples at 16 kHz.
_ROOM = 8 * RATE
# Takes of our own begin here, far above those of any sample library.
_FIRST_SEED = 2**30
_SCALE = 32_767.0
# What there is one of, and what there is much of.
_UNCOUNTED = frozenset({"rain", "waves", "wind", "footsteps", "crickets"})
_CALLED = {"river": "running water", "ship": "ship's horn"}


def called(kind: str) -> list[Phrase]:
    """What any take of a kind of sound is called, in both languages; first its name."""
    name = _CALLED.get(kind, kind)
    said, about = words_en.SOUNDS[kind]
    heard, about_zh = words_zh.SOUNDS[kind]
    article = name if kind in _UNCOUNTED or kind == "river" else english.a(name)
    at_hand = [
        (name, heard),
        (f"sound of {article}", heard),
        (said, heard),
        (f"sound of {said.lower()}", f"{heard}的声音" if not heard.endswith("声") else heard),
        (about, about_zh),
    ]
    return [Phrase(en, zh, (kind,)) for en, zh in at_hand]


def titles(kind: str) -> list[Phrase]:
    """Titles of the kind as works of the sample library have them, for each place where it may have been recorded."""
    said, heard = words_en.SOUNDS[kind][0], words_zh.SOUNDS[kind][0]
    found = []
    for place in SOUNDS[kind].places:
        at, at_zh = words_en.PLACES[place].ground, words_zh.PLACES[place].name
        if place == "table":
            at, at_zh = "in a quiet room", "一间安静的屋子"
        found.append(Phrase(f"{said}, {at}", f"{at_zh}，{heard}", (kind,)))
    return found


def read_takes(folder: Path, takes: int, seed: int, *, progress: Callable[[int, int], None] | None = None) -> Loaded:
    """So many takes of each kind as a training set of sounds and texts, labelled by kind, kept in a folder.

    What was made before is not made again. The last tenth of the takes is for validation. A take of all kinds takes
    about two seconds.
    """
    if takes < 1:
        raise BadSetting(f"{takes} takes of each sound can not be learned from.", "Ask for at least 1.")
    kinds = [kind for _ in range(takes) for kind in SOUNDS]
    sounds = _filled(folder, kinds, seed, progress)
    ids = tuple(f"takes/{seed}-{row // len(SOUNDS):04}-{kind.replace(' ', '-')}" for row, kind in enumerate(kinds))
    said = {kind: called(kind) + titles(kind) for kind in SOUNDS}
    texts = [(*(each.en for each in said[kind]), *(each.zh for each in said[kind])) for kind in kinds]
    labels, names = one_hot([(kind,) for kind in kinds], list(SOUNDS))
    learned = takes - takes // 10
    parts = {name: "train" if row // len(SOUNDS) < learned else "validation" for row, name in enumerate(ids)}
    views = {"audio": sounds, "text": Texts(texts)}
    return Loaded(TrainingSet("takes", ids, views, labels, names), parts)  # type: ignore[arg-type]


def take(kind: str, number: int) -> Floats:
    """One take at 16 kHz (samples,)."""
    made = sound(kind, _FIRST_SEED + number)
    return np.asarray(np.clip(soxr.resample(made, MADE_RATE, RATE), -1, 1)[:_ROOM], np.float32)


def _filled(folder: Path, kinds: list[str], seed: int, progress: Callable[[int, int], None] | None) -> Cut:
    """All takes in samples of 16 bits, mapped from the disk, with all made that were not."""
    stem = folder / f"takes-{seed}-{len(kinds)}"
    samples = kept(stem.with_suffix(".npy"), np.int16, (len(kinds), _ROOM))
    lengths = kept(stem.with_name(f"{stem.name}-lengths.npy"), np.int64, (len(kinds),))
    for row in np.flatnonzero(lengths == 0).tolist():
        number = int(stream("builtin take", seed, row).integers(_FIRST_SEED))
        made = take(kinds[row], number)
        samples[row, : len(made)] = np.round(made * _SCALE).astype(np.int16)
        # The length is told last: without it the take is made again.
        lengths[row] = len(made)
        if progress is not None:
            progress(row + 1, len(kinds))
    return Cut(samples, lengths, _SCALE)
