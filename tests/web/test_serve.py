"""Serving as a command: the address, the port, strangers, and the end in good order."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from pinakes.cli.main import main
from pinakes.errors import PortTaken, UsageError
from pinakes.web.serve import address_of, listening
from tests.cli.conftest import fill


def test_a_port_that_is_taken_is_named_with_the_way_out() -> None:
    with listening("127.0.0.1", 0, anonymous=False) as taken:
        port = taken.getsockname()[1]
        assert address_of(taken) == f"http://127.0.0.1:{port}/"
        with pytest.raises(PortTaken, match=f"127.0.0.1 port {port}.*--port"):
            listening("127.0.0.1", port, anonymous=False)


@pytest.mark.reliability
@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.7.7", "library.example"])
def test_strangers_may_not_come_unless_that_is_said(host: str) -> None:
    """G15: no others without accounts."""
    with pytest.raises(UsageError, match="--allow-anonymous"):
        listening(host, 0, anonymous=False)


def test_a_port_that_can_not_be_and_an_address_that_is_not_ours_are_refused() -> None:
    with pytest.raises(UsageError, match="65,535"):
        listening("127.0.0.1", 70_000, anonymous=False)
    with pytest.raises(PortTaken):
        listening("203.0.113.7", 0, anonymous=True)


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[dict[str, Any]]:
    """What was served, by a server that ends at once."""
    told: list[dict[str, Any]] = []

    def serve(library: Any, listener: socket.socket, **how: Any) -> None:
        told.append({"items": library.status()["items"], "address": address_of(listener), **how})
        how["ready"](address_of(listener))
        listener.close()

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("pinakes.web.serve.serve", serve)
    return told


def test_the_address_is_printed_and_the_browser_opened_unless_it_is_not_wanted(
    served: list[dict[str, Any]], capsys: Any
) -> None:
    assert main(["serve", "--port", "0", "--library", "new"]) == 0
    assert f"new is at {served[0]['address']}" in capsys.readouterr().out
    assert main(["serve", "--port", "0", "--no-browser", "--library", "new"]) == 0
    assert main(["serve", "--port", "0", "--library", "new", "--json"]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1]) == {"address": served[2]["address"]}
    assert [one["browse"] for one in served] == [True, False, False]


@pytest.mark.slow
def test_the_demo_ends_in_the_browser(served: list[dict[str, Any]], capsys: Any) -> None:
    assert main(["demo", "--works", "40", "--port", "0", "--library", "demo"]) == 0
    assert served[0]["items"] >= 39
    assert f"demo is at {served[0]['address']}" in capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_paths_are_added_first_and_a_signal_ends_it_in_good_order(tmp_path: Path, number: int) -> None:
    media = fill(tmp_path)
    command = [sys.executable, "-m", "pinakes", "serve", str(media), "--library", "lib", "--port", "0", "--json"]
    process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["report"]["added"] == 4
        address = json.loads(process.stdout.readline())["address"]
        with urlopen(f"{address}api/v1/health", timeout=60) as answer:
            assert json.load(answer)["items"] == 4
        os.kill(process.pid, number)
        began = time.monotonic()
        _, told = process.communicate(timeout=60)
        assert process.returncode == 0, told
        assert told == ""
        assert time.monotonic() - began < 30
    finally:
        process.kill()
