"""What the encoder's cosines mean, from works that it did not learn from: labelled pictures, new scenes, new sounds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from pinakes.encoders.base import Encoder
from pinakes.encoders.certainty import Calibration, Certainty, pair
from pinakes.encoders.trained.encoder import open_trained
from pinakes.errors import BadInput, NoContent, NotFound
from pinakes.learn.builtin.calibrate import calibrated
from pinakes.learn.builtin.packing import read_told, write_record
from pinakes.learn.builtin.pictures import read_pictures
from pinakes.learn.builtin.scenes import drawn, scenes
from pinakes.learn.builtin.takes import called, take
from pinakes.learn.data.decoding import PictureFiles
from pinakes.learn.data.layouts.base import Loaded
from pinakes.settings import Settings
from pinakes.sources.sample.sound.sounds import SOUNDS
from pinakes.types import Floats, Modality, Pixels, Rows

# Flickr8k's dev pictures and those of fashion are for the figures alone.
_KEPT_APART = ("flickr8k", "fashion")
_EXTRA = "extra"
# Scenes, and takes of each kind of sound, that no training has drawn.
_SCENES, _SEED, _TAKES, _FIRST_TAKE = 300, 900_001, 6, 900_000
# Works that ask by themselves, at most.
_ASKING = 400


@dataclass(frozen=True)
class Tried:
    """Works of one modality, and questions in another with the works that answer each."""

    asking: Modality
    found: Modality
    questions: Floats
    works: Floats
    right: NDArray[np.bool_]
    # The work that a question is itself, or -1.
    itself: Rows
    # Whether the other way round is another question: many texts lie near a picture, and one picture near a text.
    one_way: bool = False

    @property
    def name(self) -> str:
        """Under which the record has it."""
        return f"{self.asking}>{self.found}" if self.one_way else pair(self.asking, self.found)

    def cosines(self) -> Floats:
        """Cosines (questions, works), NaN where a work asks for itself."""
        cosines = (self.questions @ self.works.T).astype(np.float32)
        asking = np.flatnonzero(self.itself >= 0)
        cosines[asking, self.itself[asking]] = np.nan
        return cosines


def calibrate(export: Path, data: Path, *, research: bool = True) -> Calibration:
    """Find what the cosines mean, and write it into the encoder's record."""
    encoder = open_trained(export, Settings())
    found: dict[str, Certainty] = {}
    for tried in trials(encoder, data, research=research):
        try:
            found[tried.name] = calibrated(tried.cosines(), tried.right)
        except (BadInput, NoContent):
            # Too little to go by, or no difference at all: of this pair nothing is claimed.
            continue
    for name in [name for name in found if ">" in name]:
        # What is found one way is found no further off than the other way.
        slope, offset, floor = found[name]
        one, other = (cast("Modality", each) for each in name.split(">"))
        found[name] = slope, offset, max(floor, found.get(pair(one, other), found[name])[2])
    told = read_told(export)
    write_record(export, {**told, "calibration": {name: list(each) for name, each in sorted(found.items())}})
    return found


def trials(encoder: Encoder, data: Path, *, research: bool) -> Iterator[Tried]:
    """Questions of every pair of modalities that the encoder has."""
    pictures, said = _pictures(data, encoder, research=research)
    texts = list(dict.fromkeys(text for several in said for text in several))
    words = encoder.encode("text", texts)
    place = {text: row for row, text in enumerate(texts)}
    right = np.zeros((len(texts), len(pictures)), np.bool_)
    for column, several in enumerate(said):
        right[[place[text] for text in several], column] = True
    yield Tried("text", "image", words, pictures, right, np.full(len(texts), -1))
    some = np.arange(0, len(pictures), max(1, len(pictures) // _ASKING))
    yield Tried("image", "text", pictures[some], words, right.T[some], np.full(len(some), -1), one_way=True)
    alike = right.T.astype(np.float32) @ right.astype(np.float32) > 0
    yield Tried("image", "image", pictures[some], pictures, alike[some], some)
    some = np.arange(0, len(texts), max(1, len(texts) // _ASKING))
    of_one = right.astype(np.float32) @ right.T.astype(np.float32) > 0
    yield Tried("text", "text", words[some], words, of_one[some], some)
    if "audio" in encoder.description.modalities:
        yield from _sounding(encoder, words)


def _pictures(data: Path, encoder: Encoder, *, research: bool) -> tuple[Floats, list[tuple[str, ...]]]:
    """Vectors (n, dim) of pictures that were not learned from, and what is said of each."""
    try:
        loaded = read_pictures(data, research=research)
    except NotFound:
        chosen, said = np.zeros(0, np.int64), []
    else:
        chosen = np.array([row for row, name in enumerate(loaded.set.ids) if _is_free(name, loaded)], np.int64)
        said = [_told(texts) for texts in loaded.set.view("text").read(chosen)]
    vectors = [np.zeros((0, encoder.description.dim), np.float32)]
    several = [rows for rows in np.array_split(chosen, max(1, len(chosen) // 64)) if len(rows)]
    vectors += [encoder.encode("image", _read(loaded, rows, encoder)) for rows in several]
    want = encoder.description.image
    short = want.short or want.width if want is not None else 0
    for told in scenes(_SCENES, _SEED):
        square = drawn(told.scene, max(short, 16))
        vectors.append(encoder.encode("image", [_middle(square, want.width if want else 0)]))
        said.append(told.texts)
    return np.concatenate(vectors), said


def _is_free(name: str, loaded: Loaded) -> bool:
    """Whether a picture is of no part that was learned from, or that figures are told of."""
    part = loaded.folds[name]
    return part == _EXTRA or (part != "train" and name.partition("/")[0] not in _KEPT_APART)


def _told(texts: Sequence[str]) -> tuple[str, ...]:
    return tuple(text.replace("_", " ").strip() for text in texts)


def _read(loaded: Loaded, rows: Rows, encoder: Encoder) -> list[Pixels]:
    view = loaded.set.view("image")
    want = encoder.description.image
    if not isinstance(view, PictureFiles) or want is None:
        raise BadInput("The sets hold no files of pictures.", "Give the folder that was learned from.")
    return list(view.wanting(want).read(rows))


def _middle(square: Pixels, side: int) -> Pixels:
    start = (len(square) - side) // 2
    return np.ascontiguousarray(square[start : start + side, start : start + side])


def _sounding(encoder: Encoder, others: Floats) -> Iterator[Tried]:
    """Takes of our own sounds that nothing has learned from, by their names and by each other; `others` are texts."""
    kinds = list(SOUNDS)
    of = np.repeat(np.arange(len(kinds)), _TAKES)
    heard = encoder.encode("audio", [take(kinds[kind], _FIRST_TAKE + n) for n, kind in enumerate(of.tolist())])
    names = [(text, kind) for kind, name in enumerate(kinds) for each in called(name) for text in (each.en, each.zh)]
    words = encoder.encode("text", [text for text, _ in names])
    right = np.array([kind for _, kind in names])[:, None] == of
    yield Tried("text", "audio", words, heard, right, np.full(len(names), -1))
    texts, none = np.concatenate([words, others]), np.zeros((len(of), len(others)), np.bool_)
    both = np.concatenate([right.T, none], axis=1)
    yield Tried("audio", "text", heard, texts, both, np.full(len(of), -1), one_way=True)
    yield Tried("audio", "audio", heard, heard, of[:, None] == of, np.arange(len(of)))
