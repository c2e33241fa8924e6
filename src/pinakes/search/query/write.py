"""Writing a query in the term language, so that parsing it gives the same query again."""

from __future__ import annotations

import hashlib
import re

import numpy as np

from pinakes.index.filters import Filter
from pinakes.search.query.terms import FileTerm, ItemTerm, Query, Term, TextTerm, VectorTerm

# Characters that mean something somewhere in a bare word; all of them may be escaped.
_SPECIAL = re.compile(r"""([\\"\u201c\u201d\u300c\u300d:=<>!+\-\u2212,])""")


def written(query: Query) -> str:
    """The query in the term language."""
    pieces: list[str] = []
    for term in query.terms:
        sign = "- " if term.weight < 0 else "+ " if pieces else ""
        pieces.append(sign + _weight(term) + _term(term))
    return " ".join([*pieces, *map(_filter, query.filters)])


def _weight(term: Term) -> str:
    weight = abs(term.weight)
    return "" if weight == 1 else f"{weight!r}:"


def _term(term: Term) -> str:
    if isinstance(term, ItemTerm):
        # What goes with the number stands for itself, like a vector: there is no way to write it.
        rest = (f":{term.modality}" if term.modality else "") + (":itself" if term.itself else "")
        return f"item:{term.item}{rest}"
    if isinstance(term, TextTerm):
        field = f"{term.field}:" if term.field else ""
        if term.phrase:
            return field + _quoted(term.text)
        words = _escaped(term.text)
        # Two strokes after a colon would be an address.
        mark = "\\" if words.startswith("//") else ""
        return field + mark + words.replace(" ", "\\ ") if field else words
    if isinstance(term, VectorTerm):
        # No way to write it: this stands for it where two queries are told apart.
        return f"vector:{_escaped(term.space)}:{hashlib.sha256(np.asarray(term.vector).tobytes()).hexdigest()}"
    if isinstance(term, FileTerm):
        return "file:" + _escaped(term.path).replace(" ", "\\ ")
    return "upload:" + _escaped(term.upload).replace(" ", "\\ ")


def _filter(condition: Filter) -> str:
    return condition.field + condition.operator + ",".join(_quoted(value) for value in condition.values)


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
