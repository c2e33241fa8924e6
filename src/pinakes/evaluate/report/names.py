"""How ways of searching are called: by what tells them apart, in few words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pinakes.evaluate.result import Scope

_SAID = {"bits": "{} bits"}


def varying(scopes: Sequence[Scope]) -> tuple[str, ...]:
    """The names whose values tell these scopes apart, in the order in which they first come."""
    every = dict.fromkeys(name for scope in scopes for name in scope.names)
    return tuple(name for name in every if len({scope.names.get(name) for scope in scopes}) > 1)


def constant(scopes: Sequence[Scope]) -> dict[str, str]:
    """What all scopes have in common."""
    apart = varying(scopes)
    return {name: value for scope in scopes[:1] for name, value in scope.names.items() if name not in apart}


def direction(scope: Scope) -> str:
    """From which modality to which it searches, if it says so."""
    known = [scope.names[name] for name in ("from", "to") if name in scope.names]
    return " → ".join(known)


def in_words(names: Mapping[str, str]) -> str:
    """Names in one line: image → text, colour, precise, 256 bits."""
    ends = [names[name] for name in ("from", "to") if name in names]
    rest = [_SAID.get(name, "{}").format(value) for name, value in names.items() if name not in ("from", "to")]
    return ", ".join([" → ".join(ends)] * bool(ends) + rest)


def called(scopes: Sequence[Scope]) -> list[str]:
    """What to call each scope beside the others."""
    apart = varying(scopes)
    names = []
    for scope in scopes:
        own = {name: scope.names[name] for name in apart if name in scope.names}
        # Where a search starts and where it ends is one word.
        if "from" in own or "to" in own:
            own = {name: scope.names[name] for name in ("from", "to") if name in scope.names} | own
        names.append(in_words(own) or in_words(scope.names) or "all")
    return names


def common(scopes: Sequence[Scope]) -> str:
    """A sentence of what all scopes have in common; nothing if that is nothing."""
    shared = constant(scopes)
    if not shared or len(scopes) < 2:
        return ""
    return f"All rows: {', '.join(f'{name} {value}' for name, value in shared.items())}."


def by_direction(scopes: Sequence[Scope]) -> dict[str, list[Scope]]:
    """Scopes under what they search from and to."""
    found: dict[str, list[Scope]] = {}
    for scope in scopes:
        found.setdefault(direction(scope), []).append(scope)
    return found
