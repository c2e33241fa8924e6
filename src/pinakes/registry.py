"""A small typed table of named things that suggests the nearest name when asked for a wrong one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.metadata import entry_points
from typing import Generic, TypeVar

from pinakes.errors import PinakesError, UnknownName, nearest

T = TypeVar("T")


class Registry(Generic[T]):
    """Names to things of one kind; third parties add theirs by an entry point of the registry's group."""

    def __init__(self, kind: str, group: str = "") -> None:
        self.kind = kind
        self.group = group
        self._things: dict[str, T] = {}
        self._plugins_loaded = not group
        self._broken: dict[str, Exception] = {}

    def register(self, name: str) -> Callable[[T], T]:
        """Decorate a thing to file it under a name, once."""

        def file(thing: T) -> T:
            if name in self._things:
                raise PinakesError(f"A {self.kind} named {name} is registered already.")
            self._things[name] = thing
            return thing

        return file

    def get(self, name: str) -> T:
        """The thing of that name, or an error that offers the nearest."""
        if name not in self._things:
            self._load_plugins()
        if name in self._broken:
            raise PinakesError(
                f"The {self.kind} {name} is an extension that can not be loaded: {self._broken[name]}.",
                "Update or remove the package that brings it.",
            )
        if name not in self._things:
            raise UnknownName(f"There is no {self.kind} named {name}.", nearest(name, self._things))
        return self._things[name]

    def names(self) -> tuple[str, ...]:
        """All names, sorted."""
        self._load_plugins()
        return tuple(sorted(self._things))

    def __contains__(self, name: str) -> bool:
        return name in self.names()

    def __iter__(self) -> Iterator[str]:
        return iter(self.names())

    def _load_plugins(self) -> None:
        if self._plugins_loaded:
            return
        self._plugins_loaded = True
        for point in entry_points(group=self.group):
            if point.name in self._things:
                continue
            try:
                self._things[point.name] = point.load()
            except Exception as error:
                # Somebody else's code: what is wrong in it must not stop what is right here.
                self._broken[point.name] = error
