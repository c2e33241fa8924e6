"""The load of the benchmark of `pinakes serve`: what it asks, counts as refused, and counts as failed."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from benchmarks.web.load import closed, opened

ANSWERS = {"/busy": (503, {"Retry-After": "1"}), "/rude": (503, {}), "/page": (200, {})}


class Answers(BaseHTTPRequestHandler):
    """Answers by the path."""

    protocol_version = "HTTP/1.1"
    # Seconds after which a connection is closed on which nothing is asked.
    timeout = 0.2

    def do_GET(self) -> None:
        status, headers = ANSWERS[self.path]
        self.send_response(status)
        for name, value in {**headers, "Content-Length": "4"}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(b"told")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def port() -> Iterator[int]:
    """Where a server answers."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server.server_port
        server.shutdown()


def test_clients_share_the_paths_and_each_answer_counts_once(port: int) -> None:
    found = asyncio.run(closed("127.0.0.1", port, ["/page"] * 20, clients=4, seconds=10))
    assert [status for _, status in found] == [200] * 20


def test_who_is_sent_away_without_a_time_to_come_again_has_failed(port: int) -> None:
    found = asyncio.run(opened("127.0.0.1", port, ["/busy", "/rude", "/page"], [0.0, 0.0, 0.0]))
    assert sorted(status for _, status in found) == [0, 200, 503]


def test_a_server_that_is_not_there_is_a_failure_that_is_counted() -> None:
    found = asyncio.run(opened("127.0.0.1", 1, ["/page"], [0.0]))
    assert [status for _, status in found] == [0]


def test_what_comes_at_set_moments_does_not_wait_for_others(port: int) -> None:
    found = asyncio.run(opened("127.0.0.1", port, ["/page"] * 3, [0.0, 0.02, 0.04]))
    assert len(found) == 3
    assert all(0 <= took < 5 for took, _ in found)


def test_a_connection_that_was_closed_while_nothing_was_asked_is_opened_anew(port: int) -> None:
    found = asyncio.run(opened("127.0.0.1", port, ["/page"] * 2, [0.0, 0.6]))
    assert [status for _, status in found] == [200, 200]
