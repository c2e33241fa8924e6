"""The table of published models that are known to work in these layouts, read from `models.toml` beside this file."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from pinakes.encoders.hub.published import Hints
from pinakes.errors import UnknownName, nearest
from pinakes.types import Modality


@dataclass(frozen=True, slots=True)
class KnownModel:
    """One row of the table. Sizes are the publishers' and approximate; speeds are classes, see `models.toml`."""

    name: str
    repository: str
    layout: str = ""
    modalities: tuple[Modality, ...] = ()
    languages: tuple[str, ...] = ()
    dim: int = 0
    # Millions of parameters, approximately.
    parameters: float = 0.0
    speed: str = ""
    licence: str = ""
    citation: str = ""
    about: str = ""
    hints: Hints = field(default_factory=Hints)

    @property
    def megabytes(self) -> int:
        """Approximate size of the float32 files: four bytes a parameter."""
        return round(self.parameters * 4)


@cache
def known_models() -> tuple[KnownModel, ...]:
    """The whole table, in its order."""
    text = files("pinakes.encoders.hub").joinpath("models.toml").read_text(encoding="utf-8")
    return tuple(_row(name, values) for name, values in tomllib.loads(text).items())


def find_known(what: str, *, local: bool = False) -> KnownModel:
    """The row of that name or repository; a repository or folder outside the table makes a row of its own."""
    rows = known_models()
    short = what.rpartition("/")[2]
    for row in rows:
        if what in (row.name, row.repository) or (local and short in (row.name, row.repository.rpartition("/")[2])):
            return row
    if local or "/" in what:
        return KnownModel(name=what, repository="" if local else what)
    raise UnknownName(
        f"There is no model named {what} in the table.",
        f"{nearest(what, (row.name for row in rows))} Any repository of the hub can be given as owner/name.",
    )


def _row(name: str, values: dict[str, Any]) -> KnownModel:
    hints = Hints(**{key: values.pop(key) for key in ("pooling", "query_prefix", "passage_prefix") if key in values})
    modalities, languages = tuple(values.pop("modalities")), tuple(values.pop("languages"))
    return KnownModel(name=name, hints=hints, modalities=modalities, languages=languages, **values)
