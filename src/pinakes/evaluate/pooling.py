"""Pools for judges: what several ways of searching found, in an order that does not tell which found what."""

from __future__ import annotations

import hashlib
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

import numpy as np

from pinakes.catalogue.judged import Judgement


def pooled(answers: Sequence[Sequence[int]], query: str, seed: int) -> tuple[int, ...]:
    """The items of all answers, each once, in an order by chance that query and seed fix."""
    items = sorted({item for answer in answers for item in answer})
    digest = hashlib.sha256(f"{seed}\n{query}".encode()).digest()
    order = np.random.default_rng(list(digest)).permutation(len(items))
    return tuple(items[place] for place in order.tolist())


def agreed(judgements: Iterable[Judgement]) -> dict[str, dict[int, int]]:
    """One grade for each query and item: the median of all judges, the lower one where two are in the middle."""
    given: dict[tuple[str, int], list[int]] = defaultdict(list)
    for one in judgements:
        given[one.query, one.item].append(one.grade)
    found: dict[str, dict[int, int]] = defaultdict(dict)
    for (query, item), grades in given.items():
        found[query][item] = sorted(grades)[(len(grades) - 1) // 2]
    return dict(found)


def agreement(judgements: Iterable[Judgement]) -> dict[tuple[str, str], tuple[float, int]]:
    """Cohen's kappa of each two judges who judged something in common, and how much that was."""
    by_judge: dict[str, dict[tuple[str, int], int]] = defaultdict(dict)
    for one in judgements:
        by_judge[one.judge][one.query, one.item] = one.grade
    found = {}
    for first, second in combinations(sorted(by_judge), 2):
        common = sorted(by_judge[first].keys() & by_judge[second].keys())
        if common:
            pairs = [(by_judge[first][key], by_judge[second][key]) for key in common]
            found[first, second] = (kappa(pairs), len(pairs))
    return found


def kappa(pairs: Sequence[tuple[int, int]]) -> float:
    """Agreement beyond chance (Cohen, 1960); NaN where both say the same of everything, which chance alone explains."""
    count = len(pairs)
    same = sum(one == other for one, other in pairs) / count
    shares: tuple[Mapping[int, int], ...] = (Counter(one for one, _ in pairs), Counter(other for _, other in pairs))
    chance = sum(shares[0][grade] * shares[1].get(grade, 0) for grade in shares[0]) / count**2
    return math.nan if chance == 1 else (same - chance) / (1 - chance)
