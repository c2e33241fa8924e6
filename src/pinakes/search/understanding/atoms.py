"""A text cut into atoms: words where they are written apart, single characters where they are not; names alike."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pinakes.words.scripts import spaceless_or_other, spaceless_run
from pinakes.words.segment import normal
from pinakes.words.stems import fold

_WORD = re.compile(r"[^\W_]+")
_ASCII = re.compile(r"[a-z0-9]+")
# What ends a clause; a comma alone may stand within a name.
_ENDS = frozenset(",;:!?()[]\n/|，；：！？。、（）【】《》")


@dataclass(frozen=True, slots=True)
class Atom:
    """A word or character as names are compared, where it stands, and what stands between it and the one before."""

    form: str
    start: int
    end: int
    spaceless: bool
    before: str

    @property
    def begins_clause(self) -> bool:
        """Whether a clause ends before it."""
        return not _ENDS.isdisjoint(self.before)


def atoms(text: str) -> list[Atom]:
    """The atoms of a text, in order."""
    found: list[Atom] = []
    last = 0
    for start, end, spaceless in _cuts(text):
        found.append(Atom(folded(text[start:end]), start, end, spaceless, text[last:start]))
        last = end
    return found


def _cuts(text: str) -> Iterator[tuple[int, int, bool]]:
    plain = text.isascii()
    for match in _WORD.finditer(text):
        word, at = match.group(), match.start()
        if plain or not spaceless_run().search(word):
            yield at, match.end(), False
            continue
        for piece in spaceless_or_other().finditer(word):
            if piece.group(1) is None:
                yield at + piece.start(), at + piece.end(), False
            else:
                yield from ((at + place, at + place + 1, True) for place in range(*piece.span()))


def folded(word: str) -> str:
    """A word without regard to case, accents and forms of letters."""
    return word.lower() if word.isascii() else fold(normal(word))


def joined(found: Sequence[Atom]) -> str:
    """Atoms as one name: words apart, characters together."""
    pieces: list[str] = []
    for place, atom in enumerate(found):
        if place and not atom.spaceless and not found[place - 1].spaceless:
            pieces.append(" ")
        pieces.append(atom.form)
    return "".join(pieces)


def key(text: str) -> str:
    """A name as names are compared: without regard to case, accents, hyphens, dots and commas."""
    return " ".join(_ASCII.findall(text.lower())) if text.isascii() else joined(atoms(text))
