"""The page about encoders: those that are code, the table of published models, engines, and how codes are made."""

from __future__ import annotations

# Importing these files the encoders and the engines.
import pinakes.encoders.classical
import pinakes.encoders.runtime.choose  # noqa: F401
from docs.pages.markdown import code, page, table
from pinakes.encoders.base import ENCODERS, Description
from pinakes.encoders.builtin import NAME
from pinakes.encoders.hub.models import KnownModel, known_models
from pinakes.encoders.hub.published import VARIANTS
from pinakes.encoders.readable import LEAST
from pinakes.encoders.runtime.base import ENGINES
from pinakes.learn.builtin.calibrate import FIRST, PRECISION
from pinakes.settings import Settings

_INTRODUCTION = """An encoder turns texts, pictures or sounds into vectors of one space. `pinakes models list` shows
all that are known, `pinakes models use NAME` encodes the library with one. How an encoder is added is told in [own
encoders](../how-to/own-encoder.md); how a model is fetched, in [models](../how-to/models.md)."""
_BUILTIN = """`builtin` comes with the program, and new libraries use it from the start: pictures, sounds and words,
in English and for everyday things in Chinese, lie in one space of 256 dimensions, so that words find pictures and
sounds that nobody has described. It is small and was trained on little; what it was trained on, under which terms,
how well it finds and where it fails stands on its card, whose place `pinakes models list` names. For the best
quality fetch a published model.

Its codes were learned with it: 128 bits, whose first 64 are codes too. A quick search takes the nearest 400 parts
of each modality by their codes, and looks at their vectors; a precise one takes more. A long text has a vector and
a code for each of its sentences beside those of the whole, and is as near as the nearest of them. `pinakes models
use builtin --bits 64` makes the codes shorter, and `--hasher rotation` or `itq` takes others in their place.

A library that was made before, or by a copy of the program without its weights, keeps what it has until `pinakes
models use builtin`. A model that joins words and pictures takes its place; `--beside` keeps both. The space of a
checkout in which nobody has trained it is missing: `python -m pinakes.learn.builtin DATA --to FOLDER` trains it."""
_READING = """**What it can not read** it is not asked: an encoder gives a vector to any words, and what lies near
the vector of unknown ones is noise. Words count as known if its vocabulary holds them whole, or in two pieces whose
first has four letters or more and half of all; words in the script of another language do not, nor the little words
of a language that the query is seen to be in. If less than {least} of a query's letters stand in known words, the
words are looked up without it. The answer says so: a note, `unasked` with the reasons of each hit, a line of
`--why`."""
_CERTAIN = """**What its cosines mean** it tells by itself: the score of a hit in this space is the probability that
it is right, by logistic regression on the first {first} hits of queries whose answers were known, right and wrong
ones counted alike, so that 0.5 is where both are equally common. Below a floor, under which less than one hit in
{precision} is right, the score is 0. What is found in this space alone with less than `min_score` is not shown; if
nothing else is found, the answer says that what lies nearest is too unlikely to be right. Each modality is searched
by itself, and what is likeliest stands first: words lie nearer to words than to the picture that shows the same.
Texts that words or a text ask for are another matter, since how near these lie to each other hangs on the library:
their score is told by [what lies near the query by chance](query.md#scores), in a library of 32 texts or more."""
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
    coded = [name for name in ENCODERS.names() if name != NAME]
    described = [ENCODERS.get(name)(Settings()).description for name in coded]
    models = known_models()
    return page(
        "Encoders and models",
        _INTRODUCTION,
        "## The built-in encoder",
        _BUILTIN,
        _READING.format(least=f"{LEAST:.0%}".replace("%", " %")),
        _CERTAIN.format(first=FIRST, precision=round(1 / PRECISION)),
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
