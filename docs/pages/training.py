"""The page about configurations of trainings: every table and setting, and every method with its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import MISSING, Field, fields
from typing import Any

from docs.pages.markdown import code, page, table
from pinakes.learn.data.protocols import PROTOCOLS
from pinakes.learn.experiment.methods import methods
from pinakes.learn.experiment.plan import DataPlan, JudgePlan, SplitPlan, TowerPlan
from pinakes.learn.training.optimisers import OPTIMISERS
from pinakes.learn.training.schedules import SCHEDULES
from pinakes.learn.training.settings import TrainSettings
from pinakes.learn.tune.settings import TuneSettings

_TABLES = (
    ("`[data]`", DataPlan),
    ("`[split]`", SplitPlan),
    ("`[image]`, `[text]`, `[audio]`", TowerPlan),
    ("`[train]`", TrainSettings),
    ("`[evaluate]`", JudgePlan),
    ("`[tune]`", TuneSettings),
)


def training() -> str:
    """The page."""
    parts: list[str] = []
    for name, kind in _TABLES:
        parts += [f"## {name}", table(("setting", "default", "meaning"), map(_setting, fields(kind)))]
    return page(
        "Training",
        "What a configuration of `pinakes train` can say. [how-to/train.md](../how-to/train.md) shows whole ones.",
        *parts,
        "## `[method]`",
        "`name` is one of these; the settings of each stand beside it.",
        table(("method", "kind", "learns from", "settings", "what it is", "paper"), _methods()),
        "## Optimisers and schedules",
        table(("name", "what it is"), _filed()),
        "## Protocols",
        "How published figures split their benchmarks, for `split.protocol`. A figure means nothing without it.",
        table(("protocol", "layout", "pairs", "labels", "ask", "learned from", "source"), _protocols()),
    )


def _setting(field: Field[Any]) -> tuple[str, ...]:
    return code(field.name), code(_shown(_default(field))), str(field.metadata.get("help", ""))


def _default(field: Field[Any]) -> Any:
    return field.default_factory() if field.default is MISSING and callable(field.default_factory) else field.default


def _shown(value: Any) -> str:
    """A value as TOML writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return f"[{', '.join(map(_shown, value))}]"
    if isinstance(value, dict):
        return "{}"
    return f'"{value}"' if isinstance(value, str) else f"{value!r}"


def _methods() -> Iterator[tuple[str, ...]]:
    registry = methods()
    for name in registry.names():
        method = registry.get(name)
        settings = ", ".join(f"{each.name} = {_shown(_default(each))}" for each in fields(method.config))
        learns = "labels" if method.labels else "pairs alone"
        yield code(name), method.kind, learns, code(settings) if settings else "", method.about, method.paper


def _filed() -> Iterable[tuple[str, ...]]:
    for registry in (OPTIMISERS, SCHEDULES):
        for name in registry.names():
            yield code(name), (registry.get(name).__doc__ or "").splitlines()[0]


def _protocols() -> Iterator[tuple[str, ...]]:
    for name in PROTOCOLS.names():
        each = PROTOCOLS.get(name)
        asked = "official list" if each.query is None else f"{each.query:,}"
        learned = "official list" if each.train is None else f"{each.train:,}"
        yield code(name), code(each.layout), f"{each.pairs:,}", f"{each.labels:,}", asked, learned, each.source
