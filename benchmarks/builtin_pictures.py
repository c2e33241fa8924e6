"""How well the built-in encoder finds pictures: by captions, by titles, by pictures, and by its codes.

Flickr8k: the dev part alone, 1,000 pictures with five captions each. Fashion: each picture or title of the dev part
asks for pictures of the train part; right is what is of the same article type. Nothing was trained on or chosen by dev.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.frame import Figures, Options
from pinakes.encoders.base import Encoder
from pinakes.encoders.find import find
from pinakes.encoders.hashers import LEARNED, Hasher, fit_for
from pinakes.learn.data.base import Taken, TrainingSet
from pinakes.learn.data.decoding import PictureFiles
from pinakes.learn.data.layouts.base import Loaded, read_layout
from pinakes.media.base import ImageWant
from pinakes.settings import Settings
from pinakes.types import Codes, Floats, Pixels, Rows

DEPTHS, DEPTH = (1, 5, 10), 10
# What text to picture must reach at each depth.
LEAST = {1: 0.06, 5: 0.20, 10: 0.30}
BY_PICTURE, BY_TITLE = 0.90, 0.85
# What codes must keep of the R@10 of the vectors, by their bits, and with a tenth of the pictures compared again.
KEPT, KEPT_RESCORED = {64: 0.75, 128: 0.88}, 0.99
_AT_A_TIME, _QUICK = 64, 200

Ranks = NDArray[np.int64]


def run(options: Options) -> Figures:
    """All figures of the sets that are there; quick: a part of each."""
    figures = Figures()
    if options.data is None or not any((options.data / name).is_dir() for name in ("flickr8k", "fashion")):
        figures.note("Name a folder that holds flickr8k or fashion with --data.")
        return figures
    return measured(figures, options.data, find("builtin", Settings()), most=_QUICK if options.quick else 0)


def measured(figures: Figures, data: Path, encoder: Encoder, most: int = 0) -> Figures:
    """The figures of an encoder; `most` pictures of each part, or all."""
    if (data / "flickr8k").is_dir():
        captions(figures, encoder, captioned(data, most), judged=not most)
    if (data / "fashion").is_dir():
        goods(figures, encoder, read_layout("fashion-table", data / "fashion"), most)
    return figures


def captioned(data: Path, most: int = 0) -> TrainingSet:
    """The pictures of Flickr8k's dev part with their captions."""
    return part_of(read_layout("captions-table", data / "flickr8k"), "query", most)


def captions(figures: Figures, encoder: Encoder, found: TrainingSet, *, judged: bool) -> None:
    """From captions to pictures and back, and what codes keep of it."""
    pictures = pictures_of(encoder, found)
    texts, owner = spoken(found)
    words = encoder.encode("text", texts)
    cosines = words @ pictures.T
    ranks = ranks_of(cosines, owner)
    for depth in DEPTHS:
        figures.add(
            f"flickr8k, text to picture, R@{depth}", recall(ranks, depth), "", at_least=LEAST[depth], judged=judged
        )
    back = backwards(cosines, owner)
    for depth in DEPTHS:
        figures.add(f"flickr8k, picture to text, R@{depth}", recall(back, depth), "")
    figures.note(f"flickr8k: {len(pictures):,} pictures, {len(texts):,} captions.")
    whole = recall(ranks, DEPTH)
    for bits, least in KEPT.items():
        hasher = fit_for(encoder, pictures, LEARNED, bits)
        stored = hasher.codes(pictures)
        agreeing = np.stack([hasher.agreement(each, stored) for each in words])
        for what, scores in (
            (f"{bits} bits, questions as bits too", -apart(hasher, words, stored)),
            (f"{bits} bits, questions whole", agreeing),
        ):
            kept = recall(ranks_of(scores, owner), DEPTH) / whole
            figures.add(f"flickr8k, R@{DEPTH} kept by {what}", kept, "", at_least=least, judged=judged)
            some = rescored(-scores, cosines, owner, max(1, len(pictures) // 10))
            figures.add(
                f"flickr8k, R@{DEPTH} kept by {what}, and a tenth rescored",
                recall(some, DEPTH) / whole,
                "",
                at_least=KEPT_RESCORED,
                judged=judged,
            )


def goods(figures: Figures, encoder: Encoder, loaded: Loaded, most: int) -> None:
    """Precision of the first ten pictures of the train part, by pictures and by titles of the dev part."""
    known, asked = part_of(loaded, "train", 4 * most), part_of(loaded, "query", most)
    pictures = pictures_of(encoder, known)
    titles = [texts[0] if texts else "" for texts in asked.view("text").read(np.arange(len(asked)))]
    types, of = article_types(known), article_types(asked)
    for name, vectors, least in (
        ("picture", pictures_of(encoder, asked), BY_PICTURE),
        ("title", encoder.encode("text", titles), BY_TITLE),
    ):
        nearest = np.argsort(-(vectors @ pictures.T), axis=1, kind="stable")[:, :DEPTH]
        value = (types[nearest] == of[:, None]).mean()
        figures.add(f"fashion, by {name}, P@{DEPTH}", value, "", at_least=least, judged=not most)
    figures.note(f"fashion: {len(asked):,} ask for {len(known):,}.")


def part_of(loaded: Loaded, part: str, most: int = 0) -> TrainingSet:
    """The rows of a part, or the first of them."""
    rows = [row for row, each in enumerate(loaded.set.ids) if loaded.folds[each] == part]
    return loaded.set.take(rows[: most or len(rows)])


def article_types(found: TrainingSet) -> NDArray[np.int64]:
    """The article type of each row, by number."""
    if found.labels is None:
        raise TypeError(f"{found.name} has no labels.")
    columns = [column for column, name in enumerate(found.label_names) if name.startswith("article_type: ")]
    return np.asarray(found.labels[:, columns].argmax(1), np.int64)


def wanted_by(encoder: Encoder) -> ImageWant:
    """The geometry in which an encoder wants pictures."""
    if encoder.description.image is None:
        raise TypeError(f"{encoder.description.name} sees no pictures.")
    return encoder.description.image


def pixels_of(found: TrainingSet, rows: Rows, want: ImageWant) -> list[Pixels]:
    """Pictures of a set, or of some of its rows, in a geometry."""
    view = found.view("image")
    files, places = (view.view, view.rows) if isinstance(view, Taken) else (view, np.arange(len(view)))
    if not isinstance(files, PictureFiles):
        raise TypeError(f"{found.name} has no files of pictures.")
    return files.wanting(want).read(places[rows])


def blocks_of(found: TrainingSet) -> list[Rows]:
    """The rows of a set, a few at a time."""
    return np.split(np.arange(len(found)), range(_AT_A_TIME, len(found), _AT_A_TIME))


def pictures_of(encoder: Encoder, found: TrainingSet) -> Floats:
    """Unit vectors (n, dim) of all pictures of a set."""
    want = wanted_by(encoder)
    return np.concatenate([encoder.encode("image", pixels_of(found, block, want)) for block in blocks_of(found)])


def spoken(found: TrainingSet) -> tuple[list[str], NDArray[np.int64]]:
    """All captions, and the row of the picture of each."""
    several = found.view("text").read(np.arange(len(found)))
    owner = np.repeat(np.arange(len(several)), [len(texts) for texts in several])
    return [text for texts in several for text in texts], owner


def ranks_of(scores: Floats, owner: NDArray[np.int64]) -> Ranks:
    """The rank (n,) of the one that each row asks for, from 1; what is as near as it stands before it."""
    own = scores[np.arange(len(scores)), owner][:, None]
    return np.asarray((scores >= own).sum(1), np.int64)


def backwards(scores: Floats, owner: NDArray[np.int64]) -> Ranks:
    """For each picture the rank of the best of its own captions among all captions."""
    best = np.full(scores.shape[1], -np.inf, scores.dtype)
    np.maximum.at(best, owner, scores[np.arange(len(scores)), owner])
    others = owner[:, None] != np.arange(scores.shape[1])
    return np.asarray(((scores >= best) & others).sum(0) + 1, np.int64)


def recall(ranks: Ranks, depth: int) -> float:
    """How many of all stand among the first."""
    return float((ranks <= depth).mean())


def apart(hasher: Hasher, words: Floats, stored: Codes) -> Floats:
    """Hamming distances (queries, pictures) of questions from the codes that are stored."""
    one, other = (np.unpackbits(codes, axis=1).astype(np.float32) for codes in (hasher.codes(words), stored))
    return one @ (1 - other).T + (1 - one) @ other.T


def rescored(distances: Floats, scores: Floats, owner: NDArray[np.int64], count: int) -> Ranks:
    """Ranks where only so many of the nearest codes are compared by their vectors.

    What is tied at the last place is lost if it is asked for, and stays where it only stands in the way.
    """
    near = ranks_of(-distances, owner) <= count
    last = np.sort(distances, axis=1)[:, count - 1 : count]
    among = np.where(distances <= last, scores, -np.inf)
    return np.where(near, ranks_of(among, owner), scores.shape[1])
