"""Changing settings from a page: what only the web knows to check, and then what the library checks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pinakes.accounts.who import Who
from pinakes.library import Library
from pinakes.library import choosing as of_library
from pinakes.library.choosing import Change
from pinakes.web.logic.errands import note
from pinakes.web.logic.releasing import ruled

# In the order in which a page shows them.
GROUPS: tuple[Change, ...] = ("live", "restart", "made", "machine")


def change(library: Library, who: Who, values: Mapping[str, Any]) -> list[str]:
    """Change settings, all or none, which the log tells; returns the names of those that wait for the next start."""
    if values.get("downloads") is not None:
        ruled(str(values["downloads"]))
    waits = of_library.change(library, values)
    for name, value in values.items():
        note(library, who, "settings.changed", name, value="" if value is None else value, waits=name in waits)
    return waits
