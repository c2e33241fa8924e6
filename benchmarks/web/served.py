"""`pinakes serve` as a process of its own: begun, watched, asked for single pages, ended in good order."""

from __future__ import annotations

import http.client
import json
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benchmarks.processes import ROOT, environment
from pinakes.evaluate.resources import Memory, family, memory_of, processor_seconds
from pinakes.web import processes

_PATIENCE = 60.0


class Served:
    """A server of a library on some free port, under further settings of its command line."""

    host, port = "", 0
    # From the command to the last byte of the first page.
    first_page_seconds = 0.0

    def __init__(self, library: Path, *more: str, **settings: str) -> None:
        command = [sys.executable, "-m", "pinakes", "serve", "--library", str(library), "--port", "0", "--json", *more]
        named = {f"PINAKES_{name.upper()}": value for name, value in settings.items()}
        begun = time.perf_counter()
        self.process = subprocess.Popen(
            command, env=environment(2, **named), cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        try:
            told = json.loads(self.process.stdout.readline() if self.process.stdout else "")
            where = urlsplit(told["address"])
            self.host, self.port = str(where.hostname), int(where.port or 80)
            self.ask("/")
        except BaseException:
            self.end()
            raise
        self.first_page_seconds = time.perf_counter() - begun

    def __enter__(self) -> Served:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def end(self) -> None:
        """Have it end as by Ctrl-C."""
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()

    def ask(
        self, path: str, body: bytes | None = None, kind: str = "application/json", packed: bool = False
    ) -> tuple[int, bytes, dict[str, str]]:
        """One request on a connection of its own: status, body, headers."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=_PATIENCE)
        headers = {"Content-Type": kind} if body is not None else {}
        if packed:
            headers["Accept-Encoding"] = "gzip"
        connection.request("GET" if body is None else "POST", path, body, headers)
        answer = connection.getresponse()
        found = answer.status, answer.read(), {name.lower(): value for name, value in answer.getheaders()}
        connection.close()
        return found

    def told(self, path: str, body: Any = None, kind: str = "application/json") -> Any:
        """What the API answers; what is handed over as bytes is sent as it is."""
        sent = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        status, data, _ = self.ask(path, sent, kind)
        if status >= 400:
            raise RuntimeError(f"{path} was answered {status}: {data[:500].decode()}")
        return json.loads(data)

    def memory(self, *, whole: bool = True) -> Memory:
        """What the server and all that descends from it holds; if not `whole`, without those that do not answer."""
        numbers = (number for number in family(self.process.pid) if whole or self._answers(number))
        return sum((memory_of(number) for number in numbers), Memory())

    def _answers(self, number: int) -> bool:
        """Whether it is the process that was begun, or one to which that hands connections."""
        if number == self.process.pid:
            return True
        with suppress(OSError):
            return f"\0{processes.__name__}\0".encode() in Path(f"/proc/{number}/cmdline").read_bytes()
        # It has ended by now.
        return False

    def processor(self) -> float:
        """Seconds of processor that it has used until now."""
        return processor_seconds(self.process.pid)
