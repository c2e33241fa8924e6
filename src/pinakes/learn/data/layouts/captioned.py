"""Flickr8k and Flickr30k: pictures with five captions each; lists of who learns and who asks, or Karpathy's split.

Hodosh, Young and Hockenmaier, JAIR 47, 2013; Young and others, TACL 2, 2014; Karpathy and Fei-Fei, CVPR 2015.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from pinakes.errors import BadInput, NotFound
from pinakes.learn.data.base import TrainingSet, View
from pinakes.learn.data.decoding import PictureFiles
from pinakes.learn.data.files import FolderFiles
from pinakes.learn.data.layouts.base import LAYOUTS, Layout, Loaded, json_of, lines_of, maybe, there
from pinakes.learn.data.memory import Texts
from pinakes.limits import Limits
from pinakes.types import Modality

_LISTS = {"train": "trainImages", "validation": "devImages", "query": "testImages"}
_KARPATHY = {"train": "train", "restval": "train", "val": "validation", "test": "query"}


def read(folder: Path, limits: Limits, *, name: str, images: tuple[str, ...], tables: tuple[str, ...]) -> Loaded:
    """Captions by picture, and its part where a list tells it."""
    split = maybe(folder, f"dataset_{name}.json", f"Karpathy/dataset_{name}.json")
    table = maybe(folder, *tables)
    if table is not None:
        captions = _captions(table, limits)
    elif split is not None:
        captions = _karpathy_captions(split, limits)
    else:
        raise NotFound(
            f"There is no {' and no '.join(tables)} in {folder.name}.",
            "Put the captions there as they were downloaded.",
        )
    folds = _karpathy_folds(split, limits) if split is not None else _lists(folder, limits)
    inner = maybe(folder, *images)
    names, notes = list(captions), []
    views: dict[Modality, View] = {}
    if inner is not None:
        rows, lost = there(inner, names)
        names, notes = [names[row] for row in rows.tolist()], list(lost)
        views["image"] = PictureFiles(FolderFiles(inner, tuple(names), limits))
    views["text"] = Texts([tuple(captions[each]) for each in names])
    return Loaded(TrainingSet(name, tuple(names), views), folds, notes=tuple(notes))


def _captions(path: Path, limits: Limits) -> Mapping[str, list[str]]:
    """Of "name.jpg#0<tab>caption", of "name.jpg| 0| caption", or of "image,caption"."""
    found: dict[str, list[str]] = {}
    for number, line in enumerate(lines_of(path, limits), 1):
        if "\t" in line:
            name, _, caption = line.partition("\t")
        elif line.count("|") >= 2:
            name, _, caption = line.split("|", 2)
        else:
            row = next(csv.reader([line]))
            name, caption = (row[0], ",".join(row[1:])) if len(row) > 1 else ("", "")
        name = name.strip().partition("#")[0]
        if not name or not caption.strip():
            raise BadInput(f"Line {number} of {path.name} has no picture and caption.", "Correct or remove it.")
        if number == 1 and name in ("image", "image_name"):
            continue
        found.setdefault(name, []).append(caption.strip())
    return found


def _karpathy_captions(path: Path, limits: Limits) -> Mapping[str, list[str]]:
    return {
        str(image["filename"]): [str(each["raw"]).strip() for each in image["sentences"]]
        for image in json_of(path, limits)["images"]
    }


def _karpathy_folds(path: Path, limits: Limits) -> dict[str, str]:
    told = json_of(path, limits)
    if not isinstance(told, dict) or not isinstance(told.get("images"), list):
        raise BadInput(f"{path.name} is no file of Karpathy's splits.", "Download it again.")
    return {
        str(image["filename"]): _KARPATHY[image["split"]] for image in told["images"] if image["split"] in _KARPATHY
    }


def _lists(folder: Path, limits: Limits) -> dict[str, str]:
    folds = {}
    for part, stem in _LISTS.items():
        path = maybe(folder, f"Flickr_8k.{stem}.txt", f"Flickr8k_text/Flickr_8k.{stem}.txt")
        if path is not None:
            folds.update(dict.fromkeys((line.strip() for line in lines_of(path, limits)), part))
    return folds


LAYOUTS.register("flickr8k")(
    Layout(
        "flickr8k",
        partial(
            read,
            name="flickr8k",
            images=("Flicker8k_Dataset", "Flickr8k_Dataset", "Images", "images"),
            tables=("Flickr8k.token.txt", "Flickr8k_text/Flickr8k.token.txt", "captions.txt"),
        ),
        "Flickr8k.token.txt or captions.txt; Flickr_8k.trainImages.txt, Flickr_8k.devImages.txt and "
        "Flickr_8k.testImages.txt, or dataset_flickr8k.json; pictures in Flicker8k_Dataset/ or Images/",
        "8,091 photographs with five captions each",
    )
)
LAYOUTS.register("flickr30k")(
    Layout(
        "flickr30k",
        partial(
            read,
            name="flickr30k",
            images=("flickr30k-images", "flickr30k_images", "Images", "images"),
            tables=("results_20130124.token", "results.csv", "flickr30k_images/results.csv", "captions.txt"),
        ),
        "results_20130124.token or results.csv; dataset_flickr30k.json for the split; pictures in flickr30k-images/",
        "31,783 photographs with five captions each",
    )
)
