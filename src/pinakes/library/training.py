"""Models that are learned from a library's own works."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pinakes.learn.extra import needs_torch

if TYPE_CHECKING:
    from pinakes.learn.experiment.plan import Plan
    from pinakes.learn.experiment.run import Trained
    from pinakes.learn.training.events import Event


def trained(
    library: Path,
    run: Path,
    told: Mapping[str, Any],
    listen: Callable[[Event], None] = lambda event: None,
    tell: Callable[[str, int, int], None] = lambda what, done, total: None,
) -> Trained:
    """Train as the tables tell, on the works of a library; a run that is there already goes on."""
    needs_torch()
    from pinakes.learn.experiment.run import run as train
    from pinakes.learn.training.run_folder import RunFolder

    return train(planned(library, told, run.name), RunFolder(run), listen, tell=tell)


def planned(library: Path, told: Mapping[str, Any], name: str) -> Plan:
    """A training as the tables tell it, on the works of a library."""
    from pinakes.learn.experiment.plan import from_dict, placed

    data = {**told.get("data", {}), "library": str(library)}
    return placed(from_dict({**told, "data": data}, name), Path.cwd())
