"""What a study has tried and what came out, as plain data: nothing here needs torch or optuna."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeAlias

# Done; stopped early because others were better; or failed, for the reason that it tells.
State: TypeAlias = Literal["done", "stopped", "failed"]


@dataclass(frozen=True, slots=True)
class Ended:
    """How a trial ended, and what it cost."""

    state: State
    # The best figure of the validation rows; None where there was none.
    value: float | None
    best_epoch: int = 0
    epochs: int = 0
    steps: int = 0
    seconds: float = 0.0
    # The seed of its training.
    seed: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Tried:
    """A trial: its settings, the figure after each epoch, and how it ended."""

    number: int
    settings: Mapping[str, Any]
    history: tuple[float, ...]
    ended: Ended

    def as_dict(self) -> dict[str, Any]:
        """Plain data, ready for JSON."""
        return {
            "number": self.number,
            "settings": dict(self.settings),
            "history": list(self.history),
            **asdict(self.ended),
        }

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> Tried:
        """The inverse of `as_dict`."""
        ended = Ended(**{name: told[name] for name in Ended.__slots__})
        return cls(int(told["number"]), told["settings"], tuple(told["history"]), ended)


@dataclass(frozen=True)
class Tuned:
    """A study that has ended: everything that was tried, and what of it was best."""

    name: str
    method: str
    sampler: str
    seed: int
    # The figure that was made large.
    metric: str
    # As in a configuration.
    space: Mapping[str, Mapping[str, Any]]
    trials: tuple[Tried, ...]
    # How much each setting had to do with being among the best; they sum to 1. Empty where too little was tried.
    importance: Mapping[str, float]

    @property
    def best(self) -> Tried:
        """The best of the trials that were not stopped; of equals the first."""
        done = [each for each in self.trials if each.ended.state == "done" and each.ended.value is not None]
        return max(done, key=lambda each: (each.ended.value or 0.0, -each.number))

    @property
    def budget(self) -> dict[str, float]:
        """What all trials together have cost."""
        ends = [each.ended for each in self.trials]
        counts = {state: sum(each.state == state for each in ends) for state in ("done", "stopped", "failed")}
        costs = {name: sum(getattr(each, name) for each in ends) for name in ("epochs", "steps", "seconds")}
        return {"trials": len(ends), **counts, **costs, "seconds": round(costs["seconds"], 3)}

    def as_dict(self) -> dict[str, Any]:
        """Plain data, ready for JSON."""
        told = {name: getattr(self, name) for name in ("name", "method", "sampler", "seed", "metric")}
        return {
            **told,
            "best": self.best.as_dict(),
            "budget": self.budget,
            "importance": dict(self.importance),
            "space": {name: dict(each) for name, each in self.space.items()},
            "trials": [each.as_dict() for each in self.trials],
        }

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> Tuned:
        """The inverse of `as_dict`."""
        same = {name: told[name] for name in ("name", "method", "sampler", "seed", "metric", "space", "importance")}
        return cls(**same, trials=tuple(map(Tried.from_dict, told["trials"])))


@dataclass(frozen=True, slots=True)
class Began:
    """A trial begins, or is taken up again."""

    number: int
    # Of how many in all.
    trials: int
    settings: Mapping[str, Any]


Heard: TypeAlias = Began | Tried
# Hears of trials as they begin and end; of several at a time, one after the other.
Listener: TypeAlias = Callable[[Heard], None]
