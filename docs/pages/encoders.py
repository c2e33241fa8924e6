"""The page about encoders: those that are code, the table of published models, engines, and how codes are made."""

from __future__ import annotations

# Importing these files the encoders and the engines.
import pinakes.encoders.classical
import pinakes.encoders.runtime.choose  # noqa: F401
from docs.pages.markdown import code, page, table
from pinakes.encoders.base import ENCODERS, Description
from pinakes.encoders.hub.models import KnownModel, known_models
from pinakes.encoders.hub.published import VARIANTS
from pinakes.encoders.runtime.base import ENGINES
from pinakes.settings import Settings

_INTRODUCTION = """An encoder turns texts, pictures or sounds into vectors of one space. `pinakes models list` shows
all that are known, `pinakes models use NAME` encodes the library with one. How an encoder is added is told in [own
encoders](../how-to/own-encoder.md); how a model is fetched, in [models](../how-to/models.md)."""
_CODE = """These need no model and are in use from the start. Each works within one modality. `lsa` is one more:
latent semantic analysis of the library's own texts (Deerwester and others, 1990), fitted when it is asked for with
`pinakes models use lsa`. Words themselves (BM25, or TF-IDF with `--ranking tfidf`) are no vectors and are always
searched."""
_PUBLISHED = """Nothing is fetched unless asked: `pinakes models pull NAME`. Sizes are those of the float32 files
and approximate; speeds are classes for one core of a current server processor: fast, more than 40 pictures or short
texts a second; medium, 8 to 40; slow, fewer. The licence is that of the weights, as their publisher states it. Any
other repository in one of these layouts can be given as `owner/name`, or as a folder."""
_VARIANTS = """A publisher may lay smaller variants of the files beside the float32 ones; `--variant NAME` fetches
one of them:"""
_ENGINES = """Models are ONNX files and run on one of these. `runtime = "auto"` tries what the machine offers and
keeps the quickest: a reduced one only where its vectors reach a cosine of 0.999 with those of float32 for probes of
the model's own kind."""


def encoders() -> str:
    """The page."""
    described = [ENCODERS.get(name)(Settings()).description for name in ENCODERS.names()]
    models = known_models()
    return page(
        "Encoders and models",
        _INTRODUCTION,
        "## Encoders that are code",
        _CODE,
        table(("name", "modalities", "dimension", "metric", "what it is"), map(_row, described)),
        "## Published models",
        _PUBLISHED,
        table(
            ("name", "modalities", "languages", "dimension", "size", "speed", "licence"),
            map(_model, models),
        ),
        _VARIANTS + ", ".join(code(name) for name in VARIANTS if name) + ".",
        "\n".join(map(_about, models)),
        "## Engines",
        _ENGINES,
        table(
            ("name", "precision", "extra"),
            [(code(name), ENGINES.get(name).precision, code(ENGINES.get(name).extra)) for name in ENGINES.names()],
        ),
    )


def _row(one: Description) -> tuple[str, ...]:
    return code(one.name), ", ".join(one.modalities), str(one.dim), one.metric, one.about


def _model(one: KnownModel) -> tuple[str, ...]:
    languages = ", ".join(one.languages[:4]) + (f" and {len(one.languages) - 4} more" if len(one.languages) > 4 else "")
    size = f"{one.megabytes:,} MB"
    return code(one.name), ", ".join(one.modalities), languages, str(one.dim), size, one.speed, one.licence


def _about(one: KnownModel) -> str:
    cited = f" {one.citation}." if one.citation else ""
    return f"- `{one.name}` (`{one.repository}`): {one.about}{cited}"
