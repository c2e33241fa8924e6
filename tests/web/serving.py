"""A library served by a thread of the test's own process, as browsers and clients reach it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from pinakes.library import Library
from pinakes.web.app import application
from pinakes.web.serve import address_of, listening, speaking


@contextmanager
def served(library: Library) -> Iterator[str]:
    """The address of a library while the block runs; what is listened to ends with it, as with a server."""
    with listening("127.0.0.1", 0, anonymous=False) as listener:
        app = application(library, "127.0.0.1")
        server = uvicorn.Server(speaking(app, library.settings.limits))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            yield address_of(listener)
        finally:
            app.state.ending.set()
            server.should_exit = True
            thread.join(20)
