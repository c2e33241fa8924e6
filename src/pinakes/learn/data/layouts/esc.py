"""ESC-50 and ESC-10: Piczak, "ESC: Dataset for environmental sound classification", ACM MM 2015; five folds."""

from __future__ import annotations

import csv
from functools import partial
from pathlib import Path

from pinakes.errors import BadInput, NotFound
from pinakes.learn.data.base import TrainingSet
from pinakes.learn.data.decoding import SoundFiles
from pinakes.learn.data.files import FolderFiles
from pinakes.learn.data.layouts.base import LAYOUTS, Layout, Loaded, lines_of, maybe, one_hot, there
from pinakes.learn.data.memory import Texts
from pinakes.limits import Limits


def read(folder: Path, limits: Limits, *, ten: bool) -> Loaded:
    """Sounds with the word for each as its text, by the table; or by folders of classes, as ESC-10 once came."""
    table = maybe(folder, "meta/esc50.csv", "esc50.csv")
    rows = _by_table(table, limits, ten=ten) if table is not None else _by_folders(folder)
    inner = folder / "audio" if table is not None else folder
    kept, notes = there(inner, [name for name, _, _ in rows])
    rows = [rows[row] for row in kept.tolist()]
    names = tuple(name for name, _, _ in rows)
    labels, label_names = one_hot([(category,) for _, _, category in rows])
    views = {
        "audio": SoundFiles(FolderFiles(inner, names, limits), limits=limits),
        "text": Texts([(category,) for _, _, category in rows]),
    }
    found = TrainingSet("esc-10" if ten else "esc-50", names, views, labels, label_names)  # type: ignore[arg-type]
    folds = {name: f"fold{fold}" for name, fold, _ in rows}
    return Loaded(found, folds, train_in_database=True, notes=notes)


def _by_table(path: Path, limits: Limits, *, ten: bool) -> list[tuple[str, str, str]]:
    reader = csv.DictReader(lines_of(path, limits))
    needed = {"filename", "fold", "category", *(["esc10"] if ten else [])}
    if not needed <= set(reader.fieldnames or ()):
        raise BadInput(f"{path.name} lacks one of the columns {', '.join(sorted(needed))}.", "Download it again.")
    return [
        (row["filename"], row["fold"], row["category"].replace("_", " "))
        for row in reader
        if not ten or row["esc10"] == "True"
    ]


def _by_folders(folder: Path) -> list[tuple[str, str, str]]:
    """Folders named "001 - Dog bark", sounds named by their fold first."""
    found = [
        (path.relative_to(folder).as_posix(), path.name.partition("-")[0], path.parent.name.partition(" - ")[2].lower())
        for path in sorted(folder.glob("[0-9]* - */*.ogg"))
    ]
    if not found:
        raise NotFound(
            f"There is neither meta/esc50.csv nor a folder such as '001 - Dog bark' in {folder.name}.",
            "Unpack ESC-50 there.",
        )
    return found


for _ten in (False, True):
    _name = "esc-10" if _ten else "esc-50"
    LAYOUTS.register(_name)(
        Layout(
            _name,
            partial(read, ten=_ten),
            "meta/esc50.csv and audio/NAME.wav" + ("; or folders such as 001 - Dog bark/NAME.ogg" if _ten else ""),
            f"{400 if _ten else 2_000:,} sounds of five seconds in {10 if _ten else 50} classes",
        )
    )
