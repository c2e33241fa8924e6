"""Pascal Sentence: Rashtchian and others, NAACL HLT workshop 2010; 1,000 pictures of 20 classes, 5 sentences each."""

from __future__ import annotations

from pathlib import Path

from pinakes.errors import NotFound
from pinakes.learn.data.base import TrainingSet, View
from pinakes.learn.data.decoding import PictureFiles
from pinakes.learn.data.files import FolderFiles
from pinakes.learn.data.layouts.base import LAYOUTS, Layout, Loaded, lines_of, maybe, one_hot, one_of, there
from pinakes.learn.data.memory import Texts
from pinakes.limits import Limits
from pinakes.types import Modality


def read(folder: Path, limits: Limits) -> Loaded:
    """A folder for each class, of sentences and of pictures, with the same names."""
    sentences = one_of(folder, "sentence", "sentences")
    texts = sorted(path.relative_to(sentences) for path in sentences.glob("*/*.txt"))
    if not texts:
        raise NotFound(f"There is no CLASS/NAME.txt in {sentences.name}.", "Unpack the sentences there.")
    views: dict[Modality, View] = {}
    notes: tuple[str, ...] = ()
    images = maybe(folder, "dataset", "images")
    if images is not None:
        names = [path.with_suffix(".jpg").as_posix() for path in texts]
        rows, notes = there(images, names)
        texts = [texts[row] for row in rows.tolist()]
        views["image"] = PictureFiles(FolderFiles(images, tuple(names[row] for row in rows.tolist()), limits))
    views["text"] = Texts([tuple(line.strip() for line in lines_of(sentences / path, limits)) for path in texts])
    labels, label_names = one_hot([(path.parts[0],) for path in texts])
    ids = tuple(path.with_suffix("").as_posix() for path in texts)
    return Loaded(TrainingSet("pascal-sentence", ids, views, labels, label_names), notes=notes)


LAYOUTS.register("pascal-sentence")(
    Layout(
        "pascal-sentence",
        read,
        "sentence/CLASS/NAME.txt with a sentence in each line; dataset/CLASS/NAME.jpg",
        "1,000 photographs of 20 classes with five sentences each",
    )
)
