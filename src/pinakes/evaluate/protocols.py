"""How the queries of a library and what is relevant to them are found: by labels, and by captions.

Each protocol gives tasks, with the rules that it follows in words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection

from pinakes.catalogue.spaces import Space
from pinakes.errors import NoContent
from pinakes.evaluate import holding
from pinakes.evaluate.cases import Case, Items, Task, relevant
from pinakes.index.filters import Filter
from pinakes.search.query.terms import ItemTerm, Query, Term, TextTerm
from pinakes.search.request import PHRASES, WORDS
from pinakes.types import MODALITIES, Modality

ANY = "any"
ANY_RULE = (
    "A query to which any modality may be the answer counts, where modalities are taken for each other, for that of "
    "most of what is relevant to it."
)
LABELS_RULES = (
    "A query is a work's parts of one modality, without its metadata; the work itself is left out of the answer.",
    "What shares a label with the query is relevant. Works without labels are left out: no one can say what they are.",
    "Words are looked up in texts alone, since labels are words of the metadata.",
    "Where a space holds several modalities, works of all of them are asked for together too.",
    ANY_RULE,
)
CAPTIONS_RULES = (
    "A text asks for its own work, and so does the other medium; nothing else is relevant. A work stands in the answer "
    "once, at its best part.",
    "Words are left out: the caption stands among the metadata of the work that it asks for.",
)


@dataclass(frozen=True, slots=True)
class Asking:
    """What a protocol found to ask, under which rules, and what is to be said of it."""

    kind: str
    tasks: tuple[Task, ...]
    rules: tuple[str, ...]
    notes: tuple[str, ...] = ()


def by_labels(connection: Connection, field: str, sample: int, seed: int, spaces: Sequence[Space] = ()) -> Asking:
    """Works with labels ask for works that share one: each modality for each, and for any where a space holds two."""
    labels = holding.values_of(connection, field)
    if not labels:
        raise NoContent(
            f"No work of this library has a value in the field {field}.",
            "Labels come from a table or sidecars; --label FIELD takes another field, such as subjects.",
        )
    there = {
        modality: np.intersect1d(numbers, np.array(list(labels), np.int64))
        for modality, numbers in holding.by_modality(connection).items()
    }
    sharing = Sharing(labels)
    targets: list[str] = list(MODALITIES)
    labelled = {modality for modality, numbers in there.items() if len(numbers)}
    if any(len(labelled.intersection(space.modalities)) > 1 for space in spaces):
        targets.append(ANY)
        there[ANY] = np.unique(np.concatenate(list(there.values())))
    tasks = []
    for source in MODALITIES:
        chosen = sampled(there.get(source, np.zeros(0, np.int64)), sample, seed)
        for target in targets:
            pool = there.get(target, np.zeros(0, np.int64))
            cases = tuple(_labelled(item, source, target, pool, sharing) for item in chosen.tolist())
            if len(pool) and any(len(case.items) for case in cases):
                tasks.append(Task(cases, pool))
    if not tasks:
        raise NoContent(f"No two works of this library share a value in the field {field}.")
    asked = sorted({item for task in tasks for case in task.cases for item in case.besides})
    return Asking("labels", tuple(tasks), LABELS_RULES, twins(connection, asked))


class Sharing:
    """Finds the items that share a label with an item."""

    def __init__(self, labels: Mapping[int, Sequence[str]]) -> None:
        self.labels = labels
        having: dict[str, list[int]] = defaultdict(list)
        for item, values in labels.items():
            for value in values:
                having[value].append(item)
        self._having = {value: np.array(numbers, np.int64) for value, numbers in having.items()}

    def of(self, item: int) -> Items:
        """All items that share a label with this one, itself among them."""
        return np.unique(np.concatenate([self._having[value] for value in self.labels[item]]))


def _labelled(item: int, source: Modality, target: str, pool: Items, sharing: Sharing) -> Case:
    others = pool[pool != item]
    items, grades = relevant(np.intersect1d(sharing.of(item), others, assume_unique=True))
    query = asked_for((ItemTerm(item, modality=source),), target)
    told = tuple(sharing.labels[item])
    return Case(f"item:{item}", query, items, grades, len(others), (item,), source, target, told)


def by_captions(connection: Connection, spaces: Sequence[Space], sample: int, seed: int) -> Asking:
    """Works of several modalities: a text asks for its picture, sound or film, and back."""
    there = holding.by_modality(connection)
    texts = there.get("text", np.zeros(0, np.int64))
    tasks: list[Task] = []
    met = False
    for medium in MODALITIES:
        told = holding.captions(connection, there[medium].tolist()) if medium in there and medium != "text" else {}
        met = met or bool(told)
        if not told or not any({"text", medium} <= set(space.modalities) for space in spaces):
            continue
        chosen = sampled(np.array(sorted(told), np.int64), sample, seed)
        each = [(int(item), told[int(item)]) for item in chosen]
        tasks += _paired(each, there[medium], medium, _asking_by_text)
        both = np.intersect1d(there[medium], texts)
        tasks += _paired([one for one in each if one[0] in set(both.tolist())], texts, medium, _asking_by_medium)
    if not met:
        raise NoContent(
            "No work of this library has both a text and a picture or sound.",
            "Make works of files that belong together with --pair, or describe them in a table.",
        )
    if not tasks:
        raise NoContent(
            "No space of this library holds texts together with pictures or sounds: nothing leads across.",
            "Fetch a model that does: pinakes models pull clip-vit-b32",
        )
    asked = sorted({int(item) for task in tasks for case in task.cases for item in case.items})
    return Asking("captions", tuple(tasks), CAPTIONS_RULES, twins(connection, asked))


Asker = Callable[[int, Sequence[str], Modality], list[tuple[str, Term, Modality, Modality]]]


def _asking_by_text(item: int, told: Sequence[str], medium: Modality) -> list[tuple[str, Term, Modality, Modality]]:
    return [(f"item:{item} text {number}", TextTerm(text), "text", medium) for number, text in enumerate(told, 1)]


def _asking_by_medium(item: int, told: Sequence[str], medium: Modality) -> list[tuple[str, Term, Modality, Modality]]:
    return [(f"item:{item}", ItemTerm(item, modality=medium, itself=True), medium, "text")]


def _paired(each: Sequence[tuple[int, tuple[str, ...]]], pool: Items, medium: Modality, asker: Asker) -> list[Task]:
    cases = []
    for item, told in each:
        for name, term, source, target in asker(item, told, medium):
            items, grades = relevant([item])
            own = (term.text,) if isinstance(term, TextTerm) else told
            query = asked_for((term,), target)
            cases.append(Case(name, query, items, grades, len(pool), (), source, target, own))
    return [Task(tuple(cases), pool, {WORDS: 0.0, PHRASES: 0.0})] if cases else []


def asked_for(terms: tuple[Term, ...], target: str) -> Query:
    """A query for parts of one modality, or of any."""
    return Query(terms, () if target == ANY else (Filter("modality", "=", (target,)),))


def sampled(items: Items, count: int, seed: int) -> Items:
    """So many of the items at most, chosen by chance, in their own order."""
    if not count or len(items) <= count:
        return items
    return np.sort(np.random.default_rng(seed).choice(items, count, replace=False))


def twins(connection: Connection, asked: Sequence[int]) -> tuple[str, ...]:
    """A sentence about queries that stand in the library a second time: they are too easy."""
    same = holding.same_bytes(connection)
    twice = [item for item in asked if item in same]
    if not twice:
        return ()
    shown = ", ".join(f"item:{item}" for item in twice[:5]) + (", ..." if len(twice) > 5 else "")
    return (
        f"{len(twice):,} of {len(asked):,} works that ask or are asked for stand in the library twice, byte for "
        f"byte, and make its figures better than they are: {shown}.",
    )
