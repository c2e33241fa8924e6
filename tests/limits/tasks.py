"""Trials of the bounds of tasks."""

from __future__ import annotations

from pathlib import Path

from pinakes.catalogue.catalogue import Catalogue
from pinakes.limits import Limits
from pinakes.settings import Settings
from pinakes.tasks import queue
from tests.limits.trials import taken, trial

_DAY = 24 * 3600.0


@trial("max_tasks")
def tasks(more: int, folder: Path) -> bool:
    catalogue = Catalogue.open(folder, Settings(), create=True)
    with catalogue.writing() as connection:
        for _ in range(2 + more):
            queue.ask(connection, "add", {})
        most = Limits(max_tasks=3).max_tasks
        return taken("max_tasks", lambda: queue.ask(connection, "add", {}, most=most), "overloaded")


@trial("task_days")
def days(more: int, folder: Path) -> bool:
    catalogue = Catalogue.open(folder, Settings(), create=True)
    with catalogue.writing() as connection:
        queue.ask(connection, "add", {}, now=0.0)
        one = queue.take(connection, "one", 0.0)
        assert one is not None
        queue.finish(connection, one, {}, 0.0)
        return queue.sweep(connection, Limits(task_days=2).task_days, 2 * _DAY + more) == 0
