"""What shorter codes cost: each query's whole collection ranked by codes of several lengths, and by full vectors.

Hashers learn from the space's own vectors, without labels. Each work stands at its nearest part. What is equally far
from a query stands in an order by chance, which the seed fixes: works of one kind are often added together, and their
own order would favour short codes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, select

from pinakes.catalogue import vectors
from pinakes.catalogue.catalogue import Catalogue
from pinakes.catalogue.schema import codes, parts
from pinakes.catalogue.spaces import Space
from pinakes.encoders.hashers import HASHERS, LEARNED, SIGNS, Hasher, fit
from pinakes.errors import BadInput
from pinakes.evaluate.cases import Case, Items, Task, kept
from pinakes.evaluate.protocols import ANY, sampled
from pinakes.evaluate.ways import Answers
from pinakes.index.measures import similarity
from pinakes.types import Codes, Floats

BITS = (16, 32, 64, 128, 256)
CODES, VECTORS = "codes", "vectors"
RULES = (
    "By bits: all works are ranked by the Hamming distance of codes of each length, or by full vectors, each at its "
    "nearest part; what is equally far stands in an order by chance. Hashers learn from the space's vectors, of "
    "queries too, without labels.",
)
# Works and parts that are ranked, and vectors that hashers learn from.
_WORKS, _PARTS, _LEARN_FROM = 20_000, 100_000, 10_000


@dataclass(frozen=True, slots=True)
class Ranked:
    """One length of codes by one hasher, or full vectors, with the cases that it answers and their answers."""

    names: dict[str, str]
    cases: tuple[Case, ...]
    answers: tuple[Items, ...]


@dataclass(frozen=True, slots=True)
class _Stored:
    """The vectors (n, dim) of a space that may be found, and the item of each."""

    items: Items
    vectors: Floats
    # Whether these were drawn from more by chance.
    drawn: bool


@dataclass(slots=True)
class Coding:
    """Codes of each length by each hasher; what a hasher learned of a space serves every direction."""

    catalogue: Catalogue
    bits: Sequence[int]
    seed: int
    _fitted: dict[tuple[int, str, int], Hasher | None] = field(default_factory=dict)
    # Why there are no longer codes, by the space and the hasher.
    _refused: dict[tuple[str, str], str] = field(default_factory=dict)

    @property
    def notes(self) -> tuple[str, ...]:
        """What could not be measured."""
        return tuple(f"No longer codes of {space}: {why}" for (space, _), why in self._refused.items())

    def ranked(self, answers: Answers, space: Space, numbers: Sequence[int], depth: int) -> Iterator[Ranked]:
        """The answers of one space to some cases that ask for the same, by codes of each length and by its vectors."""
        task = answers.task
        asked = [(number, vector) for number in numbers if (vector := answers.vector(number, space.name)) is not None]
        targets = {task.cases[number].target for number in numbers}
        with self.catalogue.reading() as connection:
            stored = _stored(connection, space, targets.pop() if len(targets) == 1 else ANY, task, self.seed)
        if not asked or not len(stored.items):
            return
        cases = tuple(_among(task.cases[number], task, stored) for number, _ in asked)
        random = np.random.default_rng(self.seed)
        ties = [random.permutation(len(stored.items)) for _ in asked]

        def answered(scores: Iterator[NDArray[np.generic]]) -> tuple[Items, ...]:
            """The works in order of how far each part is from the query."""
            return tuple(
                kept(case, task, _nearest(far, tie, stored.items), depth)
                for case, far, tie in zip(cases, scores, ties, strict=True)
            )

        for name in (*HASHERS.names(), LEARNED):
            for bits in sorted(self.bits):
                hasher = self._hasher(space, name, bits)
                if hasher is not None:
                    packed = _words(hasher.codes(stored.vectors))
                    far = (_distances(hasher.query_code(vector), packed) for _, vector in asked)
                    names = {"space": space.name, "mode": CODES, "hasher": name, "bits": str(bits)}
                    yield Ranked(names, cases, answered(far))
        nearness = (-similarity(space.metric, vector, stored.vectors) for _, vector in asked)
        yield Ranked({"space": space.name, "mode": VECTORS}, cases, answered(nearness))

    def _hasher(self, space: Space, name: str, bits: int) -> Hasher | None:
        if name == SIGNS and bits != space.dim:
            # It learns nothing: of vectors of so many numbers it makes so many bits.
            return None
        if name == LEARNED:
            # Learned with the encoder; shorter codes are the beginning of longer ones.
            own = space.hasher
            return own.first(bits) if own.is_learned and bits <= own.bits else None
        key = (space.id, name, bits)
        if key not in self._fitted:
            with self.catalogue.reading() as connection:
                numbers = connection.scalars(select(codes.c.part_id).where(codes.c.space_id == space.id)).all()
                chosen = sampled(np.sort(np.array(numbers, np.int64)), _LEARN_FROM, self.seed)
                sample = _vectors(connection, space, chosen)[1]
            try:
                self._fitted[key] = fit(name, sample, space.metric, bits, self.seed)
            except BadInput as error:
                self._fitted[key] = None
                self._refused.setdefault((space.name, name), error.message)
        return self._fitted[key]


def _stored(connection: Connection, space: Space, target: str, task: Task, seed: int) -> _Stored:
    """The vectors among which may be found, of so many works at most."""
    asked = select(codes.c.part_id, parts.c.item_id).join(parts, parts.c.id == codes.c.part_id)
    asked = asked.where(codes.c.space_id == space.id)
    rows = connection.execute(asked if target == ANY else asked.where(parts.c.modality == target))
    there = {int(part): int(item) for part, item in rows}
    items = np.unique(np.array(list(there.values()), np.int64))
    if task.pool is not None:
        items = items[np.isin(items, task.pool)]
    works = min(_WORKS, max(1, len(items) * _PARTS // max(len(there), 1)))
    chosen = set(sampled(items, works, seed).tolist())
    numbers = np.sort(np.array([part for part, item in there.items() if item in chosen], np.int64))
    found, held = _vectors(connection, space, numbers)
    return _Stored(np.array([there[part] for part in found], np.int64), held, drawn=len(chosen) < len(items))


def _vectors(connection: Connection, space: Space, numbers: NDArray[np.int64]) -> tuple[list[int], Floats]:
    rows = list(vectors.of_parts(connection, space, numbers.tolist()))
    held = np.array([several[0] for _, _, several in rows], np.float32).reshape(-1, space.dim)
    return [part for part, _, _ in rows], held


def _among(case: Case, task: Task, stored: _Stored) -> Case:
    """A case among those works alone that were drawn; the same where none were."""
    if not stored.drawn:
        return case
    there = np.unique(stored.items)
    chosen = np.isin(case.items, there)
    among = len(there) - int(np.isin(case.besides, there).sum())
    return replace(case, items=case.items[chosen], grades=case.grades[chosen], among=among)


def _nearest(far: NDArray[np.generic], tie: NDArray[np.int64], items: Items) -> Items:
    """Items in the order of their nearest parts."""
    ordered = items[np.lexsort((tie, far))]
    _, first = np.unique(ordered, return_index=True)
    return ordered[np.sort(first)]


def _words(packed: Codes) -> NDArray[np.uint64]:
    """Packed bits as 64-bit words, padded with 0."""
    return np.ascontiguousarray(np.pad(packed, ((0, 0), (0, -packed.shape[1] % 8)))).view(np.uint64)


def _distances(code: Codes, stored: NDArray[np.uint64]) -> NDArray[np.int32]:
    far: NDArray[np.int32] = np.bitwise_count(stored ^ _words(code[None])).sum(axis=1, dtype=np.int32)
    return far
