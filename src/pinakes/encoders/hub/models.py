"""The table of published models that are known to work in these layouts, read from `models.toml` beside this file."""

from __future__ import annotations

import re
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
        return KnownModel(name=what, repository="" if local else what, hints=family_hints(what))
    raise UnknownName(
        f"There is no model named {what} in the table.",
        f"{nearest(what, (row.name for row in rows))} Any repository of the hub can be given as owner/name.",
    )


# What the files of a family's models do not say of them: the words before queries and passages.
FAMILIES: dict[str, Hints] = {
    r"(multilingual-)?e5-(small|base|large)(-v2)?": Hints("mean", "query: ", "passage: "),
    r"bge-(small|base|large)-en(-v1\.5)?": Hints("cls", "Represent this sentence for searching relevant passages: "),
    r"bge-(small|base|large)-zh(-v1\.5)?": Hints("cls", "为这个句子生成表示以用于检索相关文章："),
}


def family_hints(what: str) -> Hints:
    """The hints for a model outside the table, by the name that its publisher gave it."""
    short = what.rpartition("/")[2].removesuffix("-ONNX").removesuffix("-onnx").lower()
    return next((hints for pattern, hints in FAMILIES.items() if re.fullmatch(pattern, short)), Hints())


def _row(name: str, values: dict[str, Any]) -> KnownModel:
    hints = Hints(**{key: values.pop(key) for key in ("pooling", "query_prefix", "passage_prefix") if key in values})
    modalities, languages = tuple(values.pop("modalities")), tuple(values.pop("languages"))
    return KnownModel(name=name, hints=hints, modalities=modalities, languages=languages, **values)
