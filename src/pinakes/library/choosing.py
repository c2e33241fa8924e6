"""The settings of a library: what each is, where it was set, and which may be changed while it is served."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from pinakes.errors import BadSetting, NotAllowed, nearest
from pinakes.library.paths import KEPT, SETTINGS, settings_mark
from pinakes.search.fuse import FUSIONS
from pinakes.settings import PREFIX, Row, Settings, load, of, parse, read_file, rows, user_file, with_values
from pinakes.storage import write_whole

if TYPE_CHECKING:
    from pinakes.library.facade import Library

# default: of Pinakes; user: in the user's file; library: in the library's; environment; start: given with --set.
Origin: TypeAlias = Literal["default", "user", "library", "environment", "start"]
# live: in force at once; restart: at the next start; made: the library was made with it; machine: not from a page.
Change: TypeAlias = Literal["live", "restart", "made", "machine"]

# Where files lie, what is listened on and where models come from is for whoever starts the server, not for a page.
_MACHINE = ("library", "models", "catalogue", "hub", "host", "port", "proxies", "pipeline", "server_folders")
# Read anew at every use, so that a change holds from the next search, page or file on.
_LIVE = {
    "fusion",
    "min_score",
    "page_hits",
    "preview_pixels",
    "decoders",
    "encode_batch",
    "commit_parts",
    "commit_seconds",
    "busy_seconds",
    "registration",
    "downloads",
    "origins",
    "metrics",
    "repository",
    "contact",
}
# Limits that a server takes when it starts.
_AT_START = {
    "max_upload_bytes",
    "max_body_bytes",
    "request_seconds",
    "requests_at_once",
    "requests_waiting",
    "wait_seconds",
    "views_bytes",
    "max_prefix_words",
    "searches_per_minute",
    "uploads_per_minute",
    "logins_per_minute",
    "costly_per_minute",
    "task_days",
}


@dataclass(frozen=True, slots=True)
class Chosen:
    """A setting with the value in force, where that was set, and how it can be changed."""

    row: Row
    value: Any
    origin: Origin
    change: Change
    # What stands in the library's file and comes into force at the next start; None where that is in force.
    waiting: Any = None
    choices: tuple[str, ...] = ()

    @property
    def free(self) -> bool:
        """Whether a page may change it, and a change would do anything."""
        return self.change in ("live", "restart") and self.origin not in ("environment", "start")


def chosen(library: Library, environ: Mapping[str, str] | None = None) -> list[Chosen]:
    """All settings and limits, in the order in which they are documented."""
    environ = os.environ if environ is None else environ
    told = _files(library.folder, environ)
    coming = load(library.folder, environ)
    return [_chosen(row, library, coming, told) for row in rows()]


def _chosen(row: Row, library: Library, coming: Settings, told: Mapping[Origin, Mapping[str, Any]]) -> Chosen:
    value, change = of(library.settings, row), changing(row.name)
    origin: Origin = next((place for place in _ORIGINS if row.name in told[place]), "default")
    origin = "start" if row.name in library.given else origin
    waits = change == "restart" and origin != "start" and of(coming, row) != value
    return Chosen(row, value, origin, change, of(coming, row) if waits else None, choices(row.name))


_ORIGINS: tuple[Origin, ...] = ("environment", "library", "user")


def _files(folder: Path, environ: Mapping[str, str]) -> dict[Origin, Mapping[str, Any]]:
    """The names that each place sets."""
    user, own = user_file(environ), folder / SETTINGS
    return {
        "environment": {key[len(PREFIX) :].lower(): value for key, value in environ.items() if key.startswith(PREFIX)},
        "library": read_file(own) if own.is_file() else {},
        "user": read_file(user) if user is not None and user.is_file() else {},
    }


def changing(name: str) -> Change:
    """How a setting can be changed."""
    if name in _MACHINE:
        return "machine"
    if name in KEPT:
        return "made"
    limit = next((row.is_limit for row in rows() if row.name == name), False)
    return "live" if name in _LIVE or (limit and name not in _AT_START) else "restart"


def choices(name: str) -> tuple[str, ...]:
    """The values that a setting of words may have; none where any will do."""
    if name == "fusion":
        return FUSIONS.names()
    return next((row.choices for row in rows() if row.name == name), ())


def checked(name: str, text: Any) -> Any:
    """A setting's value, if it can have it."""
    value = parse(name, text)
    known = choices(name)
    if known and value not in known:
        raise BadSetting(f"{name} can not be {value!r}.", nearest(str(value), known))
    row = next(row for row in rows() if row.name == name)
    if not isinstance(value, str) and value < row.least:
        raise BadSetting(f"{name} must be at least {row.least:,}, not {value:,}.", "Choose more.")
    return value


_ELSEWHERE: Mapping[str, str] = {
    "made": "The library was made with it; make another one to change it.",
    "machine": "It is set where the server is started: in its environment, or with --set.",
}


def change(library: Library, values: Mapping[str, Any], environ: Mapping[str, str] | None = None) -> list[str]:
    """Write settings into the library's file, and bring into force what may change while it is served.

    A value of None takes the setting out of the file. Returns the names that wait for the next start.
    """
    environ = os.environ if environ is None else environ
    told = {name: None if value is None else checked(name, value) for name, value in values.items()}
    for name in told:
        _refuse_elsewhere(name, library, environ)
    path = library.folder / SETTINGS
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    write_whole(path, [_written(lines, told).encode()])
    follow(library, environ)
    return [name for name in told if changing(name) == "restart"]


def _refuse_elsewhere(name: str, library: Library, environ: Mapping[str, str]) -> None:
    """Refuse to change what is said where it would go on being said."""
    if changing(name) in _ELSEWHERE:
        raise NotAllowed(f"{name} can not be changed here.", _ELSEWHERE[changing(name)])
    variable = f"{PREFIX}{name.upper()}"
    if variable in environ or name in library.given:
        where = f"by the variable {variable}" if variable in environ else "with --set when the server was started"
        raise NotAllowed(f"{name} is set {where}.", "Change it there, and start the server again.")


def _written(lines: list[str], told: Mapping[str, Any]) -> str:
    """The lines of a file of settings with some of them set anew; comments and all others stay."""
    name = re.compile(r"\s*([A-Za-z_]+)\s*=")
    kept = [line for line in lines if not ((found := name.match(line)) and found[1] in told)]
    # JSON writes texts and numbers as TOML reads them.
    kept += [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in told.items() if value is not None]
    return "".join(f"{line}\n" for line in kept)


def follow(library: Library, environ: Mapping[str, str] | None = None) -> None:
    """Bring into force what the library's file says by now of those settings that may change while it is served."""
    mark = settings_mark(library.folder)
    if mark == library.settings_mark:
        return
    library.settings_mark = mark
    new = followed(library.settings, library.given, library.folder, environ)
    if new != library.settings:
        library.catalogue.settings = new


def followed(
    settings: Settings, given: Collection[str], folder: Path, environ: Mapping[str, str] | None = None
) -> Settings:
    """Settings with what files say by now of those that may change, but for the ones that were named at the start."""
    coming = load(folder, environ)
    live = {row.name: of(coming, row) for row in rows() if row.name not in given and changing(row.name) == "live"}
    return with_values(settings, live)
