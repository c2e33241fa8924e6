"""What serving processes have counted, as plain data: added up, and told in the text that Prometheus reads."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

# Upper bounds in seconds of the steps in which durations are counted.
STEPS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
Labels = tuple[str, ...]


@dataclass(slots=True)
class Tally:
    """Counts since a process began."""

    # By method, route and status.
    answers: Counter[Labels] = field(default_factory=Counter)
    # By route: how many fell into each step, the last being all that took longer; and seconds together.
    steps: dict[str, list[int]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    searches: Counter[str] = field(default_factory=Counter)

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count an answer, by the time until it began."""
        self.answers[method, route, str(status)] += 1
        self.steps.setdefault(route, [0] * (len(STEPS) + 1))[bisect_left(STEPS, seconds)] += 1
        self.seconds[route] = self.seconds.get(route, 0.0) + seconds

    def as_dict(self) -> dict[str, Any]:
        """Ready for JSON, which has no tuples as keys."""
        return {
            "answers": [[*labels, count] for labels, count in self.answers.items()],
            "steps": self.steps,
            "seconds": self.seconds,
            "searches": self.searches,
        }

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> Tally:
        """The inverse of `as_dict`."""
        answers = Counter({tuple(map(str, labels)): int(count) for *labels, count in told["answers"]})
        steps = {route: list(map(int, counts)) for route, counts in told["steps"].items()}
        return cls(answers, steps, dict(told["seconds"]), Counter(told["searches"]))

    def add(self, other: Tally) -> None:
        """Count what another process counted too."""
        self.answers.update(other.answers)
        self.searches.update(other.searches)
        for route, counts in other.steps.items():
            own = self.steps.get(route, [0] * len(counts))
            self.steps[route] = [one + two for one, two in zip(own, counts, strict=True)]
            self.seconds[route] = self.seconds.get(route, 0.0) + other.seconds[route]


@dataclass(frozen=True, slots=True)
class Family:
    """One metric with what it counts, and its values by labels; `suffix` tells the rows of a histogram apart."""

    name: str
    kind: str
    help: str
    rows: tuple[tuple[str, Mapping[str, str], float], ...]

    def lines(self) -> Iterator[str]:
        """The metric in the text format of Prometheus, version 0.0.4."""
        yield f"# HELP {self.name} {_escaped(self.help)}"
        yield f"# TYPE {self.name} {self.kind}"
        for suffix, labels, value in self.rows:
            told = ",".join(f'{name}="{_quoted(text)}"' for name, text in labels.items())
            yield f"{self.name}{suffix}{{{told}}} {_number(value)}" if told else f"{self.name}{suffix} {_number(value)}"


def exposition(families: Iterable[Family]) -> str:
    """All metrics as one text."""
    return "".join(f"{line}\n" for family in families for line in family.lines())


def counted(tally: Tally) -> list[Family]:
    """What was counted, as metrics."""
    answers = sorted(tally.answers.items())
    return [
        Family(
            "pinakes_http_requests_total",
            "counter",
            "Requests that were answered, by method, route and status.",
            tuple(("", dict(zip(("method", "route", "status"), labels, strict=True)), n) for labels, n in answers),
        ),
        Family(
            "pinakes_http_answer_seconds",
            "histogram",
            "Seconds until an answer began, by route.",
            tuple(row for route in sorted(tally.steps) for row in _histogram(tally, route)),
        ),
        Family(
            "pinakes_searches_total",
            "counter",
            "Searches, by mode.",
            tuple(("", {"mode": mode}, count) for mode, count in sorted(tally.searches.items())),
        ),
    ]


def _histogram(tally: Tally, route: str) -> Iterator[tuple[str, Mapping[str, str], float]]:
    total = 0
    for bound, count in zip((*map(str, STEPS), "+Inf"), tally.steps[route], strict=True):
        total += count
        yield "_bucket", {"route": route, "le": bound}, total
    yield "_sum", {"route": route}, tally.seconds[route]
    yield "_count", {"route": route}, total


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n")


def _quoted(text: str) -> str:
    return _escaped(text).replace('"', '\\"')


def _number(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else repr(float(value))
