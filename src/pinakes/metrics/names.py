"""Metrics by the names that users type: p@10, map, ndcg@10, hit@1, p@radius=2."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from pinakes.errors import BadInput, UnknownName
from pinakes.metrics import lists
from pinakes.metrics.ranked import Floats, Ranked
from pinakes.registry import Registry
from pinakes.settings import between_commas

AtRank: TypeAlias = Callable[[Ranked, int | None], Floats]
Within: TypeAlias = Callable[[Ranked, int], Floats]

_NAME = re.compile(r"([a-z][a-z_0-9-]*?)(?:@(?:(?P<radius>radius=)?(?P<number>\d+)))?")
# Other names under which papers and tools know them.
_ALIASES = {
    "precision": "p",
    "recall": "r",
    "ap": "map",
    "f": "f1",
    "success": "hit",
    "hits": "hit",
    "recip_rank": "mrr",
    "rr": "mrr",
    "r-precision": "rprec",
    "r_precision": "rprec",
    "acc": "accuracy",
}
# A cut-off beyond any list.
_DEEPEST = 10**9


@dataclass(frozen=True, slots=True)
class Family:
    """A metric before its cut-off is said: what it means, its rule, and whether it takes a rank or a radius."""

    name: str
    at_rank: AtRank
    meaning: str
    rule: str
    # Whether "@k" must, may or can not follow.
    cut: str = "may"
    within: Within | None = None
    # What the same metric means within a radius.
    meaning_within: str = ""


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric with its cut-off."""

    name: str
    family: Family
    k: int | None = None
    radius: int | None = None

    @property
    def meaning(self) -> str:
        """What it means, in one sentence."""
        told = self.family.meaning if self.radius is None else self.family.meaning_within
        cut = "all" if self.k is None else f"the first {self.k}"
        return told.replace("{k}", cut).replace("{radius}", str(self.radius))

    @property
    def rule(self) -> str:
        """How it deals with what is missing, graded or cut off."""
        return self.family.rule

    def of(self, ranked: Ranked) -> Floats:
        """Its value for each query (queries,), NaN where a query does not count because nothing is relevant to it."""
        if self.radius is not None and self.family.within is not None:
            return self.family.within(ranked, self.radius)
        return self.family.at_rank(ranked, self.k)


METRICS: Registry[Family] = Registry("metric", "pinakes.metrics")

_SHORT = "A list shorter than k counts as k ranks, the missing ones as not relevant."
_BINARY = "A grade of 1 or more is relevant."
_RADIUS = "Hamming radius {radius}"

for _family in (
    Family(
        "p",
        lists.precision,
        "share of {k} that is relevant",
        f"{_SHORT} {_BINARY} Within a radius where nothing lies, 0.",
        "must",
        lists.precision_within,
        f"share of what lies within {_RADIUS} that is relevant",
    ),
    Family(
        "r",
        lists.recall,
        "share of all that is relevant that stands among {k}",
        _BINARY,
        "must",
        lists.recall_within,
        f"share of all that is relevant that lies within {_RADIUS}",
    ),
    Family(
        "f1",
        lists.f1,
        "harmonic mean of precision and recall of {k}",
        f"Of each query, then averaged. {_SHORT} {_BINARY}",
        "must",
        lists.f1_within,
        f"harmonic mean of precision and recall within {_RADIUS}",
    ),
    Family(
        "map",
        lists.average_precision,
        "mean over all that is relevant of the precision at its rank, looking at {k}",
        f"Not interpolated; divided by all that is relevant, also with a cut-off; what was not found adds 0. {_BINARY}",
    ),
    Family(
        "ndcg",
        lists.ndcg,
        "discounted grades of {k}, over those of the best order",
        "The gain is the grade itself, the discount log2(rank + 1); negative grades count as 0.",
    ),
    Family(
        "mrr",
        lists.reciprocal_rank,
        "one over the rank of the first that is relevant, looking at {k}",
        f"0 where there is none. {_BINARY}",
    ),
    Family(
        "hit",
        lists.hit,
        "share of queries with something relevant among {k}",
        f"Papers on cross-modal search call it R@k. {_BINARY}",
        "must",
    ),
    Family(
        "accuracy",
        lists.accuracy,
        "share of right answers, looking at {k}",
        "Without a cut-off, whether the first is relevant; with one, the share of all documents that are rightly among "
        f"the first k or rightly not. {_BINARY}",
    ),
    Family(
        "rprec",
        lists.r_precision,
        "precision at the rank that equals the number of relevant things",
        _BINARY,
        "not",
    ),
    Family(
        "bpref",
        lists.bpref,
        "how seldom something judged not relevant stands before something relevant",
        f"What was not judged is passed over. {_BINARY}",
        "not",
    ),
):
    METRICS.register(_family.name)(_family)


def parse(text: str) -> Metric:
    """The metric of that name."""
    wrong = "Write for example p@10, map, map@100, ndcg@10, hit@1, or p@radius=2 for codes."
    found = _NAME.fullmatch(text.strip().lower())
    if not found:
        raise UnknownName(f"{text!r} is not the name of a metric.", wrong)
    family = METRICS.get(_ALIASES.get(found[1], found[1]))
    if found["number"] is None:
        if family.cut == "must":
            raise BadInput(f"The metric {family.name} needs to know how deep to look.", f"Write {family.name}@10.")
        return Metric(family.name, family)
    number = int(found["number"][:10])
    if found["radius"]:
        if family.within is None:
            raise BadInput(f"The metric {family.name} is not measured within a radius.", wrong)
        return Metric(f"{family.name}@radius={number}", family, radius=number)
    if family.cut == "not":
        raise BadInput(f"The metric {family.name} takes no cut-off.", f"Write {family.name}.")
    if not 0 < number <= _DEEPEST:
        raise BadInput(f"{text}: a cut-off is a number from 1 to {_DEEPEST:,}.", f"Write {family.name}@10.")
    return Metric(f"{family.name}@{number}", family, k=number)


def parse_all(text: str) -> tuple[Metric, ...]:
    """The metrics of a list such as map,ndcg@10, each once, in the order in which they are named."""
    metrics = {metric.name: metric for name in between_commas(text) for metric in (parse(name),)}
    if not metrics:
        raise BadInput("No metric is named.", "Write for example map,ndcg@10.")
    return tuple(metrics.values())
