"""The way through an item: its pages, chapters, shots or spans, of which a page shows some, and its time line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pinakes.catalogue.records import Outline

# Leaves that a page shows at once.
LEAVES = 48


@dataclass(frozen=True, slots=True)
class Leaf:
    """A page, chapter, shot or span on the way through an item."""

    part: Outline
    # Counted from 1.
    number: int
    here: bool

    @property
    def pictured(self) -> bool:
        """Whether it has a picture of its own."""
        return self.part.modality == "image"


@dataclass(frozen=True, slots=True)
class Leaves:
    """Those leaves that are shown, and where they lie among all."""

    shown: Sequence[Leaf] = ()
    here: Leaf | None = None
    before: Leaf | None = None
    after: Leaf | None = None
    total: int = 0
    # Which stretch of leaves is shown, of how many; counted from 1.
    stretch: int = 1
    stretches: int = 1


@dataclass(frozen=True, slots=True)
class Stretch:
    """A leaf on a time line, as shares of the whole."""

    leaf: Leaf
    start: float
    length: float


def same_leaf(one: Outline, other: Outline) -> bool:
    """Whether two parts lie on one page, or in one chapter, of the same file."""
    if one.file_id != other.file_id:
        return False
    places = (one.place.page, one.place.chapter)
    return places == (other.place.page, other.place.chapter) and (any(places) or one.modality == other.modality)


def leafed(parts: Sequence[Outline], here: Outline | None, stretch: int = 0) -> Leaves:
    """The leaves of an item: one for each page or chapter, and each shot or span by itself; 0: those around here."""
    if here is None:
        return Leaves()
    found: list[Leaf] = []
    for part in parts:
        timed = part.place.seconds is not None
        if not timed and found and same_leaf(part, found[-1].part):
            continue
        is_here = part.id == here.id if timed else same_leaf(part, here)
        found.append(Leaf(part, len(found) + 1, is_here))
    at = next((place for place, leaf in enumerate(found) if leaf.here), 0)
    stretches = -(-len(found) // LEAVES)
    shown = min(max(stretch or at // LEAVES + 1, 1), stretches)
    return Leaves(
        shown=found[(shown - 1) * LEAVES : shown * LEAVES],
        here=found[at],
        before=found[at - 1] if at else None,
        after=found[at + 1] if at + 1 < len(found) else None,
        total=len(found),
        stretch=shown,
        stretches=stretches,
    )


def time_line(leaves: Leaves, seconds: float) -> list[Stretch]:
    """The shown leaves as shares of the time that the whole takes; none where it takes none."""
    if seconds <= 0:
        return []
    # The sound of a film runs below all of its shots.
    shots = any(leaf.pictured for leaf in leaves.shown)
    timed = [(leaf, leaf.part.place.seconds) for leaf in leaves.shown if leaf.pictured or not shots]
    return [
        Stretch(leaf, min(span[0] / seconds, 1.0), max(min(span[1] / seconds, 1.0) - span[0] / seconds, 0.0))
        for leaf, span in timed
        if span is not None
    ]
