"""What was measured of a library's cost, as plain data that goes through JSON and back."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, TypeVar


@dataclass(frozen=True, slots=True)
class Timing:
    """Response times in milliseconds of one kind of question to a library of `size` parts, asked one at a time."""

    size: int
    mode: str
    # words, vectors or items, both together, or given: the user's own questions.
    asked: str
    searches: int
    p50: float
    p95: float
    p99: float
    worst: float


@dataclass(frozen=True, slots=True)
class Growth:
    """How long it took to make a library of so many items and parts, and of what it was made."""

    what: str
    items: int
    parts: int
    seconds: float
    parts_per_second: float


@dataclass(frozen=True, slots=True)
class Stored:
    """Bytes on disk of one kind of a library's files."""

    size: int
    kind: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of operations that arrived by a schedule; times are milliseconds from the scheduled arrival."""

    # fixed, fastest (the highest rate that was sustained) or at once (all at the same moment).
    what: str
    size: int
    mode: str
    clients: int
    processes: int
    arrivals: str
    # Arrivals a second; NaN where all arrive at once.
    rate: float
    seconds: float
    scheduled: int
    answered: int
    failed: int
    timed_out: int
    success_percent: float
    p50: float
    p95: float
    p99: float
    worst: float
    # The most operations that had arrived and were not answered yet.
    most_at_once: int
    processor_percent: float
    memory_mb: float
    memory_percent: float
    # Of the whole machine; NaN where it does not tell.
    joules: float


@dataclass(frozen=True, slots=True)
class Compared:
    """A published figure beside ours; `times` is how many times better ours is."""

    what: str
    unit: str
    published: float
    ours: float
    times: float


@dataclass(frozen=True, slots=True)
class Cost:
    """All that one run of `pinakes benchmark` found, with what is needed to judge and to repeat it."""

    title: str
    date: str
    seed: int
    machine: Mapping[str, Any]
    timings: tuple[Timing, ...] = ()
    growths: tuple[Growth, ...] = ()
    stored: tuple[Stored, ...] = ()
    loads: tuple[Loaded, ...] = ()
    compared: tuple[Compared, ...] = ()
    notes: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON, which knows no NaN: null stands for it."""
        return {name: _without_nan(value) for name, value in asdict(self).items()}

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> Cost:
        """The inverse of `as_dict`."""
        given = dict(told)
        for name, kind in _LISTS.items():
            given[name] = tuple(_made(kind, one) for one in given.get(name, ()))
        return cls(**given | {"notes": tuple(given.get("notes", ()))})

    def records(self) -> Iterator[dict[str, Any]]:
        """The same line by line: what it is about, then each figure under the name of its kind."""
        told = self.as_dict()
        yield {"about": {name: told[name] for name in ("title", "date", "seed", "machine")}}
        for name, kind in _LISTS.items():
            yield from ({kind.__name__.lower(): one} for one in told[name])
        yield from ({"note": note} for note in told["notes"])

    @classmethod
    def from_records(cls, records: Iterator[Mapping[str, Any]]) -> Cost:
        """The inverse of `records`."""
        given: dict[str, Any] = {"notes": [], **{name: [] for name in _LISTS}}
        lists = {kind.__name__.lower(): name for name, kind in _LISTS.items()} | {"note": "notes"}
        for record in records:
            for name, value in record.items():
                if name == "about":
                    given |= value
                else:
                    given[lists[name]].append(value)
        return cls.from_dict(given)


def joined(title: str, costs: Sequence[Cost]) -> Cost:
    """What several runs on one machine found, as one; each note once."""
    lists = {name: tuple(one for cost in costs for one in getattr(cost, name)) for name in _LISTS}
    notes = tuple(dict.fromkeys(note for cost in costs for note in cost.notes))
    return replace(costs[0], title=title, notes=notes, **lists)  # type: ignore[arg-type]


_LISTS: dict[str, type[Any]] = {
    "timings": Timing,
    "growths": Growth,
    "stored": Stored,
    "loads": Loaded,
    "compared": Compared,
}
_Made = TypeVar("_Made")


def _made(kind: type[_Made], told: Mapping[str, Any]) -> _Made:
    numbers = {one.name for one in fields(kind) if one.type == "float"}  # type: ignore[arg-type]
    return kind(**{name: math.nan if value is None and name in numbers else value for name, value in told.items()})


def _without_nan(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _without_nan(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
