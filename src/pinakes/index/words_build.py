"""Building the words of a segment: inverted lists with positions, field borders, and the unstemmed forms."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from pinakes.index.documents import PATH, Document, Part
from pinakes.index.inverted import inverted_arrays
from pinakes.index.keys import key_arrays
from pinakes.index.packs import Array, MemoryPack
from pinakes.words.analyse import Analyser
from pinakes.words.joined import Joined
from pinakes.words.segment import shortened
from pinakes.words.stems import stem_all

# Positions are two bytes; between two fields or values lies a gap that no phrase crosses.
LAST_POSITION = 65_000
GAP = 16
SEPARATOR = b"\x1f"
# How the terms of paths begin, which are not those of texts.
IN_PATHS = "\x1c"


@dataclass(slots=True)
class _Entries:
    """Growing columns of the words of a segment."""

    # One for each word, in the order of the text.
    forms: array[int] = field(default_factory=lambda: array("I"))
    # One for each stretch of text: its row, the position of its first word, and how many words it has.
    rows: array[int] = field(default_factory=lambda: array("I"))
    firsts: array[int] = field(default_factory=lambda: array("H"))
    counts: array[int] = field(default_factory=lambda: array("H"))
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


class WordsBuild:
    """The words of a segment that is being built; its rows are the parts of the documents in order."""

    def __init__(self, analyser: Analyser) -> None:
        self._analyser = analyser
        self._entries = _Entries()

    def add(self, document: Document) -> None:
        """Add the words of the next item: what is told of it goes with its leading part."""
        for index, part in enumerate(document.parts):
            self._add_row(part, document if index == 0 else None)

    def _add_row(self, part: Part, item: Document | None) -> None:
        entries = self._entries
        row = len(entries.lengths)
        told = part.language or (item.language if item else "")
        position = self._add_text(row, 0, part.text, told)
        entries.text_ends.append(position)
        length = position
        for name, values in _searched_fields(item):
            start = position + GAP
            for value in values:
                begin = position + GAP
                position = self._add_text(row, begin, value, told)
                length += max(0, position - begin)
            entries.borders.append((name, row, min(start, LAST_POSITION), position))
        if item and (paths := (*item.paths, *item.fields.get(PATH, ()))):
            self._add_paths(row, position, paths, told)
        entries.lengths.append(length)

    def _add_paths(self, row: int, position: int, paths: Sequence[str], told: str) -> None:
        """Add the terms of some paths, which are none of the text's: what it says weighs as if it had no name."""
        start = position + GAP
        for path in paths:
            begin = position + GAP
            forms, joined = self._analyser.cut(path)
            forms = forms[: max(0, LAST_POSITION - begin)]
            if forms:
                self._add_words(row, begin, forms, joined, self._analyser.language_of(path, told), IN_PATHS)
                position = begin + len(forms)
        self._entries.borders.append((PATH, row, min(start, LAST_POSITION), position))

    def _add_text(self, row: int, position: int, text: str, told: str) -> int:
        """Add the words of a text from a position on; returns the position after the last."""
        forms, joined = self._analyser.cut(text)
        if position + len(forms) > LAST_POSITION:
            forms = forms[: max(0, LAST_POSITION - position)]
        if not forms:
            return min(position, LAST_POSITION)
        language = self._analyser.language_of(text, told)
        self._entries.languages[language] += 1
        self._add_words(row, position, forms, joined, language)
        return position + len(forms)

    def _add_words(
        self,
        row: int,
        position: int,
        forms: Sequence[str],
        joined: Sequence[Joined],
        language: str,
        mark: str = "",
    ) -> None:
        """Add words from a position on, and beside the first and the last of some what they are in one."""
        numbers = self._numbers(forms, language, mark)
        if not joined:
            self._place(numbers, row, position)
            return
        joined = [one for one in joined if one.last < len(forms)]
        together = self._numbers([one.form for one in joined], language, mark)
        done = 0
        # Each of those beside begins a stretch anew, with what follows the word that it stands beside.
        begun: list[int] = []
        for place, number in self._beside(numbers, joined, together):
            self._place([*begun, *numbers[done : place + 1]], row, position + done - len(begun))
            begun, done = [number], place + 1
        self._place([*begun, *numbers[done:]], row, position + done - len(begun))

    def _beside(
        self, numbers: Sequence[int], joined: Sequence[Joined], together: Sequence[int]
    ) -> list[tuple[int, int]]:
        """The places and numbers of forms that stand beside others, in order; no term stands twice in a place."""
        term_of_form = self._entries.term_of_form
        found: dict[tuple[int, int], int] = {}
        for one, number in zip(joined, together, strict=True):
            term = term_of_form[number]
            for place in (one.first, one.last):
                if term != term_of_form[numbers[place]]:
                    found.setdefault((place, term), number)
        return sorted((place, number) for (place, _), number in found.items())

    def _numbers(self, forms: Sequence[str], language: str, mark: str = "") -> list[int]:
        """The numbers of forms of a language, as they stand in texts or with a mark in paths."""
        known = self._entries.known.setdefault(mark + language, {})
        numbers = list(map(known.get, forms))
        if None in numbers:
            unknown = [form for form in dict.fromkeys(forms) if form not in known]
            self._learn(known, unknown, mark, language)
            numbers = list(map(known.get, forms))
        return cast("list[int]", numbers)

    def _place(self, numbers: Sequence[int], row: int, position: int) -> None:
        """Put down forms that stand side by side from a position on."""
        entries = self._entries
        entries.forms.extend(numbers)
        entries.rows.append(row)
        entries.firsts.append(position)
        entries.counts.append(len(numbers))

    def _learn(self, known: dict[str, int], unknown: list[str], mark: str, language: str) -> None:
        """Give numbers to forms that are new, and to their terms."""
        entries, first = self._entries, len(self._entries.spellings)
        known.update(zip(unknown, range(first, first + len(unknown)), strict=True))
        spelled = shortened(unknown)
        entries.spellings += spelled
        terms = entries.terms
        found = [mark + term for term in stem_all(spelled, language)]
        entries.term_of_form.extend([terms.setdefault(term, len(terms)) for term in found])

    def pack(self, name: str) -> MemoryPack:
        """The words pack of the segment."""
        entries = self._entries
        names = sorted({name for name, *_ in entries.borders})
        extra = {"fields": names, "languages": dict(entries.languages), "analysis": self._analyser.name}
        return MemoryPack(name, _arrays(entries, names), extra)


def _searched_fields(item: Document | None) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The fields whose words are found but for paths, with the title that the item goes by."""
    if item is None:
        return
    if "title" not in item.fields and item.title:
        yield "title", (item.title,)
    yield from sorted((name, values) for name, values in item.fields.items() if name != PATH)


def _arrays(entries: _Entries, names: list[str]) -> dict[str, Array]:
    entries.known.clear()
    forms = np.frombuffer(entries.forms, np.uint32)
    term_of_form = np.array(entries.term_of_form, np.uint32)
    terms = [term.encode("utf-8") for term in entries.terms]
    arrays = form_arrays(_counted(entries, forms, terms))
    # What takes the most room comes next, and needs none of these.
    entries.spellings.clear()
    entries.terms.clear()
    rows, positions = _places(entries)
    arrays |= inverted_arrays("terms", terms, term_of_form[forms] if len(forms) else forms, rows, positions)
    arrays["lengths"] = np.array(entries.lengths, np.uint32)
    arrays["text_ends"] = np.array(entries.text_ends, np.uint16)
    return arrays | _border_arrays(entries.borders, names)


def _counted(entries: _Entries, forms: NDArray[np.uint32], terms: Sequence[bytes]) -> dict[bytes, int]:
    """How often each form occurs, by itself and its term."""
    counts: dict[bytes, int] = {}
    found = np.bincount(forms, minlength=len(entries.spellings)).tolist()
    for form, term, count in zip(entries.spellings, entries.term_of_form, found, strict=True):
        key = form.encode() + SEPARATOR + terms[term]
        counts[key] = counts.get(key, 0) + count
    return counts


def _places(entries: _Entries) -> tuple[NDArray[np.uint32], NDArray[np.uint16]]:
    """The row and the position of every word."""
    counts = np.array(entries.counts, np.int64)
    # From the place of each word among all words to its position in the row.
    shifts = np.array(entries.firsts, np.int32) - (np.cumsum(counts) - counts).astype(np.int32)
    positions = np.repeat(shifts, counts)
    positions += np.arange(len(positions), dtype=np.int32)
    return np.repeat(np.array(entries.rows, np.uint32), counts), positions.astype(np.uint16)


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


def form_arrays(counts: dict[bytes, int]) -> dict[str, Array]:
    """Every unstemmed form with its term and how often it occurs, to correct spelling and to find prefixes."""
    keys = sorted(counts)
    count = np.fromiter(map(counts.__getitem__, keys), np.uint32, len(keys))
    return {**key_arrays("forms", keys), **shape_arrays(keys), "forms.count": count}


def shape_arrays(keys: Sequence[bytes]) -> dict[str, Array]:
    """Length of each form, and a bit for each letter that it holds, modulo 32.

    What can not be near a misspelt word is passed over by these alone.
    """
    forms = [key.partition(SEPARATOR)[0].decode("utf-8") for key in keys]
    sizes = np.fromiter(map(len, forms), np.int64, len(forms))
    letters = np.frombuffer("".join(forms).encode("utf-32-le"), "<u4")
    if not len(letters):
        return {"forms.size": sizes.astype(np.uint8), "forms.letters": np.zeros(len(forms), np.uint32)}
    bits = np.bitwise_or.reduceat(np.uint32(1) << (letters & np.uint32(31)), np.cumsum(sizes) - sizes)
    return {"forms.size": sizes.astype(np.uint8), "forms.letters": bits.astype(np.uint32)}


def shape(form: str) -> tuple[int, int]:
    """The same two of one form."""
    letters = 0
    for letter in form:
        letters |= 1 << (ord(letter) & 31)
    return len(form), letters
