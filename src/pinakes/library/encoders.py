"""The encoders of one library, each loaded when it is first needed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pinakes.catalogue import choices
from pinakes.catalogue.catalogue import Catalogue
from pinakes.catalogue.spaces import Space, all_spaces
from pinakes.encoders.base import Encoder
from pinakes.settings import Settings

# The fingerprint of vectors that no encoder of ours made.
ELSEWHERE = "elsewhere"


class Encoders:
    """Loaded encoders."""

    def __init__(self, settings: Settings, models: Path) -> None:
        self._settings = settings
        self._models = models
        # By name and fingerprint: another process may have put a new version in the place of one that is open here.
        self._loaded: dict[tuple[str, str], Encoder] = {}
        # Those of them that were opened for long runs.
        self._for_many: set[tuple[str, str]] = set()

    def of_space(self, space: Space) -> Encoder:
        """The encoder whose vectors a space holds, opened in the way that is quickest for one query."""
        return self._get(space.name, space, measure=False, items=1)

    def chosen(self, catalogue: Catalogue) -> list[Encoder]:
        """The encoders that the library keeps vectors of, ready for a long run; one that was before stays open."""
        with catalogue.reading() as connection:
            names = choices.encoders(connection)
            spaces = {space.name: space for space in all_spaces(connection)}
        stay = self._for_many & {(name, spaces[name].fingerprint) for name in names if name in spaces}
        # Others may be chosen now, and what is quickest for one query is slow in a long run.
        for key in self._loaded.keys() - stay:
            self._loaded.pop(key, None)
        self._for_many = stay
        return [self._get(name, spaces.get(name), measure=True, items=0) for name in names]

    def of_all(self, catalogue: Catalogue) -> Iterator[Encoder]:
        """The encoders of all spaces that are searched."""
        with catalogue.reading() as connection:
            spaces = all_spaces(connection)
        for space in spaces:
            if space.fingerprint != ELSEWHERE:
                yield self.of_space(space)

    def forget(self) -> None:
        """Let go of all encoders."""
        self._loaded.clear()
        self._for_many.clear()

    def _get(self, name: str, space: Space | None, *, measure: bool, items: int) -> Encoder:
        # Imported here: a search for words alone needs no encoder.
        from pinakes.encoders.find import find

        key = (name, space.fingerprint if space else "")
        loaded = self._loaded.get(key)
        if loaded is None:
            loaded = find(name, self._settings, self._models, fingerprint=key[1], measure=measure, items=items)
            # Only one version of an encoder answers at a time.
            for other in [other for other in list(self._loaded) if other[0] == name]:
                self._loaded.pop(other, None)
                self._for_many.discard(other)
            key = (name, loaded.description.fingerprint)
            self._loaded[key] = loaded
            if not items:
                self._for_many.add(key)
        return loaded
