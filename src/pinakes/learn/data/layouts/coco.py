"""MS COCO: Lin and others, ECCV 2014; Chen and others, "Microsoft COCO captions", 2015. 2014's files or 2017's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pinakes.errors import BadInput, NotFound
from pinakes.learn.data.base import TrainingSet, View
from pinakes.learn.data.decoding import PictureFiles
from pinakes.learn.data.files import FolderFiles
from pinakes.learn.data.layouts.base import LAYOUTS, Layout, Loaded, json_of, maybe, one_hot, there
from pinakes.learn.data.memory import Texts
from pinakes.limits import Limits
from pinakes.types import Modality


def read(folder: Path, limits: Limits) -> Loaded:
    """Pictures of train and val with all their captions and, where instances are told, the names of what is in them."""
    notes_folder = maybe(folder, "annotations") or folder
    parts = [path.stem.removeprefix("captions_") for path in sorted(notes_folder.glob("captions_*.json"))]
    if not parts:
        raise NotFound(
            f"There is no annotations/captions_PART.json in {folder.name}.", "Unpack the annotations of COCO there."
        )
    files: dict[int, str] = {}
    captions: dict[int, list[str]] = {}
    objects: dict[int, set[str]] = {}
    names: dict[str, None] = {}
    for part in parts:
        told = _told(notes_folder / f"captions_{part}.json", limits)
        for image in told["images"]:
            files[int(image["id"])] = f"{part}/{image['file_name']}"
        for each in told["annotations"]:
            captions.setdefault(int(each["image_id"]), []).append(str(each["caption"]).strip())
        instances = maybe(notes_folder, f"instances_{part}.json")
        if instances is not None:
            told = _told(instances, limits)
            kinds = {int(kind["id"]): str(kind["name"]) for kind in told["categories"]}
            names |= dict.fromkeys(kinds.values())
            for each in told["annotations"]:
                objects.setdefault(int(each["image_id"]), set()).add(kinds[int(each["category_id"])])
    kept = [number for number in files if captions.get(number) and (not names or number in objects)]
    return _loaded(folder, limits, files, captions, objects, list(names), kept)


def _loaded(
    folder: Path,
    limits: Limits,
    files: dict[int, str],
    captions: dict[int, list[str]],
    objects: dict[int, set[str]],
    names: list[str],
    kept: list[int],
) -> Loaded:
    notes = [f"{len(files) - len(kept):,} of {len(files):,} pictures have no caption, or no label."]
    views: dict[Modality, View] = {}
    if any((folder / part).is_dir() for part in {files[number].partition("/")[0] for number in kept}):
        rows, lost = there(folder, [files[number] for number in kept])
        kept, notes = [kept[row] for row in rows.tolist()], [*notes, *lost]
        views["image"] = PictureFiles(FolderFiles(folder, tuple(files[number] for number in kept), limits))
    views["text"] = Texts([tuple(captions[number]) for number in kept])
    ids = tuple(str(number) for number in kept)
    if not names:
        return Loaded(TrainingSet("coco", ids, views), notes=tuple(notes))
    labels, label_names = one_hot([sorted(objects[number]) for number in kept], names)
    return Loaded(TrainingSet("coco", ids, views, labels, label_names), notes=tuple(notes))


def _told(path: Path, limits: Limits) -> dict[str, Any]:
    told = json_of(path, limits)
    if not isinstance(told, dict) or not isinstance(told.get("annotations"), list):
        raise BadInput(f"{path.name} is no file of COCO's annotations.", "Download it again.")
    return told


LAYOUTS.register("coco")(
    Layout(
        "coco",
        read,
        "annotations/captions_train2014.json, captions_val2014.json, instances_train2014.json, instances_val2014.json "
        "(or 2017's); pictures in train2014/ and val2014/",
        "123,287 photographs with five captions each and 80 labels",
    )
)
