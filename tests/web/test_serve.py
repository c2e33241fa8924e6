"""Serving as a command: the address, the port, strangers, and the end in good order."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
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


def test_what_is_answered_is_sent_at_once() -> None:
    async def accepted() -> int:
        delays = asyncio.get_running_loop().create_future()

        def heard(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            found = writer.get_extra_info("socket")
            delays.set_result(found.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()

        with listening("127.0.0.1", 0, anonymous=False) as listener:
            server = await asyncio.start_server(heard, sock=listener)
            async with server:
                _, writer = await asyncio.open_connection(*listener.getsockname())
                found: int = await delays
                writer.close()
        return found

    assert asyncio.run(accepted()), "an answer's body must not wait until its head was acknowledged"


@pytest.mark.reliability
@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.7.7", "library.example"])
def test_strangers_may_not_come_unless_that_is_said(host: str) -> None:
    """G15: no others without accounts."""
    with pytest.raises(UsageError, match="--allow-anonymous"):
        listening(host, 0, anonymous=False)


@pytest.mark.reliability
def test_strangers_may_come_where_there_are_accounts() -> None:
    """G15: they log in, or may search where that is said."""
    with listening("0.0.0.0", 0, anonymous=False, accounts=True) as listener:
        assert listener.getsockname()[0] == "0.0.0.0"


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


def test_others_may_come_to_a_library_that_has_accounts(served: list[dict[str, Any]], capsys: Any) -> None:
    command = ["serve", "--host", "0.0.0.0", "--port", "0", "--library", "new", "--json"]
    assert main(command) == 2
    assert "pinakes users add" in capsys.readouterr().err
    assert main(["users", "add", "anna", "--link", "--library", "new"]) == 0
    assert main(command) == 0
    assert served[0]["anonymous"] is False


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


def test_several_processes_answer_where_that_is_set_or_said(
    served: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    counts: list[int] = []

    def serve_by(count: int, library: Any, listener: socket.socket, **_how: Any) -> None:
        counts.append(count)
        listener.close()

    monkeypatch.setattr("pinakes.web.processes.serve_by", serve_by)
    assert main(["serve", "--port", "0", "--processes", "3", "--library", "new"]) == 0
    assert main(["serve", "--port", "0", "--set", "processes=2", "--library", "new"]) == 0
    assert main(["serve", "--port", "0", "--set", "processes=2", "--processes", "1", "--library", "new"]) == 0
    assert (counts, len(served)) == ([3, 2], 1)


@pytest.mark.slow
def test_processes_share_a_socket_are_begun_anew_and_end_in_good_order(tmp_path: Path) -> None:
    media = fill(tmp_path)
    words = ["serve", str(media), "--library", "lib", "--port", "0", "--processes", "2", "--set", "workers=0", "--json"]
    process = subprocess.Popen(
        [sys.executable, "-m", "pinakes", *words],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        process.stdout.readline()
        address = json.loads(process.stdout.readline())["address"]

        def asked(path: str) -> str:
            with urlopen(address + path, timeout=60) as answer:
                return str(answer.read().decode())

        children = _children(process.pid)
        assert len(children) == 2
        for _ in range(20):
            assert json.loads(asked("api/v1/health"))["items"] == 4
        time.sleep(1.5)
        # Whichever is asked tells of both.
        assert 'route="/api/v1/health",status="200"} 20\n' in asked("metrics")
        os.kill(children[0], signal.SIGKILL)
        end = time.monotonic() + 60
        while len(now := _children(process.pid)) < 2 or children[0] in now:
            assert time.monotonic() < end
            assert json.loads(asked("api/v1/health"))["items"] == 4
            time.sleep(0.2)
        os.kill(process.pid, signal.SIGTERM)
        _, told = process.communicate(timeout=60)
        assert process.returncode == 0, told
        assert told == "A server process ended (-9); another follows in 1 seconds.\n"
        assert not any(Path(f"/proc/{child}").exists() for child in now)
    finally:
        process.kill()


@pytest.mark.slow
@pytest.mark.reliability
def test_processes_let_in_together_as_many_as_the_limit_says(tmp_path: Path) -> None:
    """G13: twelve requests on connections of their own, whichever process takes them."""
    media = fill(tmp_path)
    shell = [sys.executable, "-m", "pinakes"]
    subprocess.run([*shell, "add", str(media), "--library", "lib"], cwd=tmp_path, check=True, capture_output=True)
    told = [*shell, "users", "add", "root", "--link", "--library", "lib"]
    subprocess.run(told, cwd=tmp_path, check=True, capture_output=True)
    words = ["serve", "--library", "lib", "--port", "0", "--processes", "3", "--json", "--set", "workers=0"]
    words += ["--set", "anonymous=yes", "--set", "searches_per_minute=6"]
    process = subprocess.Popen([*shell, *words], cwd=tmp_path, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        address, statuses = json.loads(process.stdout.readline())["address"], []
        began = time.monotonic()
        for _ in range(12):
            try:
                with urlopen(f"{address}api/v1/search?q=boat", timeout=60) as answer:
                    statuses.append(answer.status)
            except HTTPError as error:
                statuses.append(error.code)
                error.close()
        # One more comes in every ten seconds.
        assert 6 <= statuses.count(200) <= 7 + (time.monotonic() - began) / 10
        assert set(statuses) == {200, 429}
    finally:
        process.terminate()
        process.wait(60)
        process.stdout.close()


def _children(parent: int) -> list[int]:
    """The processes that a process has begun and that live."""
    found = []
    for place in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            told = place.read_text().rpartition(")")[2].split()
            if int(told[1]) == parent and told[0] != "Z":
                found.append(int(place.parent.name))
    return sorted(found)
