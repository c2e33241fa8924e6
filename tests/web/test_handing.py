"""Connections are handed to processes in turn, and to those that live."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress
from typing import TypeVar

import pytest

from pinakes.web.handing import Channel, Handed, hand_out
from pinakes.web.serve import listening

T = TypeVar("T", bound=socket.socket)


class Place:
    """A socket that listens, three channels, and all that a test opens between them; closed with the test."""

    def __init__(self, opened: ExitStack) -> None:
        self._open = opened
        self.listener = self._kept(listening("127.0.0.1", 0, anonymous=False))
        self.channels = [opened.enter_context(closing(Channel())) for _ in range(3)]
        self.ends = [self._kept(Handed(os.dup(one.descriptor), self.listener.getsockname())) for one in self.channels]
        for end in self.ends:
            end.setblocking(False)
        self.lives = [True] * 3

    def hand_out(self) -> None:
        """Hand out in a thread of its own, until the socket is closed."""
        thread = threading.Thread(target=hand_out, args=(self.listener, self.channels, lambda: self.lives))
        thread.start()
        self._open.callback(thread.join)
        # Wakes who waits for the next connection.
        self._open.callback(self.listener.close)
        self._open.callback(self.listener.shutdown, socket.SHUT_RDWR)

    def connect(self, count: int) -> list[socket.socket]:
        """So many clients."""
        address = self.listener.getsockname()
        return [self._kept(socket.create_connection(address, timeout=10)) for _ in range(count)]

    def taken(self, number: int, least: int = 0) -> list[socket.socket]:
        """What one process has got, waited for until there are so many."""
        found: list[socket.socket] = []
        until = time.monotonic() + 10
        while len(found) < least and time.monotonic() < until:
            self._take(number, found.append)
            time.sleep(0.01)
        self._take(number, found.append)
        return found

    def _take(self, number: int, found: Callable[[socket.socket], None]) -> None:
        with suppress(BlockingIOError):
            while True:
                found(self._kept(self.ends[number].accept()[0]))

    def _kept(self, made: T) -> T:
        return self._open.enter_context(made)


@pytest.fixture
def place() -> Iterator[Place]:
    """All that there is."""
    with ExitStack() as opened:
        yield Place(opened)


def test_each_process_gets_as_many_as_the_others(place: Place) -> None:
    place.hand_out()
    clients = place.connect(12)
    found = [place.taken(number, 4) for number in range(3)]
    assert list(map(len, found)) == [4, 4, 4]
    for number, one in enumerate(connection for each in found for connection in each):
        # As asyncio has to see it, so that it sends at once.
        assert one.proto == socket.IPPROTO_TCP
        one.sendall(str(number).encode())
        one.close()
    assert sorted(int(client.recv(8)) for client in clients) == list(range(12))
    assert place.ends[0].getsockname() == place.listener.getsockname()


def test_one_that_has_ended_gets_nothing_while_others_live(place: Place) -> None:
    place.lives[:] = [True, False, True]
    place.hand_out()
    place.connect(8)
    assert [len(place.taken(0, 4)), len(place.taken(2, 4)), len(place.taken(1))] == [4, 4, 0]
    # Where none lives they wait for the next process in its place.
    place.lives[:] = [False] * 3
    place.connect(3)
    assert [len(place.taken(number, 1)) for number in range(3)] == [1, 1, 1]


def test_what_one_can_not_take_another_gets(place: Place) -> None:
    """A process that hangs fills its channel, and readers do not wait for it."""
    with socket.socket() as any_socket:
        while place.channels[0].hand(any_socket):
            pass
    place.lives[2] = False
    place.hand_out()
    place.connect(4)
    assert len(place.taken(1, 4)) == 4


def test_a_client_that_has_gone_is_passed_over(place: Place) -> None:
    with socket.socket() as never_connected:
        assert place.channels[0].hand(never_connected)
    with pytest.raises(BlockingIOError):
        place.ends[0].accept()
    place.channels[0].close()
    # The one that listened has ended.
    with pytest.raises(BlockingIOError):
        place.ends[0].accept()
