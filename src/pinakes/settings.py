"""One table of settings feeds the command line, the file, the environment, the docs and their checks."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields, replace
from functools import cache
from pathlib import Path
from typing import Any

from pinakes.errors import BadSetting, nearest
from pinakes.limits import Limits

PREFIX = "PINAKES_"
REGISTRATION = ("open", "invitation", "off")
# Of threads, and of processes: more than any machine has cores for them.
MOST_AT_ONCE = 1_024


def setting(default: Any, help: str, choices: tuple[str, ...] = (), least: float = 0, most: float | None = None) -> Any:
    """A field of `Settings`: its default, the sentence that the reference prints, and its values if they are few.

    No number above `most` is taken, and where it is changed while a library is served none below `least`.
    """
    return field(default=default, metadata={"help": help, "choices": choices, "least": least, "most": most})


def between_commas(text: str) -> list[str]:
    """What stands between the commas of a setting or an option, without the empty and the space around."""
    return [piece for part in text.split(",") if (piece := part.strip())]


@dataclass(frozen=True, slots=True)
class Settings:
    """What a user can choose; limits are settings too and lie in `limits`."""

    library: str = setting("", "folder of the default library; empty: `library` in the user's data folder")
    models: str = setting("", "folder of fetched models; empty: `models` in the user's data folder")
    catalogue: str = setting("", "address of the catalogue; empty: SQLite in the library's folder")
    hub: str = setting("https://huggingface.co", "address from which `pinakes models pull` fetches")
    language: str = setting("en", "language assumed for short texts that do not tell their own")
    segmenter: str = setting("bigrams", "how text without spaces is cut into words: bigrams, or jieba (extra `zh`)")
    passage_chars: int = setting(1_200, "characters to which a long text's passages are filled")
    span_seconds: float = setting(10.0, "length of the spans into which long sounds are cut")
    span_overlap: float = setting(2.0, "seconds by which neighbouring spans overlap")
    preview_pixels: int = setting(384, "longer side of preview pictures", least=16, most=4_096)
    runtime: str = setting(
        "auto", "inference engine: auto, onnxruntime or openvino (extra `fast`)", ("auto", "onnxruntime", "openvino")
    )
    precision: str = setting(
        "auto", "of new spaces: auto (reduced where probes reach cosine 0.999) or full (float32)", ("auto", "full")
    )
    threads: int = setting(
        0, "threads for encoding and searching; 0: as many as the machine has cores", most=MOST_AT_ONCE
    )
    decoders: int = setting(0, "decoding child processes; 0: as many as the machine has cores", most=MOST_AT_ONCE)
    encode_batch: int = setting(16, "media encoded at a time", least=1)
    commit_parts: int = setting(2_048, "parts stored in one transaction at most", least=1)
    commit_seconds: float = setting(1.0, "seconds after which what is ready is stored")
    fusion: str = setting("evidence", "how the lists of several spaces are fused")
    min_score: float = setting(0.1, "calibrated score below which a hit counts as nothing found", most=1.0)
    understand: str = setting(
        "on", "whether words typed into pages are understood as names, dates and so on: on or off", ("on", "off")
    )
    pipeline: str = setting(
        "", "pipeline of spaCy, by name or folder, that finds further names in words (extra `spacy`)"
    )
    host: str = setting("127.0.0.1", "address on which `pinakes serve` listens")
    port: int = setting(8642, "port on which `pinakes serve` listens; 0: any that is free")
    hosts: str = setting("", "names, between commas, under which pages may be asked for besides the address itself")
    anonymous: str = setting("no", "whether guests may search where logging in is needed: yes or no", ("yes", "no"))
    clicks: str = setting(
        "yes", "whether it is noted, without a name, what guests open after a search: yes or no", ("yes", "no")
    )
    registration: str = setting(
        "invitation", "who may register: anyone (open), who has an invitation, or no one (off)", REGISTRATION
    )
    proxies: str = setting(
        "", "addresses or networks, between commas, of proxies that are believed (X-Forwarded-For and -Proto)"
    )
    processes: int = setting(1, "processes in which `pinakes serve` answers", most=MOST_AT_ONCE)
    repository: str = setting(
        "", "domain name in the identifiers that harvesters are told (oai:NAME:1); empty: the first of hosts"
    )
    contact: str = setting("", "address for mail that harvesters are told; empty: none that is read")
    origins: str = setting(
        "", "origins, between commas, whose pages may read IIIF here, such as a viewer's; *: all; empty: none but ours"
    )
    metrics: str = setting(
        "loopback", "who may read /metrics besides administrators: loopback, all or none", ("loopback", "all", "none")
    )
    server_folders: str = setting(
        "", "folders of this machine, between commas, of which pages may add what lies in them; empty: none"
    )
    workers: int = setting(
        1, "workers that `pinakes serve` starts for the tasks asked for on its pages; 0: none", most=MOST_AT_ONCE
    )
    downloads: str = setting(
        "*=search",
        "who may have originals: rules PIECE=WHO between commas, of which the first that fits counts; PIECE stands in "
        "the rights told of the work (*: any); WHO: search (all who may search), reader, editor, administrator, nobody",
    )
    page_hits: int = setting(24, "hits on one page for the browser", least=1)
    busy_seconds: float = setting(4.0, "seconds to wait for another writer before giving up")
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True)
class Row:
    """One setting as the command line, the docs and the checks see it."""

    name: str
    kind: type
    default: Any
    unit: str
    help: str
    is_limit: bool
    choices: tuple[str, ...] = ()
    # What a page takes at least, and anyone at most.
    least: float = 0
    most: float | None = None


@cache
def rows() -> tuple[Row, ...]:
    """All settings and limits, in the order in which they are documented."""
    plain = [_row(f, is_limit=False) for f in fields(Settings) if f.name != "limits"]
    return tuple(plain + [_row(f, is_limit=True) for f in fields(Limits)])


def _row(f: Field[Any], *, is_limit: bool) -> Row:
    told = f.metadata
    choices, least, most = told.get("choices", ()), told.get("least", 0), told.get("most")
    return Row(f.name, type(f.default), f.default, told.get("unit", ""), told["help"], is_limit, choices, least, most)


def parse(name: str, value: Any) -> Any:
    """A setting's value from a string or a file, as the type that it must have."""
    row = {row.name: row for row in rows()}.get(name)
    if row is None:
        raise BadSetting(f"There is no setting named {name}.", nearest(name, (row.name for row in rows())))
    if row.kind is str:
        return _chosen(row, str(value))
    try:
        number = row.kind(value)
        if isinstance(value, float) and number != value:
            raise ValueError
    except (TypeError, ValueError, OverflowError):
        raise BadSetting(
            f"{name} must be {'a whole number' if row.kind is int else 'a number'}, not {value!r}."
        ) from None
    if not 0 <= number < float("inf"):
        raise BadSetting(f"{name} must be zero or more, not {value!r}.")
    if row.most is not None and number > row.most:
        raise BadSetting(f"{name} must be {row.most:,} at most, not {number:,}.", "Choose less.")
    return number


def _chosen(row: Row, value: str) -> str:
    if row.choices and value not in row.choices:
        raise BadSetting(f"{row.name} can not be {value!r}.", f"It is one of {', '.join(row.choices)}.")
    return value


def with_values(settings: Settings, values: Mapping[str, Any]) -> Settings:
    """The settings with some of them replaced; names and values are checked."""
    parsed = {name: parse(name, value) for name, value in values.items()}
    limit_names = {f.name for f in fields(Limits)}
    limits = replace(settings.limits, **{n: v for n, v in parsed.items() if n in limit_names})
    return replace(settings, limits=limits, **{n: v for n, v in parsed.items() if n not in limit_names})


def load(folder: Path | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """Defaults, then the user's file, the library's file and the environment, later ones winning."""
    environ = os.environ if environ is None else environ
    settings = Settings()
    for path in (user_file(environ), folder / "settings.toml" if folder else None):
        if path is not None and path.is_file():
            settings = with_values(settings, read_file(path))
    named = {key[len(PREFIX) :].lower(): value for key, value in environ.items() if key.startswith(PREFIX)}
    known = {row.name for row in rows()}
    return with_values(settings, {name: value for name, value in named.items() if name in known})


def named_at_start(settings: Settings, folder: Path, environ: Mapping[str, str] | None = None) -> frozenset[str]:
    """The settings that are not as files and variables have them: those that were named when a process started."""
    usual = load(folder, environ)
    return frozenset(row.name for row in rows() if of(settings, row) != of(usual, row))


def of(settings: Settings, row: Row) -> Any:
    """The value of a setting or a limit."""
    return getattr(settings.limits if row.is_limit else settings, row.name)


def read_file(path: Path) -> dict[str, Any]:
    """The flat table of a settings file."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadSetting(f"{path} can not be read as settings: {error}") from error


def user_file(environ: Mapping[str, str]) -> Path | None:
    """Where the user's own settings lie; PINAKES_SETTINGS names another file."""
    named = environ.get(PREFIX + "SETTINGS")
    if named:
        return Path(named)
    folder = user_folder("config")
    return folder / "settings.toml" if folder else None


def user_folder(kind: str) -> Path | None:
    """The user's folder for data or config, or None where the system names no home."""
    # Imported here: only the processes that look for a default folder pay for it.
    import platformdirs

    try:
        path = platformdirs.user_data_path("pinakes") if kind == "data" else platformdirs.user_config_path("pinakes")
    except (OSError, RuntimeError, KeyError):
        return None
    return path if path.is_absolute() else None
