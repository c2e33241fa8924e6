"""The answers to the queries of one task, in each way of searching, and what they are worth."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from pinakes.catalogue.spaces import Space
from pinakes.evaluate import figures
from pinakes.evaluate.bits import Coding
from pinakes.evaluate.cases import Case
from pinakes.evaluate.protocols import ANY
from pinakes.evaluate.result import Scope
from pinakes.evaluate.ways import Answers, Way, measured_ways
from pinakes.search.fuse import FUSIONS
from pinakes.types import MODALITIES

if TYPE_CHECKING:
    from pinakes.library.evaluating import Measuring

EACH = "all"
# What all queries of a task are called together, where they ask from or to several modalities.
ALL = "all"


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of items: captions to compare, labels and modalities to count against each other."""

    captions: Mapping[int, Sequence[str]] | None = None
    labels: Mapping[int, Sequence[str]] | None = None
    modalities: Mapping[int, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found:
    """One way of searching from somewhere to somewhere, what it is worth, and the numbers of its cases."""

    scope: Scope
    way: Way
    numbers: tuple[int, ...]


def answered(answers: Answers, how: Measuring, told: Told, step: Callable[[], None]) -> Iterator[Found]:
    """Each way of searching, by where it asks from and to, and all of them together."""
    task = answers.task
    fusions = FUSIONS.names() if EACH in how.fusions else how.fusions or (answers.usual_fusion,)
    ways = measured_ways(answers, tuple(how.modes), tuple(fusions), how.spaces, step)
    for (source, target), numbers in directions(task.cases).items():
        cases = [task.cases[number] for number in numbers]
        for way, found in ways.items():
            chosen = [found[number] for number in numbers]
            if any(len(items) for items in chosen):
                names = {"from": source, "to": target, **way.names}
                scope = figures.scope(
                    names, cases, chosen, how.measured(), how.depth, how.seed, told.captions, told.labels
                )
                if mixed := [number for number in numbers if task.cases[number].target == ANY]:
                    scope = replace(scope, confusion=confused(answers, way, mixed, told.modalities))
                yield Found(scope, way, tuple(numbers))


def by_bits(coding: Coding, answers: Answers, spaces: Sequence[Space], how: Measuring) -> Iterator[Scope]:
    """The first metric of each space that finds anything, by codes of several lengths and by full vectors."""
    for (source, target), numbers in directions(answers.task.cases).items():
        for space in spaces:
            if space.name in answers.lists and (not how.spaces or space.name in how.spaces):
                for one in coding.ranked(answers, space, numbers, how.depth):
                    names = {"from": source, "to": target, **one.names}
                    scope = figures.scope(names, one.cases, one.answers, how.measured()[:1], how.depth, how.seed)
                    yield replace(scope, curves=())


def directions(cases: Sequence[Case]) -> dict[tuple[str, str], list[int]]:
    """The numbers of cases by where they ask from and to; before several of these stand all together."""
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    for number, case in enumerate(cases):
        groups[case.source, case.target].append(number)
    if len(groups) > 1:
        return {(ALL, ALL): list(range(len(cases))), **groups}
    return dict(groups)


def confused(
    answers: Answers, way: Way, numbers: Sequence[int], modalities: Mapping[int, Sequence[str]]
) -> dict[str, dict[str, float]]:
    """For the modality of most of what is relevant, the shares of the modalities of the first parts found instead."""
    wanted, found = [], []
    for number in numbers:
        case = answers.task.cases[number]
        counts = Counter(one for item in case.items[case.grades >= 1].tolist() for one in modalities.get(item, ()))
        wanted.append([name for name, _ in counts.most_common(1)])
        seen = answers.seen(number, way, figures.LOOKED_AT)
        found.append([MODALITIES[one] for one in seen.snapshot.modalities(seen.rows).tolist()])
    shares = figures.taken_for(wanted, found, MODALITIES)
    # Where there is but one, nothing is taken for anything.
    return shares if len({*shares, *(other for told in shares.values() for other in told)}) > 1 else {}
