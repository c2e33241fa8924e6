"""An encoder by its name, wherever it comes from: code, an extension, a fetched model, or the library itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

# Importing them files the classical encoders, and the one that comes with its weights.
import pinakes.encoders.classical  # noqa: F401
from pinakes.encoders import builtin
from pinakes.encoders.base import ENCODERS, Encoder
from pinakes.encoders.classical import lsa
from pinakes.encoders.hub import installed, load
from pinakes.encoders.hub.configs import read
from pinakes.encoders.hub.models import known_models
from pinakes.encoders.hub.record import RECORD
from pinakes.errors import UnknownName, WrongSpace, nearest
from pinakes.registry import Registry
from pinakes.settings import Settings
from pinakes.words.analyse import analyser

# Stands between the name of an encoder and the version of its fit in the name of their folder.
_VERSION = "@"
# Opens an encoder that was fitted or trained on a library, from its folder.
FITTED: Registry[Callable[[Path, Settings], Encoder]] = Registry("kind of fitted encoder")


@FITTED.register("lsa")
def open_lsa(folder: Path, settings: Settings) -> Encoder:
    """Latent semantic analysis with the library's own way to cut texts into terms."""
    cut = analyser(settings)
    return lsa.load(folder, lambda text: cut.terms(text, cut.language_of(text)), cut.name)


@FITTED.register("trained")
def open_own(folder: Path, settings: Settings) -> Encoder:
    """A model that was trained here."""
    from pinakes.encoders.trained.encoder import open_trained

    return open_trained(folder, settings)


def find(
    name: str,
    settings: Settings,
    library_models: Path | None = None,
    *,
    fingerprint: str = "",
    measure: bool = False,
    items: int = 0,
) -> Encoder:
    """The encoder of that name: from the library's own folder, by registry, or among the fetched models.

    `fingerprint`: that of the space its vectors must fit. `measure`: try the engines first, for a long run. `items`:
    about how many will be encoded, 0 for many. See `hub.load`.
    """
    own = fitted(library_models, fingerprint).get(name)
    model = _model(name, settings, own)
    if model is not None:
        return load.load_folder(model, settings, fingerprint=fingerprint, measure=measure, items=items)
    encoder = _plain(name, settings, library_models, own)
    if fingerprint and encoder.description.fingerprint != fingerprint:
        raise WrongSpace(
            f"The library's vectors were made with another version of {name} than the one here.",
            f"Encode the library again: pinakes models use {name}",
        )
    return encoder


def _model(name: str, settings: Settings, own: Path | None) -> installed.InstalledModel | None:
    """The model of that name in the hub's layout: trained on the library, or fetched, unless code has the name."""
    if own is not None:
        return installed.find(own.name, own.parent, settings) if (own / RECORD).is_file() else None
    if name in ENCODERS:
        return None
    models = installed.installed(installed.models_folder(settings), settings)
    return next((model for model in models if name in (model.name, model.record.repository)), None)


def _plain(name: str, settings: Settings, library_models: Path | None, own: Path | None) -> Encoder:
    """The encoder of that name that was fitted on the library, or is nothing but code."""
    if own is not None:
        kind = read(own / lsa.META, settings.limits).text("kind")
        return FITTED.get(kind)(own, settings)
    if name in ENCODERS:
        return ENCODERS.get(name)(settings)
    if name == builtin.NAME:
        # Not filed, for want of its weights: it says so itself.
        return builtin.open_builtin(settings)
    published = {model.name for model in known_models()} | {model.repository for model in known_models()}
    if name in published:
        raise UnknownName(f"The model {name} is not installed.", f"Fetch it with: pinakes models pull {name}")
    if Path(name).is_dir() or ("/" in name and Path(name).parent.is_dir()):
        raise UnknownName(
            f"{name} is no encoder, and no folder of a run or of an exported model.",
            "Name the folder that `pinakes train` wrote, as runs/NAME, or a model of: pinakes models list.",
        )
    raise UnknownName(
        f"There is no encoder named {name}.",
        f"{nearest(name, {*names(settings, library_models), *published})} Published models: pinakes models list.",
    )


def names(settings: Settings, library_models: Path | None = None) -> tuple[str, ...]:
    """All names that `find` knows at the moment."""
    models = installed.installed(installed.models_folder(settings), settings)
    return tuple(sorted({*ENCODERS, *fitted(library_models), *(model.name for model in models)}))


def fitted(library_models: Path | None, fingerprint: str = "") -> dict[str, Path]:
    """Folders of the encoders that were fitted or trained on a library, by name.

    Of several fits of one name, the one of that fingerprint, else the last: the old one answers until the new one is
    in place. `version_folder` names their folders.
    """
    if library_models is None or not library_models.is_dir():
        return {}
    inner = [path for path in library_models.iterdir() if not path.name.startswith(".")]
    whole = [path for path in inner if (path / lsa.META).is_file() or (path / RECORD).is_file()]
    # Later ones take the place of earlier ones: the last fit, and above all the one that is asked for.
    ordered = sorted(whole, key=lambda path: (_is_version(path, fingerprint), path.stat().st_mtime_ns, path.name))
    return {path.name.partition(_VERSION)[0]: path for path in ordered}


def version_folder(library_models: Path, name: str, fingerprint: str) -> Path:
    """Where one fit of an encoder lies, beside others of its name."""
    return library_models / f"{name}{_VERSION}{fingerprint[:16]}"


def _is_version(path: Path, fingerprint: str) -> bool:
    return bool(fingerprint) and path.name.partition(_VERSION)[2] == fingerprint[:16]
