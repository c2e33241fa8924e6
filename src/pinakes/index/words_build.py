"""Building the words of a segment: inverted lists with positions, field borders, and the unstemmed forms."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from pinakes.catalogue.records import ItemEntry, PartEntry
from pinakes.index.documents import Document
from pinakes.index.inverted import inverted_arrays
from pinakes.index.keys import key_arrays
from pinakes.index.packs import Array, MemoryPack
from pinakes.words.analyse import Analyser
from pinakes.words.stems import stem_all

# Positions are two bytes; between two fields or values lies a gap that no phrase crosses.
LAST_POSITION = 65_000
GAP = 16
SEPARATOR = b"\x1f"


@dataclass(slots=True)
class _Entries:
    """Growing columns of the words of a segment."""

    # One for each word, in the order of the text.
    forms: array[int] = field(default_factory=lambda: array("I"))
    rows: array[int] = field(default_factory=lambda: array("I"))
    positions: array[int] = field(default_factory=lambda: array("H"))
    # One for each row.
    lengths: array[int] = field(default_factory=lambda: array("I"))
    text_ends: array[int] = field(default_factory=lambda: array("H"))
    borders: list[tuple[str, int, int, int]] = field(default_factory=list)
    # Numbers of terms; for each form its spelling and its term's number; for each language its forms' numbers.
    terms: dict[str, int] = field(default_factory=dict)
    spellings: list[str] = field(default_factory=list)
    term_of_form: array[int] = field(default_factory=lambda: array("I"))
    known: dict[str, dict[str, int]] = field(default_factory=dict)
    languages: Counter[str] = field(default_factory=Counter)


def build_words(name: str, documents: Sequence[Document], analyser: Analyser) -> MemoryPack:
    """The words pack of a segment whose rows are the parts of these documents in order."""
    entries = _Entries()
    row = 0
    for document in documents:
        for index, part in enumerate(document.parts):
            _add_row(entries, row, document.item if index == 0 else None, part, analyser)
            row += 1
    names = sorted({name for name, *_ in entries.borders})
    extra = {"fields": names, "languages": dict(entries.languages), "analysis": analyser.name}
    return MemoryPack(name, _arrays(entries, names), extra)


def _add_row(entries: _Entries, row: int, item: ItemEntry | None, part: PartEntry, analyser: Analyser) -> None:
    told = part.language or (item.language if item else "")
    position = _add_text(entries, row, 0, part.text, analyser, told)
    entries.text_ends.append(position)
    length = position
    for name, values in _searched_fields(item):
        start = position + GAP
        for value in values:
            begin = position + GAP
            position = _add_text(entries, row, begin, value, analyser, told)
            length += max(0, position - begin)
        entries.borders.append((name, row, min(start, LAST_POSITION), position))
    entries.lengths.append(length)


def _searched_fields(item: ItemEntry | None) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The fields whose words are found, with the title that the item goes by."""
    if item is None:
        return
    if "title" not in item.fields and item.title:
        yield "title", (item.title,)
    yield from sorted(item.fields.items())


def _add_text(entries: _Entries, row: int, position: int, text: str, analyser: Analyser, told: str) -> int:
    """Add the words of a text from a position on; returns the position after the last."""
    forms = analyser.forms(text)[: max(0, LAST_POSITION - position)]
    if not forms:
        return min(position, LAST_POSITION)
    language = analyser.language_of(text, told)
    entries.languages[language] += 1
    known = entries.known.setdefault(language, {})
    unknown = [form for form in dict.fromkeys(forms) if form not in known]
    for form, term in zip(unknown, stem_all(unknown, language), strict=True):
        known[form] = len(entries.spellings)
        entries.spellings.append(form)
        entries.term_of_form.append(entries.terms.setdefault(term, len(entries.terms)))
    entries.forms.extend(map(known.__getitem__, forms))
    entries.rows.extend([row] * len(forms))
    entries.positions.extend(range(position, position + len(forms)))
    return position + len(forms)


def _arrays(entries: _Entries, names: list[str]) -> dict[str, Array]:
    forms = np.array(entries.forms, np.uint32)
    term_of_form = np.array(entries.term_of_form, np.uint32)
    arrays = inverted_arrays(
        "terms",
        [term.encode("utf-8") for term in entries.terms],
        term_of_form[forms] if len(forms) else forms,
        np.array(entries.rows, np.uint32),
        np.array(entries.positions, np.uint16),
    )
    arrays["lengths"] = np.array(entries.lengths, np.uint32)
    arrays["text_ends"] = np.array(entries.text_ends, np.uint16)
    arrays |= _border_arrays(entries.borders, names)
    terms = list(entries.terms)
    counts: Counter[bytes] = Counter()
    for form, count in enumerate(np.bincount(forms, minlength=len(entries.spellings)).tolist()):
        counts[form_key(entries.spellings[form], terms[term_of_form[form]])] += count
    return arrays | form_arrays(counts)


def _border_arrays(borders: list[tuple[str, int, int, int]], names: list[str]) -> dict[str, Array]:
    number = {name: index for index, name in enumerate(names)}
    ordered = sorted((number[name], row, start, end) for name, row, start, end in borders)
    columns: Any = np.array(ordered, np.uint32).reshape(-1, 4).T
    return {
        "borders.field": columns[0].astype(np.uint16),
        "borders.row": columns[1].astype(np.uint32),
        "borders.start": columns[2].astype(np.uint16),
        "borders.end": columns[3].astype(np.uint16),
    }


def form_key(form: str, term: str) -> bytes:
    """The key of a form that is indexed under a term."""
    return form.encode() + SEPARATOR + term.encode()


def form_arrays(counts: Counter[bytes]) -> dict[str, Array]:
    """Every unstemmed form with its term and how often it occurs, to correct spelling and to find prefixes."""
    keys = sorted(counts)
    count = np.array([counts[key] for key in keys], np.uint32)
    return {**key_arrays("forms", keys), **shape_arrays(keys), "forms.count": count}


def shape_arrays(keys: Sequence[bytes]) -> dict[str, Array]:
    """Length and letters of each form: what can not be near a misspelt word is passed over by these alone."""
    shapes = [shape(key.partition(SEPARATOR)[0].decode("utf-8")) for key in keys]
    return {
        "forms.size": np.array([size for size, _ in shapes], np.uint8),
        "forms.letters": np.array([letters for _, letters in shapes], np.uint32),
    }


def shape(form: str) -> tuple[int, int]:
    """Length of a form, and a bit for each letter that it holds, modulo 32."""
    letters = 0
    for letter in form:
        letters |= 1 << (ord(letter) & 31)
    return len(form), letters
