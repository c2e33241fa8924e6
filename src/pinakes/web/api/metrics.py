"""What Prometheus asks for: counts of this server, and how the library is doing."""

from __future__ import annotations

import os
import time
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from pinakes import __version__
from pinakes.catalogue import gauges
from pinakes.catalogue.counters import generation
from pinakes.errors import LoginNeeded, NotAllowed, NotFound
from pinakes.library import Library
from pinakes.tasks.records import counts
from pinakes.web.http.counting import Meter, meter_of
from pinakes.web.http.site import library_of
from pinakes.web.http.who import is_at_home, who_of
from pinakes.web.logic.tally import Family, counted, exposition

PATH = "/metrics"
KIND = "text/plain; version=0.0.4; charset=utf-8"
_HOUR = 3600


def metrics(request: Request) -> Response:
    """All metrics, for those who may read them."""
    library = library_of(request)
    _check(request, library.settings.metrics)
    meter = meter_of(request)
    families = [*counted(meter.all()), *_library(library), *_process(meter)]
    return Response(exposition(families), headers={"Content-Type": KIND, "Cache-Control": "no-store"})


def _check(request: Request, setting: str) -> None:
    if setting == "none":
        raise NotFound("Metrics are switched off here.", "The setting metrics says who may read them.")
    if setting == "all" or is_at_home(request):
        return
    who = who_of(request)
    if who.rank == "guest":
        raise LoginNeeded("Metrics are for this machine and for administrators.", "Send an administrator's token.")
    if not who.may("administrator"):
        raise NotAllowed("Metrics are for this machine and for administrators.", "Ask an administrator.")


def _library(library: Library) -> list[Family]:
    idle = library.settings.limits.session_idle_hours * _HOUR
    with library.catalogue.reading() as connection:
        return [
            _gauge("pinakes_items", "Items in the library.", gauges.item_count(connection)),
            _gauge("pinakes_generation", "The last change to what is searched.", generation(connection)),
            _gauge("pinakes_open_sessions", "Sessions of people who are logged in.",
                   gauges.open_sessions(connection, time.time(), idle)),
            Family("pinakes_tasks", "gauge", "Tasks on record, by state.",
                   tuple(("", {"state": state}, count) for state, count in sorted(counts(connection).items()))),
        ]  # fmt: skip


def _process(meter: Meter) -> list[Family]:
    """Of the process that answers: one of several, which its label tells."""
    label = {"process": str(os.getpid())}
    return [
        Family("pinakes_process_start_time_seconds", "gauge", "When the process that answers began.",
               (("", label, meter.began),)),
        Family("pinakes_process_resident_memory_bytes", "gauge", "Memory of the process that answers.",
               tuple(("", label, size) for size in _resident())),
        Family("pinakes_info", "gauge", "The version of Pinakes.", (("", {"version": __version__}, 1),)),
    ]  # fmt: skip


def _gauge(name: str, help: str, value: float) -> Family:
    return Family(name, "gauge", help, (("", {}, value),))


def _resident() -> list[int]:
    """The memory of this process, where the system tells it."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        return [pages * os.sysconf("SC_PAGE_SIZE")]
    except (OSError, ValueError, IndexError, AttributeError):
        return []
