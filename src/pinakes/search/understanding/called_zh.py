"""Names in texts without spaces: they must end where a word may end, for nothing else tells where they do."""

from __future__ import annotations

from pinakes.search.understanding.authorities import Authorities, Name
from pinakes.search.understanding.lexicon import ABOUT_AFTER_ZH, ABOUT_ZH, EDGES_ZH, MADE_ZH
from pinakes.search.understanding.met import RARE, WHOLE, Met, take_heading, take_phrase
from pinakes.search.understanding.met import take as take_name

# Names of fewer characters are found within other words by chance.
_SURE = 3
_PLACED_AFTER = ("里的", "拍的", "的")
_PHRASE = 4


def take(met: Met, authorities: Authorities) -> bool:
    """Take a name for what it stands for, if it stands by itself."""
    line = met.line
    before, after = _beside(met)
    about = before.endswith(ABOUT_ZH) or after.startswith(ABOUT_AFTER_ZH)
    if not (about or _edge(met, met.first - 1, first=True)) or not _edge(met, met.last, first=False):
        return False
    name = met.of("creator", "contributor", "collection", "coverage")
    if name is None:
        return met.size >= _PHRASE and take_heading(met)
    if about:
        return met.size >= _SURE and take_phrase(met)
    cues = MADE_ZH if name.field in ("creator", "contributor") else _PLACED_AFTER
    cue = next((one for one in cues if after.startswith(one)), "")
    if not _sure(met, name, authorities, cue):
        return False
    first = met.first - (before.endswith(("在", "由")) and name.field != "collection")
    last = min(met.last + len(cue), len(line))
    return take_name(met, name, (first, last), WHOLE if met.size >= _SURE else RARE)


def _beside(met: Met) -> tuple[str, str]:
    """The text before and after a name."""
    atoms = met.line.atoms
    return met.line.text[: atoms[met.first].start], met.line.text[atoms[met.last - 1].end :]


def _edge(met: Met, place: int, *, first: bool) -> bool:
    """Whether a word may begin or end beside what stands at a place."""
    line = met.line
    if line.breaks(place + 1 if first else place) or line.taken(place):
        return True
    return not line.atoms[place].spaceless or line.form(place) in EDGES_ZH


def _sure(met: Met, name: Name, authorities: Authorities, cue: str) -> bool:
    if met.size >= _SURE:
        return True
    whole = met.size == len(met.line)
    word = met.line.name(met.first, met.last)
    return met.size > 1 and bool(whole or cue) and authorities.rare(word, name.items)
