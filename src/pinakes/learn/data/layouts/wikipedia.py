"""Wikipedia's featured articles: Rasiwasia and others, ACM MM 2010; 2,173 learn and are found, 693 ask."""

from __future__ import annotations

from pathlib import Path

from pinakes.errors import BadInput
from pinakes.learn.data.base import TrainingSet, View
from pinakes.learn.data.decoding import PictureFiles, TextFiles
from pinakes.learn.data.files import FolderFiles
from pinakes.learn.data.layouts.base import LAYOUTS, Layout, Loaded, lines_of, maybe, one_hot, one_of, there
from pinakes.learn.data.layouts.features import read_features
from pinakes.limits import Limits
from pinakes.media.safexml import parse_xml, without_type
from pinakes.types import Modality

_CATEGORIES = ["art", "biology", "geography", "history", "literature", "media", "music", "royalty", "sport", "warfare"]
_LISTS = {"train": "trainset_txt_img_cat.list", "query": "testset_txt_img_cat.list"}


def read(folder: Path, limits: Limits) -> Loaded:
    """Texts and pictures by the two lists; or features alone, where those were downloaded."""
    for name in ("raw_features.mat", "wiki.npz", "wikiData.mat"):
        if maybe(folder, name) is not None and maybe(folder, _LISTS["train"]) is None:
            return read_features(folder / name, None, limits, "wikipedia")
    rows = []
    for part, name in _LISTS.items():
        path = one_of(folder, name)
        for number, line in enumerate(lines_of(path, limits), 1):
            cells = line.split("\t")
            if len(cells) != 3 or not cells[2].strip().isdigit() or not 1 <= int(cells[2]) <= len(_CATEGORIES):
                raise BadInput(f"Line {number} of {path.name} is not text, picture and category.", "Download it again.")
            rows.append((cells[0].strip(), cells[1].strip(), _CATEGORIES[int(cells[2]) - 1], part))
    views: dict[Modality, View] = {}
    notes: tuple[str, ...] = ()
    images = maybe(folder, "images", "wikipedia_dataset/images")
    if images is not None:
        names = [f"{category}/{picture}.jpg" for _, picture, category, _ in rows]
        kept, notes = there(images, names)
        rows = [rows[row] for row in kept.tolist()]
        views["image"] = PictureFiles(FolderFiles(images, tuple(names[row] for row in kept.tolist()), limits))
    texts = one_of(folder, "texts", "wikipedia_dataset/texts")
    views["text"] = TextFiles(FolderFiles(texts, tuple(f"{text}.xml" for text, *_ in rows), limits), text_of)
    labels, label_names = one_hot([(category,) for _, _, category, _ in rows], _CATEGORIES)
    ids = tuple(f"{text} {picture}" for text, picture, _, _ in rows)
    folds = {each: row[3] for each, row in zip(ids, rows, strict=True)}
    found = TrainingSet("wikipedia", ids, views, labels, label_names)
    return Loaded(found, folds, train_in_database=True, notes=notes)


def text_of(data: bytes, name: str) -> str:
    """The words of an article: all that stands in the element `text`."""
    root = parse_xml(without_type(data), name, Limits())
    return " ".join(" ".join(each.text.split()) for each in root.all("text"))


LAYOUTS.register("wikipedia")(
    Layout(
        "wikipedia",
        read,
        "trainset_txt_img_cat.list, testset_txt_img_cat.list, texts/ID.xml, images/CATEGORY/ID.jpg; or features alone: "
        "raw_features.mat or wiki.npz with I_tr, T_tr, I_te and T_te",
        "2,866 sections of articles, each with a picture, in 10 categories",
    )
)
