"""The metrics as one would write them down: a document at a time, in plain Python."""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping, Sequence

Answer = Sequence[tuple[str, float]]
Grades = Mapping[str, int]

NAN = float("nan")


def in_order(answer: Answer) -> list[str]:
    """By score as a 32-bit number, the later name first among equals."""

    def single(score: float) -> float:
        return float(struct.unpack("f", struct.pack("f", score))[0])

    return [document for document, _ in sorted(answer, key=lambda pair: (single(pair[1]), pair[0]), reverse=True)]


def is_relevant(document: str, grades: Grades) -> bool:
    return grades.get(document, 0) >= 1


def value(name: str, answer: Answer, grades: Grades, collection: int) -> float:  # noqa: C901 -- one definition after another
    """The value of a metric for one query."""
    order = in_order(answer)
    relevant = [document for document in grades if is_relevant(document, grades)]
    if not relevant:
        return NAN
    family, _, cut = name.partition("@")
    k = int(cut) if cut else len(order)
    first = order[:k]
    hits = sum(is_relevant(document, grades) for document in first)
    if family == "p":
        return hits / k
    if family == "r":
        return hits / len(relevant)
    if family == "f1":
        precision, recall = hits / k, hits / len(relevant)
        return 2 * precision * recall / (precision + recall) if hits else 0.0
    if family == "map":
        total = 0.0
        for rank, document in enumerate(first, 1):
            if is_relevant(document, grades):
                total += sum(is_relevant(other, grades) for other in order[:rank]) / rank
        return total / len(relevant)
    if family == "ndcg":
        gains = [max(grades.get(document, 0), 0) for document in first]
        best = sorted((grades[document] for document in relevant), reverse=True)
        return dcg(gains) / dcg(best[:k] if cut else best)
    if family == "mrr":
        for rank, document in enumerate(first, 1):
            if is_relevant(document, grades):
                return 1 / rank
        return 0.0
    if family == "hit":
        return float(hits > 0)
    if family == "accuracy":
        if not cut:
            return float(bool(order) and is_relevant(order[0], grades))
        right = hits + (collection - len(first) - (len(relevant) - hits))
        return right / collection
    if family == "rprec":
        return sum(is_relevant(document, grades) for document in order[: len(relevant)]) / len(relevant)
    if family == "bpref":
        return bpref(order, grades)
    raise KeyError(name)


def dcg(gains: Sequence[float]) -> float:
    return sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, 1))


def bpref(order: Sequence[str], grades: Grades) -> float:
    relevant = sum(is_relevant(document, grades) for document in grades)
    fewer = min(relevant, sum(grade == 0 for grade in grades.values()))
    wrong, total = 0, 0.0
    for document in order:
        if grades.get(document, -1) < 0:
            continue
        if is_relevant(document, grades):
            total += 1 - min(wrong, relevant) / fewer if wrong else 1
        else:
            wrong += 1
    return total / relevant
