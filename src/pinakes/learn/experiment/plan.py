"""A configuration as plain data: what a file of TOML says, checked by name before anything is read or built."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from pinakes.errors import BadInput, BadSetting, NotFound, nearest
from pinakes.learn.bounded import bounded
from pinakes.learn.training.run_folder import DATA
from pinakes.learn.training.settings import Checked, TrainSettings, from_table, plain, read_table
from pinakes.settings import setting
from pinakes.sources.names import safe_name
from pinakes.storage import explained
from pinakes.types import MODALITIES


@dataclass(frozen=True)
class DataPlan(Checked):
    """The table `[data]`: where the rows come from."""

    layout: str = setting("", "layout of a known benchmark, or features for precomputed ones")
    folder: str = setting("", "folder, or file of features, that the layout reads")
    table: str = setting("", "table of files (CSV, JSON Lines or Parquet) instead of a layout")
    library: str = setting("", "folder of a library instead of a layout")
    cache: str = setting("", "folder in which decoded pictures are kept; empty: beside the user's data")
    cleaning: tuple[str, ...] = setting((), "cleaning steps by name, as a library has them")
    options: Mapping[str, Any] = field(
        default_factory=dict, metadata={"help": "what else the layout, table or library wants to know"}
    )


@dataclass(frozen=True)
class SplitPlan(Checked):
    """The table `[split]`: who learns, who chooses the best epoch, who asks and who is found."""

    protocol: str = setting(
        "", "published protocol by name; empty: official lists where there are some, else by shares"
    )
    validation: float = setting(
        0.1, "share of all rows, or of official training rows, by which the best epoch is chosen"
    )
    query: float = setting(0.1, "share of all rows that ask, where nothing else says so")
    seed: int = bounded(0, "number from which the shares are drawn")


@dataclass(frozen=True)
class TowerPlan(Checked):
    """The tables `[image]`, `[text]` and `[audio]`: how a modality is read, and the network that it goes through."""

    network: str = setting("", "network by name; bag for bags of words; empty: the features as they are")
    settings: Mapping[str, Any] = field(
        default_factory=dict, metadata={"help": "settings of the network, as width = 0.5"}
    )
    weights: str = setting("", "file or folder of published weights to begin from")
    frozen: bool = setting(False, "leave the network as it is, and train only what follows it")
    side: int = bounded(0, "side of pictures in pixels; 0: the network's own")
    length: int = bounded(32, "words of a text that are read", least=1)
    seconds: float = bounded(5.0, "length of sounds that is read", above=0)
    vocabulary: str = setting("words", "words, bpe or wordpiece")
    words: int = bounded(10_000, "words or pieces of the vocabulary at most", least=1)
    least: int = bounded(2, "times that a word must occur to be in the vocabulary", least=1)
    segmenter: str = setting("bigrams", "how text without spaces is cut into words: bigrams or jieba")
    texts: str = setting("any", "of a row's several texts: any, first or all")
    standardise: bool = setting(False, "bring each column of features to mean 0 and deviation 1")
    augment: tuple[Mapping[str, Any], ...] = field(
        default=(), metadata={"help": "steps of augmentation, each a table with its `step`"}
    )


@dataclass(frozen=True)
class JudgePlan(Checked):
    """The table `[evaluate]`: what makes a thing relevant, and the figures that are measured."""

    relevant: str = setting("", "labels (one is shared) or pairs (the same row); empty: as the method learns")
    metrics: tuple[str, ...] = setting((), "names of metrics; empty: the usual ones")
    most: int = setting(2_000, "validation rows that ask between epochs; ten times as many are found; 0: all")
    ties: str = setting("rows", "how codes at one distance count: rows, as papers have it, or expected")


@dataclass(frozen=True)
class Plan:
    """All that a training is told."""

    name: str
    data: DataPlan
    split: SplitPlan
    towers: Mapping[str, TowerPlan]
    # The method by name, and its own settings.
    method: str
    config: Mapping[str, Any]
    train: TrainSettings
    evaluate: JudgePlan

    def as_dict(self) -> dict[str, Any]:
        """Plain data, from which `from_dict` makes the plan again."""
        tables = {name: asdict(getattr(self, name)) for name in ("data", "split", "train", "evaluate")}
        towers = {name: asdict(tower) for name, tower in self.towers.items()}
        return {"name": self.name, **tables, **towers, "method": {"name": self.method, **self.config}}


# The last one is not of the plan: a training goes by the settings beside it, and only tuning changes them.
_TABLES = ("data", "split", "method", "train", "evaluate", "tune")


def from_dict(told: Mapping[str, Any], name: str = "run") -> Plan:
    """A plan from the tables of a configuration."""
    for table in told:
        if table != "name" and table not in _TABLES and table not in MODALITIES:
            raise BadSetting(f"A configuration has no table [{table}].", nearest(table, (*_TABLES, *MODALITIES)))
        if table != "name" and not isinstance(told[table], Mapping):
            raise BadSetting(f"{table} is a table: write [{table}], and its settings below it.")
    method = plain(told.get("method", {}))
    if not isinstance(method.get("name"), str):
        raise BadSetting("The configuration names no method.", 'Write name = "dcmh", or another, under [method].')
    data = read_table(DataPlan, told.get("data", {}), "data")
    if sum(bool(each) for each in (data.layout, data.table, data.library)) != 1:
        raise BadSetting("[data] names one of layout, table and library.", "docs/how-to/train.md shows each.")
    towers: dict[str, TowerPlan] = {
        each: read_table(TowerPlan, told[each], each) for each in MODALITIES if each in told
    }
    for modality, tower in towers.items():
        if tower.network == "bag":
            check_bag(tower, modality)
    return Plan(
        _name(told.get("name", name)),
        data,
        read_table(SplitPlan, told.get("split", {}), "split"),
        towers,
        method.pop("name"),
        method,
        from_table(told.get("train", {})),
        read_table(JudgePlan, told.get("evaluate", {}), "evaluate"),
    )


def check_bag(plan: TowerPlan, modality: str) -> None:
    """Refuse what only networks have: a bag is counted, and goes to the method as it is."""
    for name in ("weights", "settings"):
        if getattr(plan, name):
            raise BadSetting(f"{modality}.{name} does nothing to a bag of words.", "Name a network, or leave it out.")
    if plan.vocabulary != "words":
        raise BadSetting(
            f"A bag is made of words, and {modality}.vocabulary is {plan.vocabulary}.",
            "Name a network, or leave it out.",
        )


def _name(told: Any) -> str:
    """The name of a configuration, if it can be a folder's: a run lies in `runs/NAME`."""
    if not isinstance(told, str) or safe_name(told) != told:
        raise BadSetting(
            f"{str(told)[:60]!r} can not be the name of a run, which is a folder's too.",
            'Write name = "hashing" above all tables, or another of up to 80 letters, digits, hyphens and dots.',
        )
    return told


def plan_of(config: Mapping[str, Any]) -> Plan:
    """The plan of a run's configuration, which tells of its data besides."""
    return from_dict({name: value for name, value in config.items() if name != DATA})


def read_plan(path: Path, changes: Sequence[str] = ()) -> Plan:
    """A plan from a file of TOML, with changes such as `train.rate=0.01` made to it; its folders lie beside it."""
    return placed(from_dict(read_tables(path, changes), path.stem), path.parent)


def read_tables(path: Path, changes: Sequence[str] = ()) -> dict[str, Any]:
    """The tables of a file of TOML, with changes made to them."""
    if not path.is_file():
        raise NotFound(f"There is no configuration {path}.", "docs/how-to/train.md shows how one is written.")
    with explained(path):
        written = path.read_bytes()
    try:
        told = tomllib.loads(written.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"{path} is no configuration in TOML: {error}.", "docs/how-to/train.md shows one.") from error
    for change in changes:
        put(told, change)
    return told


_PATHS = ("folder", "table", "library", "cache")
_METHOD_PATHS = ("teacher",)


def placed(plan: Plan, folder: Path) -> Plan:
    """The plan with its paths seen from a folder, and whole: a run goes on, and is exported, from anywhere."""
    data: dict[str, Any] = {name: _whole(folder, value) for name in _PATHS if (value := getattr(plan.data, name))}
    towers = {
        name: replace(tower, weights=_whole(folder, tower.weights)) if tower.weights else tower
        for name, tower in plan.towers.items()
    }
    config = {
        name: _whole(folder, value) if name in _METHOD_PATHS and value else value for name, value in plan.config.items()
    }
    return replace(plan, data=replace(plan.data, **data), towers=towers, config=config)


def _whole(folder: Path, path: str) -> str:
    return str((folder / path).resolve())


def put(told: dict[str, Any], change: str) -> None:
    """Change one setting of the tables: `train.rate=0.01`; the value is written as in TOML, a word may stand bare."""
    name, equals, value = change.partition("=")
    if not equals or "." not in name:
        raise BadSetting(f"{change!r} changes nothing.", "Write TABLE.NAME=VALUE, as train.epochs=5.")
    *tables, last = (each.strip() for each in name.split("."))
    inner = told
    for table in tables:
        inner = inner.setdefault(table, {})
        if not isinstance(inner, dict):
            raise BadSetting(f"{table} is no table, so that {name} can not be set.")
    inner[last] = value_of(value.strip())


def value_of(text: str) -> Any:
    """A value as TOML reads it, or the text itself."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text
