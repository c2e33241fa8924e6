"""Connections that are handed to several processes in turn.

Processes that listen on one socket take what comes as they happen to wake: one may have all readers while the others
have nothing to do. So one process listens, and hands each connection to the next of the others through a channel.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Sequence

# After the system had no place for another connection.
_PAUSE_SECONDS = 0.1
_A_CONNECTION = b"\0"


class Channel:
    """Through which one process gets connections; both ends are kept, so that it outlives that process."""

    def __init__(self) -> None:
        self._ours, self._theirs = socket.socketpair()
        self._ours.setblocking(False)

    @property
    def descriptor(self) -> int:
        """The end that the process is to have."""
        return self._theirs.fileno()

    def hand(self, connection: socket.socket) -> bool:
        """Hand over a connection, which is to be closed here afterwards; false where too many wait already."""
        try:
            return socket.send_fds(self._ours, [_A_CONNECTION], [connection.fileno()]) > 0
        except OSError:
            return False

    def close(self) -> None:
        """Connections that nobody took are broken off."""
        self._ours.close()
        self._theirs.close()


def hand_out(listener: socket.socket, channels: Sequence[Channel], lives: Callable[[], Sequence[bool]]) -> None:
    """Take on what comes until the socket is closed; the processes get it in turn, those that live while any does."""
    turn = 0
    while listener.fileno() >= 0:
        try:
            connection, _ = listener.accept()
        except OSError:
            time.sleep(_PAUSE_SECONDS)
            continue
        with connection:
            numbers = [(turn + step) % len(channels) for step in range(len(channels))]
            live = lives()
            # Those that ended get what no other takes: another process comes into their place.
            numbers.sort(key=lambda number: not live[number])
            given = next((number for number in numbers if channels[number].hand(connection)), turn)
            turn = (given + 1) % len(channels)


class Handed(socket.socket):
    """The other end of a channel: to a server it is a socket that listens at the address of the one that does."""

    def __init__(self, descriptor: int, address: Sequence[str | int]) -> None:
        super().__init__(fileno=descriptor)
        self._address = tuple(address)

    def getsockname(self) -> tuple[str | int, ...]:
        """The address at which clients come."""
        return self._address

    def listen(self, _backlog: int = 0, /) -> None:
        """Another process listens."""

    def accept(self) -> tuple[socket.socket, tuple[str, int]]:
        """The next connection; BlockingIOError where none waits."""
        data, descriptors, _, _ = socket.recv_fds(self, len(_A_CONNECTION), 1)
        if not data or not descriptors:
            # The one that listened has ended, of which this process hears elsewhere.
            raise BlockingIOError
        # The rest the system tells of it; not everywhere this, which asyncio looks at.
        made = socket.socket(proto=socket.IPPROTO_TCP, fileno=descriptors[0])
        try:
            return made, made.getpeername()[:2]
        except OSError:
            # The client has gone by now.
            made.close()
            raise BlockingIOError from None
