"""One text term that is being read: its atoms, which of them are taken, and what they were taken for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from pinakes.index.filters import Filter
from pinakes.media.wordlist import names as words_of
from pinakes.search.query.parse import OPPOSITE
from pinakes.search.query.terms import TextTerm
from pinakes.search.understanding.atoms import Atom, atoms, joined
from pinakes.search.understanding.finding import Finding, Kind
from pinakes.search.understanding.lexicon import CONJUNCTIONS, PREPOSITIONS

_FREE, _PLAIN, _TAKEN = 0, 1, 2


class Line:
    """The words of a term, from which readers take what they understand, each word once."""

    def __init__(self, text: str, plain: Iterable[str] = ()) -> None:
        self.text = text
        self.atoms: Sequence[Atom] = atoms(text)
        self.findings: list[Finding] = []
        self._state = bytearray(len(self.atoms))
        for name in plain:
            self._keep(name)

    def __len__(self) -> int:
        return len(self.atoms)

    def _keep(self, name: str) -> None:
        """Leave plain what a reader wants to be plain, wherever it stands."""
        forms = [atom.form for atom in atoms(name)]
        size = len(forms)
        for first in range(len(self.atoms) - size + 1 if size else 0):
            if [atom.form for atom in self.atoms[first : first + size]] == forms:
                self._state[first : first + size] = bytes([_PLAIN]) * size

    def form(self, place: int) -> str:
        """The word at a place; empty outside of the text."""
        return self.atoms[place].form if 0 <= place < len(self.atoms) else ""

    def free(self, first: int, last: int) -> bool:
        """Whether all words from one place to another may be taken."""
        return 0 <= first < last <= len(self.atoms) and not any(self._state[first:last])

    def taken(self, place: int) -> bool:
        """Whether a word was understood already."""
        return 0 <= place < len(self.atoms) and self._state[place] == _TAKEN

    def breaks(self, place: int) -> bool:
        """Whether a clause begins at a place, or the text ends before it."""
        return place <= 0 or place >= len(self.atoms) or self.atoms[place].begins_clause

    def places(self, start: int, end: int) -> tuple[int, int]:
        """The first and one past the last of the atoms that lie within some characters."""
        inside = [place for place, atom in enumerate(self.atoms) if atom.start >= start and atom.end <= end]
        return (inside[0], inside[-1] + 1) if inside else (0, 0)

    def keep(self, first: int, last: int) -> None:
        """Leave the words from one place to another plain."""
        self._state[first:last] = bytes([_PLAIN]) * (last - first)

    def name(self, first: int, last: int) -> str:
        """The words from one place to another, as names are compared."""
        return joined(self.atoms[first:last])

    def written(self, first: int, last: int) -> str:
        """The words from one place to another, as they were written."""
        return self.text[self.atoms[first].start : self.atoms[last - 1].end]

    def take(
        self,
        first: int,
        last: int,
        kind: Kind,
        label: str,
        why: str,
        filters: Sequence[Filter] = (),
        terms: Sequence[TextTerm] = (),
        *,
        kept: bool = False,
    ) -> bool:
        """Take the words from one place to another for something, unless some of them are taken or plain."""
        if not self.free(first, last):
            return False
        self._state[first:last] = bytes([_TAKEN]) * (last - first)
        start, end = self.atoms[first].start, self.atoms[last - 1].end
        told = Finding(kind, self.text[start:end], start, end, label, why, tuple(filters), tuple(terms), kept)
        self.findings.append(told)
        return True

    def turn(self, old: Finding, first: int) -> None:
        """Turn round what was understood, with the words before it that say so; what can not be turned is plain again.

        Of several conditions none need hold where not all may: that is no filter.
        """
        last = self.places(old.start, old.end)[1]
        self.findings.remove(old)
        self._state[first:last] = bytes([_FREE]) * (last - first)
        if len(old.filters) != 1:
            self.keep(first, last)
            return
        (one,) = old.filters
        turned = Filter(one.field, OPPOSITE[one.operator], one.values)
        self.take(first, last, old.kind, old.label, old.why, [turned])

    def left(self) -> str:
        """The words that were not taken, as they were written, without the little ones that joined them to others."""
        pieces: list[str] = []
        at = 0
        for found in sorted(self.findings, key=lambda one: one.start):
            if not found.kept:
                pieces.append(self.text[at : found.start])
                at = found.end
        pieces.append(self.text[at:])
        if len(pieces) == 1:
            return " ".join(self.text.split()).strip(_MARKS)
        pieces = [_JOINS_ZH.sub("", piece.strip(_MARKS)) for piece in pieces]
        return _trimmed(" ".join(" ".join(pieces).split()))


_MARKS = " ,;:，；：。、!?？！-–—"
_JOINS = PREPOSITIONS | CONJUNCTIONS | frozenset(words_of("but that which are is was were the"))
_JOINS_ZH = re.compile("^(?:关于|有关|写给|给|致|的|和|与|或)+|(?:关于|有关|写给|给|致|的|和|与|或)+$")


def _trimmed(words: str) -> str:
    """Words without those at both ends that join them to what was taken."""
    found = words.split()
    while found and found[0].lower() in _JOINS:
        found.pop(0)
    while found and found[-1].lower() in _JOINS:
        found.pop()
    return " ".join(found).strip(_MARKS)
