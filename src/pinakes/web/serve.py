"""Serving a library: the socket, the server, its end in good order."""

from __future__ import annotations

import logging
import socket
import threading
import webbrowser
from collections.abc import Callable
from contextlib import suppress

import uvicorn
from starlette.types import ASGIApp

from pinakes.errors import PinakesError, PortTaken, UsageError
from pinakes.library import Library
from pinakes.library.reading import prepare
from pinakes.limits import KIB, Limits
from pinakes.tasks.keeping import Keeper
from pinakes.web.app import application
from pinakes.web.http.counting import Meter
from pinakes.web.http.guard import is_loopback
from pinakes.web.http.moments import Moments

# After a request to stop, what is being answered has so many seconds to end.
GRACE_SECONDS = 5
_BACKLOG = 512
# The first page comes first; what the first search needs is made ready after it.
_LATER_SECONDS = 1.0
_HIGHEST_PORT = 65_535
# What the head of a request may hold besides a query, each letter of which may take so many bytes in an address.
_HEAD_BYTES, _LETTER_BYTES = 64 * KIB, 12


def listening(host: str, port: int, *, anonymous: bool, accounts: bool = False) -> socket.socket:
    """A socket that listens; where others come, they have accounts, or may search without being known."""
    if not is_loopback(host) and not (anonymous or accounts):
        raise UsageError(
            f"On {host} others could search this library, and there are no accounts yet.",
            "Make the first with `pinakes users add NAME`, say --allow-anonymous if all may, or leave out --host.",
        )
    if port > _HIGHEST_PORT:
        raise UsageError(f"There is no port {port:,}; the highest is {_HIGHEST_PORT:,}.", "Name a lower one.")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named as TCP, for asyncio sends at once only what goes through such: an answer's head and body are two writes, of
    # which the second would wait 40 ms for a client that says late that it has the first.
    made = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((host, port))
        made.listen(_BACKLOG)
    except OSError as error:
        made.close()
        raise PortTaken(f"{host} port {port} can not be listened on: {error.strerror or error}.") from error
    return made


def address_of(listener: socket.socket) -> str:
    """Where a browser finds what listens."""
    host, port = listener.getsockname()[:2]
    shown = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 -- shown, not bound
    return f"http://[{shown}]:{port}/" if ":" in shown else f"http://{shown}:{port}/"


def serve(
    library: Library,
    listener: socket.socket,
    *,
    browse: bool,
    ready: Callable[[str], None],
    anonymous: bool = False,
    meter: Meter | None = None,
    moments: Moments | None = None,
) -> None:
    """Answer until asked to stop; requests that are being answered are ended first."""
    address = address_of(listener)
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    app = application(library, listener.getsockname()[0], anonymous=anonymous, meter=meter, moments=moments)
    config = speaking(app, library.settings.limits)
    keeper = Keeper(library.catalogue, library.settings.workers)

    def ending() -> None:
        # What is told bit by bit would go on as long as somebody listens.
        app.state.ending.set()
        keeper.end()

    preparing = threading.Timer(_LATER_SECONDS, _prepare, (library,))

    def began() -> None:
        opened(address, browse=browse, ready=ready)
        preparing.start()

    server = _Server(config, began, ending)
    # Asked to stop, the server ends what it answers and then hands the signal on: that was the end as it should be.
    with listener, keeper, suppress(KeyboardInterrupt):
        server.run(sockets=[listener])
    # What the library holds is let go of next.
    preparing.cancel()
    if preparing.ident:
        preparing.join()


def speaking(app: ASGIApp, limits: Limits) -> uvicorn.Config:
    """How HTTP is spoken."""
    return uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        lifespan="off",
        ws="none",
        http="h11",
        loop="asyncio",
        timeout_keep_alive=15,
        timeout_graceful_shutdown=GRACE_SECONDS,
        # An address may hold the longest query there is, so that what is longer is told so by a page.
        h11_max_incomplete_event_size=_HEAD_BYTES + _LETTER_BYTES * limits.max_query_chars,
    )


def _prepare(library: Library) -> None:
    """Have ready what the first search would wait for; what hinders it is told to whoever searches."""
    with suppress(PinakesError):
        prepare(library)


class _Server(uvicorn.Server):
    """Says when it answers, and when it is about to end."""

    def __init__(self, config: uvicorn.Config, began: Callable[[], None], ending: Callable[[], None]) -> None:
        super().__init__(config)
        self._began = began
        self._ending = ending

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin, and tell."""
        await super().startup(sockets)
        self._began()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Tell, and end."""
        self._ending()
        await super().shutdown(sockets)


def opened(address: str, *, browse: bool, ready: Callable[[str], None]) -> None:
    """Say where the pages are, and open them in the browser where that is wanted."""
    ready(address)
    if browse:
        # In a thread of its own: some browsers are waited for until they are closed.
        threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
