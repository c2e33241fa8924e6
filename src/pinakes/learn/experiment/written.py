"""A plan as a configuration that people can read and change: TOML, without what is as it usually is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from pinakes.learn.experiment.plan import Plan, placed

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def as_toml(plan: Plan, about: str = "") -> str:
    """The configuration of a plan; its paths are whole, so that it can lie anywhere."""
    plan = placed(plan, Path.cwd())
    tables: dict[str, Mapping[str, Any]] = {
        "data": _unusual(plan.data),
        "split": _unusual(plan.split),
        **{name: _unusual(tower) for name, tower in plan.towers.items()},
        "method": {"name": plan.method, **plan.config},
        "train": _unusual(plan.train),
        "evaluate": _unusual(plan.evaluate),
    }
    # A modality is learned from where it has a table, even an empty one.
    kept = {name: table for name, table in tables.items() if table or name in plan.towers}
    head = f"# {' '.join(about.split())}\n" if about else ""
    return head + f"name = {_value(plan.name)}\n" + "".join(_table(name, table) for name, table in kept.items())


def _unusual(told: Any) -> dict[str, Any]:
    """The settings that are not as they usually are."""
    found = {}
    for each in fields(told):
        usual = each.default_factory() if callable(each.default_factory) else each.default
        if (value := getattr(told, each.name)) != usual:
            found[each.name] = value
    return found


def _table(name: str, table: Mapping[str, Any]) -> str:
    return f"\n[{name}]\n" + "".join(f"{_key(key)} = {_value(value)}\n" for key, value in table.items())


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _value(name)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        # JSON writes texts as TOML reads them, but for one character.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, Mapping):
        return f"{{ {', '.join(_pairs(value))} }}" if value else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    return repr(value)


def _pairs(table: Mapping[str, Any]) -> Iterator[str]:
    return (f"{_key(name)} = {_value(value)}" for name, value in table.items())
