"""Reading the small JSON files that come with a published model: bounded, and with errors that name file and field."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pinakes.errors import Damaged, TooLarge, Unsupported
from pinakes.limits import Limits


@dataclass(frozen=True)
class Config:
    """A JSON object and where it came from."""

    where: str
    values: Mapping[str, Any]

    def __contains__(self, name: str) -> bool:
        return self.values.get(name) is not None

    def text(self, name: str, default: str = "") -> str:
        """A string; a token given as an object stands for its content."""
        value = self.values.get(name)
        if isinstance(value, dict):
            value = value.get("content")
        return default if value is None else self._as(str, value, name)

    def flag(self, name: str, default: bool) -> bool:
        """True or false."""
        value = self.values.get(name)
        return default if value is None else self._as(bool, value, name)

    def whole(self, name: str, default: int = 0) -> int:
        """A whole number."""
        value = self.values.get(name)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        return default if value is None else self._as(int, value, name)

    def number(self, name: str, default: float) -> float:
        """A number."""
        value = self.values.get(name)
        if isinstance(value, bool):
            raise self.wrong(name, "a number")
        return default if value is None else float(self._as((int, float), value, name))

    def triple(self, name: str, default: tuple[float, float, float]) -> tuple[float, float, float]:
        """One number for each of red, green and blue."""
        value = self.values.get(name)
        if value is None:
            return default
        if not (isinstance(value, list) and len(value) == 3 and all(isinstance(v, int | float) for v in value)):
            raise self.wrong(name, "three numbers")
        return float(value[0]), float(value[1]), float(value[2])

    def table(self, name: str) -> Config:
        """An object within this one; empty if it is missing."""
        value = self.values.get(name)
        return Config(f"{self.where}: {name}", {} if value is None else self._as(dict, value, name))

    def wrong(self, name: str, wanted: str) -> Unsupported:
        """The error for a field that can not be used."""
        return Unsupported(f"{self.where}: {name} is {str(self.values.get(name))[:80]!r}; {wanted} is needed.")

    def _as(self, kind: Any, value: Any, name: str) -> Any:
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            names = [k.__name__ for k in (kind if isinstance(kind, tuple) else (kind,))]
            raise self.wrong(name, " or ".join(names))
        return value


def read(path: Path, limits: Limits, *, needed: bool = True) -> Config:
    """The object in a JSON file; a file that is missing and not needed reads as empty."""
    content = read_json(path, limits, needed=needed)
    if not isinstance(content, dict):
        raise Damaged(f"{path} does not hold a JSON object.", "Fetch the model again: pinakes models pull NAME.")
    return Config(path.name, content)


def read_json(path: Path, limits: Limits, *, needed: bool = True) -> Any:
    """Whatever a JSON file holds, within the limit on such files."""
    if not needed and not path.is_file():
        return {}
    try:
        size = path.stat().st_size
        if size > limits.max_model_config_bytes:
            raise TooLarge(
                f"{path} has {size} bytes; the limit for a model's configuration is {limits.max_model_config_bytes}.",
                "Raise max_model_config_bytes if you trust this model.",
            )
        return json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise Damaged(f"{path} can not be read: {error}", "Fetch the model again: pinakes models pull NAME.") from error
