"""Serving by several processes at one address: each with an index of its own, all with one catalogue.

This process listens, answers nothing itself, hands what comes to the others in turn, and keeps them. Those run
`python -m pinakes.web.processes`.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, closing, suppress
from dataclasses import replace
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlsplit

from pinakes.catalogue.catalogue import Catalogue
from pinakes.children import library_heard, library_told
from pinakes.errors import UsageError
from pinakes.kept import Kept, attended, heard
from pinakes.library import Library
from pinakes.tasks.keeping import Keeper
from pinakes.web.handing import Channel, Handed, hand_out
from pinakes.web.http.counting import Meter
from pinakes.web.http.moments import SharedMoments
from pinakes.web.serve import GRACE_SECONDS, address_of, opened, serve

_ASK_SECONDS = 1.0
# What the processes have in common of how often each is asked.
_MOMENTS = "moments"


def serve_by(
    count: int,
    library: Library,
    listener: socket.socket,
    *,
    browse: bool,
    ready: Callable[[str], None],
    anonymous: bool = False,
) -> None:
    """Answer by so many processes until asked to stop; what is being answered is ended first."""
    if os.name != "posix":
        raise UsageError("Several processes can not share a socket on this system.", "Leave out --processes.")
    with ExitStack() as open_for_all:
        open_for_all.enter_context(listener)
        folder = Path(open_for_all.enter_context(tempfile.TemporaryDirectory(prefix="pinakes-")))
        SharedMoments.make(folder / _MOMENTS)
        channels = [open_for_all.enter_context(closing(Channel())) for _ in range(count)]
        # Workers are kept here, once.
        common = {
            "library": library_told(library.folder, replace(library.settings, workers=0)),
            "address": listener.getsockname()[:2],
            "counts": str(folder),
            "moments": str(folder / _MOMENTS),
            "anonymous": anonymous,
        }
        requests = [
            common | {"channel": channel.descriptor, "name": f"process-{number}"}
            for number, channel in enumerate(channels)
        ]
        kept = Kept(
            "server process",
            [json.dumps(told).encode() + b"\n" for told in requests],
            lambda: attended("pinakes.web.processes", [channel.descriptor for channel in channels]),
            later_seconds=0.0,
            grace_seconds=GRACE_SECONDS + 3.0,
        )
        with kept, Keeper(library.catalogue, library.settings.workers), suppress(KeyboardInterrupt):
            address = address_of(listener)
            threading.Thread(target=_tell, args=(address, browse, ready), name="telling", daemon=True).start()
            hand_out(listener, channels, lambda: kept.lives)


def _tell(address: str, browse: bool, ready: Callable[[str], None]) -> None:
    """Say where the pages are as soon as there are any."""
    while not _answers(address):
        time.sleep(0.1)
    opened(address, browse=browse, ready=ready)


def _answers(address: str) -> bool:
    """Whether any of them answers yet."""
    parts = urlsplit(address)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=_ASK_SECONDS)
    with suppress(OSError, HTTPException):
        connection.request("GET", "/api/v1/live")
        return connection.getresponse().status > 0
    return False


def main() -> int:
    """Hear of the library and of the channel, and answer until told to end, however early that is."""
    with suppress(KeyboardInterrupt):
        told = heard()
        listener = Handed(told["channel"], told["address"])
        meter = Meter(Path(told["counts"]), told["name"])
        with Library(Catalogue.open(*library_heard(told["library"]))) as library:
            how = {"anonymous": told["anonymous"], "meter": meter, "moments": SharedMoments(Path(told["moments"]))}
            serve(library, listener, browse=False, ready=lambda _: None, **how)
        meter.tell()
    return 0


if __name__ == "__main__":
    code = main()
    sys.stderr.flush()
    # At once: a thread still waits for the parent.
    os._exit(code)
