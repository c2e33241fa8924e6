"""Programs that find further names in a text, where one is installed and chosen: a pipeline of spaCy."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, TypeAlias

from pinakes.errors import BadSetting, MissingExtra
from pinakes.search.query.terms import TextTerm
from pinakes.search.understanding.line import Line

# From a text to the first and one past the last characters of each name in it, and what kind of name it is.
Recogniser: TypeAlias = Callable[[str], Iterable[tuple[int, int, str]]]
# Kinds of names, as spaCy's pipelines call them, whose words belong together.
_TOGETHER = frozenset(
    ["PERSON", "PER", "ORG", "GPE", "LOC", "FAC", "EVENT", "WORK_OF_ART", "PRODUCT", "NORP", "LAW", "MISC"]
)


@lru_cache(maxsize=2)
def spacy_pipeline(name: str) -> Recogniser:
    """The names that a pipeline of spaCy finds, by its name or folder."""
    try:
        import spacy
    except ImportError:
        raise MissingExtra(f"The pipeline {name}", "spacy") from None
    try:
        pipeline: Any = spacy.load(name)
    except (OSError, ValueError, ImportError) as error:
        raise BadSetting(
            f"The spaCy pipeline {name} can not be loaded: {str(error).splitlines()[0]}",
            "Install it, name its folder, or leave the setting `pipeline` empty.",
        ) from error

    def recognise(text: str) -> Iterable[tuple[int, int, str]]:
        return [(one.start_char, one.end_char, one.label_) for one in pipeline(text).ents]

    return recognise


def read(line: Line, recognise: Recogniser) -> None:
    """Keep the words of each further name together."""
    for start, end, kind in recognise(line.text):
        first, last = line.places(start, end)
        if kind.upper() in _TOGETHER and last - first > 1:
            text = line.written(first, last) if line.free(first, last) else ""
            if text:
                line.take(first, last, "name", text, f"{kind} to the pipeline", terms=[TextTerm(text, phrase=True)])
