"""The rows that a plan names, and how they are shared out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from pinakes.catalogue.catalogue import Catalogue
from pinakes.errors import BadSetting, NotFound, nearest
from pinakes.learn.data.base import TrainingSet
from pinakes.learn.data.from_library import from_library
from pinakes.learn.data.from_table import from_table
from pinakes.learn.data.layouts import Loaded, read_layout
from pinakes.learn.data.layouts.features import SUFFIXES, files_of, read_features
from pinakes.learn.data.protocols import PROTOCOLS, difference, split_by
from pinakes.learn.data.splits import PARTS, Sizes, Split, check, divided, with_validation
from pinakes.learn.experiment.plan import DataPlan, SplitPlan
from pinakes.learn.training.settings import LISTED
from pinakes.settings import load, user_folder


def opened(plan: DataPlan) -> Loaded:
    """The training set of a plan, with its official parts where there are lists."""
    if plan.layout == "features":
        path = _there(Path(plan.folder))
        if path.is_file() or plan.options:
            paths = files_of(path) if path.is_dir() else [path]
            return read_features(paths, plan.options or None, name=path.stem)
    if plan.layout:
        if plan.options:
            raise BadSetting(
                f"The layout {plan.layout} takes no data.options.", "Only features, tables and libraries do."
            )
        return read_layout(plan.layout, Path(plan.folder or "."))
    if plan.table:
        return from_table(Path(plan.table), **_options(plan, ("columns", "labels", "texts", "least")))
    folder, options = Path(plan.library), _options(plan, ("labels", "texts", "passages", "least"))
    with closing(Catalogue.open(folder, load(folder))) as catalogue:
        return from_library(catalogue, **options)


def _there(path: Path) -> Path:
    """The file or folder of features itself, if there is one; else the files beside it are named."""
    if path.exists():
        return path
    if not path.parent.is_dir():
        raise NotFound(f"There is no {path}, nor the folder {path.parent}.", "Correct data.folder.")
    near = [each.name for each in path.parent.iterdir() if each.suffix.lower() in SUFFIXES]
    close = nearest(path.name, near) if near else f"No file there ends in {', '.join(SUFFIXES)}."
    raise NotFound(f"There is no {path}.", f"Correct data.folder. {close}")


def _options(plan: DataPlan, known: Sequence[str]) -> dict[str, Any]:
    """What else the plan says of its data, by names that are known; a text stands for a list of one."""
    found: dict[str, Any] = {}
    for name, told in plan.options.items():
        if name not in known:
            raise BadSetting(f"data.options has no {name} here.", nearest(name, known))
        value = [told] if name in _LISTS and isinstance(told, str) else told
        kind, word = _OPTIONS[name]
        held = value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else ()
        if not isinstance(value, kind) or isinstance(value, bool) or not all(isinstance(each, str) for each in held):
            raise BadSetting(f"data.options.{name} is {value!r}, where a {word} belongs.", LISTED)
        if isinstance(value, int):
            _check_least(name, value)
        found[name] = value
    return found


def _check_least(name: str, value: int) -> None:
    """Refuse numbers of works or passages that make no sense."""
    if value < _LEAST[name]:
        raise BadSetting(f"data.options.{name} must be {_LEAST[name]} or more, not {value}.", LISTED)


_LEAST = {"passages": 0, "least": 1}
_LISTS = ("labels", "texts")
_OPTIONS: Mapping[str, tuple[Any, str]] = {
    "columns": (Mapping, "table of texts"),
    "labels": (list | tuple, "list of texts"),
    "texts": (list | tuple, "list of texts"),
    "passages": (int, "whole number"),
    "least": (int, "whole number"),
}


def cache_of(plan: DataPlan) -> Path | None:
    """Where decoded pictures are kept."""
    if plan.cache:
        return Path(plan.cache)
    user = user_folder("data")
    return user / "training" if user else None


def kept(split: Split, found: TrainingSet) -> Split:
    """The parts without rows that could not be read."""
    there = set(found.ids)
    parts: dict[str, Any] = {part: tuple(each for each in getattr(split, part) if each in there) for part in PARTS}
    return replace(split, **parts, fingerprint=found.fingerprint())


def shared_out(loaded: Loaded, plan: SplitPlan) -> tuple[Split, tuple[str, ...]]:
    """The parts of a set, checked for leaks, and what is to be said of them."""
    found = loaded.set
    if not 0 <= plan.validation < 1 or not 0 <= plan.query < 1:
        raise BadSetting("split.validation and split.query are shares, from 0 to below 1.", LISTED)
    notes = list(loaded.notes)
    if plan.protocol:
        protocol = PROTOCOLS.get(plan.protocol)
        official = loaded.official(_fold(plan.protocol)) if loaded.folds else None
        split = split_by(found, protocol, plan.seed, validation=plan.validation, official=official)
        if told := difference(found, protocol):
            notes.append(told)
    elif loaded.folds:
        split = loaded.official()
        if not split.validation and plan.validation:
            split = with_validation(found, split, plan.validation, plan.seed)
    else:
        split = divided(found, Sizes(None, plan.validation, plan.query), plan.seed)
    check(found, split)
    return split, tuple(notes)


def _fold(protocol: str) -> str:
    """The fold that a protocol's name tells, as esc-10-fold3 does."""
    _, mark, fold = protocol.rpartition("-fold")
    return f"fold{fold}" if mark else ""
