"""Steps of a pipeline as settings: a table in a configuration becomes frozen settings of our own, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any, ClassVar, Protocol, TypeVar, cast

from pinakes.errors import BadSetting, nearest
from pinakes.registry import Registry


class Named(Protocol):
    """A frozen dataclass whose fields are settings, filed under a name."""

    step: ClassVar[str]


S = TypeVar("S", bound=Named)


def described(steps: Sequence[Named]) -> list[dict[str, Any]]:
    """Steps as plain data, ready for JSON; the inverse of `made`."""
    return [{"step": step.step, **asdict(cast("Any", step))} for step in steps]


def made(registry: Registry[type[S]], told: Iterable[Mapping[str, Any]]) -> tuple[S, ...]:
    """The steps that a list of tables tells: {"step": "rotate", "degrees": 15}."""
    return tuple(_made(registry, each) for each in told)


def _made(registry: Registry[type[S]], told: Mapping[str, Any]) -> S:
    name = told.get("step")
    if not isinstance(name, str):
        raise BadSetting(
            f"A step of augmentation does not say which it is: {dict(told)}.",
            f"Write step = NAME; there are {', '.join(registry.names())}.",
        )
    kind = registry.get(name)
    known = {field.name for field in fields(cast("Any", kind))}
    wrong = [key for key in told if key not in known and key != "step"]
    if wrong:
        raise BadSetting(f"The step {name} has no setting named {wrong[0]}.", nearest(wrong[0], known))
    return kind(**{key: value for key, value in told.items() if key != "step"})


def within(step: Named, low: float, high: float, *names: str) -> None:
    """Refuse settings of a step that are no numbers from low to high."""
    for name in names:
        value = getattr(step, name)
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise BadSetting(
                f"The step {step.step} has {name} = {value!r}; it must be a number from {low:g} to {high:g}.",
                "Correct it in the configuration.",
            )


def ordered(step: Named, low: str, high: str) -> None:
    """Refuse a range whose lower end is above the upper one."""
    if getattr(step, low) > getattr(step, high):
        raise BadSetting(
            f"The step {step.step} has {low} = {getattr(step, low):g} above {high} = {getattr(step, high):g}.",
            "Exchange the two.",
        )


def whole(step: Named, low: int, high: int, *names: str) -> None:
    """Refuse settings of a step that are no whole numbers from low to high."""
    within(step, low, high, *names)
    for name in names:
        if not isinstance(getattr(step, name), int):
            raise BadSetting(
                f"The step {step.step} has {name} = {getattr(step, name)!r}; it must be a whole number.",
                "Correct it in the configuration.",
            )
