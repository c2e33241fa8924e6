"""The page about cleaning: its steps, and the flags for outliers."""

from __future__ import annotations

import inspect
from collections.abc import Callable

from docs.pages.markdown import code, codes, page, table
from pinakes.ingest import annotate, ocr
from pinakes.media.clean import DEFAULT_STEPS, STEPS, flags_of_image, flags_of_sound, flags_of_text

# Steps that are no function of one value alone: they need the library, or a model of their own.
OTHERS = {
    annotate.KEYWORDS: (
        "text",
        "the words that tell most of a text against the rest of the library (TF-IDF), as the field "
        f"`{annotate.KEYWORDS_FIELD}`",
    ),
    ocr.STEP: ("image", "the words in scanned pages and pictures that have none else, read by the extra `ocr`"),
}
FLAGS = {
    "blank": "a picture of one colour, a text of spaces",
    "clipped": "a sound whose peaks are cut off",
    "elongated": "a picture more than twenty times as long as wide",
    "garbled": "a text with many characters that are none",
    "no-content": "nothing to search in it",
    "repeated": "a text of the same few characters over and over",
    "short": "a sound of less than a tenth of a second",
    "silent": "a sound below -60 dB of full scale throughout",
    "tiny": "a picture with a side of less than 16 pixels",
    "truncated": "cut off: the rest is missing, or was left out at a limit",
}
_INTRODUCTION = """Each step is a pure function. A collection says which are on, when it is made (`pinakes add
--clean STEPS`) or later by the same option; what a step found and did is on record for every part (`pinakes show
ID`). A step that looks for something, such as noise, leaves alone what does not have it. Steps run in the order in
which they are named."""
_FLAGS = """Parts that hold little or nothing to search are flagged. They are kept, are shown with their flags, and
are found by what else they say."""

_ALIKE = """A picture has a perceptual hash of 64 bits and a text a similarity hash of its words. Parts whose
signatures differ in at most three bits are shown as one hit (`--unfold` shows them all) and listed by
`pinakes status --duplicates`."""


def cleaning() -> str:
    """The page."""
    rows: list[tuple[str, ...]] = [
        (code(name), STEPS.get(name).modality, _default(name), STEPS.get(name).about) for name in STEPS.names()
    ]
    rows += [(code(name), modality, "", about) for name, (modality, about) in OTHERS.items()]
    return page(
        "Cleaning",
        _INTRODUCTION,
        table(("step", "of", "default", "what it does"), sorted(rows)),
        "## Flags",
        _FLAGS,
        table(("flag", "of", "meaning"), [(code(flag), _of(flag), meaning) for flag, meaning in FLAGS.items()]),
        "## Near-duplicates",
        _ALIKE,
        f"Steps that are on by default: {codes(DEFAULT_STEPS)}.",
    )


def _default(name: str) -> str:
    return "on" if name in DEFAULT_STEPS else ""


def told(function: Callable[..., tuple[str, ...]]) -> set[str]:
    """The flags that a function's own docstring names."""
    names = (inspect.getdoc(function) or "").partition(":")[0]
    return {name.strip() for name in names.split(",")}


def flaggers() -> dict[str, Callable[..., tuple[str, ...]]]:
    """For each modality the function that flags its parts."""
    return {"text": flags_of_text, "image": flags_of_image, "audio": flags_of_sound}


def _of(flag: str) -> str:
    named = [modality for modality, function in flaggers().items() if flag in told(function)]
    # Decoders of sound and film say themselves that they stopped at a limit.
    return ", ".join([*named, *(["audio"] if flag == "truncated" else [])])
