"""Workers that a server keeps: begun with it, begun anew where they die, ended with it."""

from __future__ import annotations

import json

from pinakes.catalogue.catalogue import Catalogue
from pinakes.children import library_told
from pinakes.kept import Kept, attended

# What is asked of a server that has just begun is a page, and no task.
_LATER_SECONDS = 1.0
# Shorter than what a server is given to end.
_GRACE_SECONDS = 4.0


class Keeper(Kept):
    """So many workers of one library, each in a process of its own."""

    def __init__(self, catalogue: Catalogue, workers: int) -> None:
        told = library_told(catalogue.folder, catalogue.settings)
        count = 0 if catalogue.read_only else workers
        super().__init__(
            "worker",
            [json.dumps(told).encode() + b"\n"] * count,
            lambda: attended("pinakes.tasks.attended"),
            later_seconds=_LATER_SECONDS,
            grace_seconds=_GRACE_SECONDS,
        )
