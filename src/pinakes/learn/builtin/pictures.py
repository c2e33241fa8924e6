"""What the built-in encoder sees while it learns: pictures of several public sets, with captions, titles or labels.

Each set lies in a folder of its own below one folder of data; those that are not there are left out and told. Sets that
are given for research alone can be left out on purpose: the same command then trains a variant without them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from pinakes.errors import NotFound
from pinakes.learn.data.base import TrainingSet, View
from pinakes.learn.data.decoding import PictureFiles
from pinakes.learn.data.files import Files
from pinakes.learn.data.layouts.base import Loaded, maybe
from pinakes.learn.data.layouts.plain import Columns, Joined, Piece, read_parts, read_plain
from pinakes.learn.data.memory import Texts
from pinakes.limits import Limits
from pinakes.types import Modality

# The column `split` as it is read, and the part that it means.
_PARTS = {"foldtrain": "train", "folddev": "query"}


@dataclass(frozen=True, slots=True)
class Corpus:
    """One set of pictures: where it lies, by which table it is known, and whether its terms allow research alone."""

    folder: str
    table: str
    read: Callable[[Path, Limits], Loaded]
    research: bool

    @property
    def name(self) -> str:
        """The last part of its folder."""
        return Path(self.folder).name


def _photos(name: str, *, research: bool) -> Corpus:
    table, columns = "labels.jsonl", Columns(image="image", texts=("label",), fold="split")

    def read(folder: Path, limits: Limits) -> Loaded:
        return read_plain(folder, [Piece(table, "images.tar")], columns, limits)

    return Corpus(f"photos/{name}", table, read, research)


def _in_parts(folder: str, tables: str, texts: tuple[str, ...]) -> Corpus:
    read = partial(read_parts, tables=tables, files="images_{}.tar", columns=Columns(image="image", texts=texts))
    return Corpus(folder, tables.format("train"), read, research=True)


CORPORA = (
    _in_parts("flickr8k", "captions_{}.jsonl", ("captions",)),
    _in_parts("fashion", "items_{}.jsonl", ("title",)),
    _photos("caltech101", research=False),
    _photos("dtd_10", research=True),
    _photos("grocery", research=False),
    _photos("imagen200", research=True),
    _photos("imagenet_sample", research=True),
    _photos("pacs", research=True),
    _photos("tf_flowers", research=False),
    _photos("trashnet", research=False),
)


def read_pictures(data: Path, *, research: bool = True, limits: Limits | None = None) -> Loaded:
    """All sets that lie in a folder as one, each picture by its set and name, with its official part."""
    limits = limits or Limits()
    wanted = [corpus for corpus in CORPORA if research or not corpus.research]
    found = [corpus for corpus in wanted if maybe(data / corpus.folder, corpus.table)]
    if not found:
        raise NotFound(
            f"{data} holds none of the sets of pictures.",
            f"Put one there: {', '.join(each.folder for each in wanted)}.",
        )
    lost = [corpus.name for corpus in wanted if corpus not in found]
    notes = (f"Without {', '.join(lost)}, which the folder does not hold.",) if lost else ()
    return _joined([(corpus, corpus.read(data / corpus.folder, limits)) for corpus in found], notes, limits)


def _joined(several: Iterable[tuple[Corpus, Loaded]], notes: tuple[str, ...], limits: Limits) -> Loaded:
    ids: list[str] = []
    texts: list[tuple[str, ...]] = []
    files: list[Files] = []
    parts: dict[str, str] = {}
    for corpus, loaded in several:
        names = [f"{corpus.name}/{each}" for each in loaded.set.ids]
        view = loaded.set.view("image")
        if not isinstance(view, PictureFiles):
            raise TypeError(f"{corpus.name} was read as {type(view).__name__}.")
        ids += names
        files.append(view.files)
        texts += loaded.set.view("text").read(np.arange(len(names)))
        told = (loaded.folds[each] for each in loaded.set.ids)
        parts |= {name: _PARTS.get(part, part) for name, part in zip(names, told, strict=True)}
    views: dict[Modality, View] = {
        "image": PictureFiles(Joined(tuple(files)), limits=limits),
        "text": Texts(texts),
    }
    return Loaded(TrainingSet("builtin", tuple(ids), views), parts, train_in_database=False, notes=notes)
