"""The load: a process that asks a server for pages over kept connections, and tells what became of each request.

It costs little, so that it does not starve the server beside which it runs: one thread of asyncio that writes a request
of some bytes, reads the answer by its length, and looks at nothing in it but the first line and the headers. Answers
come packed with gzip, as browsers ask for them, and are not unpacked. Closed: each client asks as soon as it was
answered. Open: requests come at set moments whether or not others were answered, and their time counts from then.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Sequence
from typing import Any

# Longer than anything may take: what is not answered by then has failed.
_PATIENCE = 30.0
_REFUSED, _FAILED = 503, 0


class Client:
    """One connection, which is kept, and opened anew where the server closes it."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, path: str) -> int:
        """The status of an answer that came whole; a refusal that names no time to come again is a failure too."""
        try:
            return await asyncio.wait_for(self._ask(path), _PATIENCE)
        except (TimeoutError, OSError, EOFError, ValueError):
            self.close()
            return _FAILED

    async def _ask(self, path: str) -> int:
        # As browsers do with connections that were closed while nothing was asked.
        if self._streams is not None and self._streams[0].at_eof():
            self.close()
        if self._streams is None:
            self._streams = await asyncio.open_connection(self._host, self._port)
        reader, writer = self._streams
        told = f"GET {path} HTTP/1.1\r\nHost: {self._host}:{self._port}\r\nAccept-Encoding: gzip\r\n\r\n"
        writer.write(told.encode("ascii"))
        lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower().split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines[1:] if line)
        await reader.readexactly(int(headers["content-length"]))
        status = int(lines[0].split()[1])
        if headers.get("connection") == "close":
            self.close()
        return _FAILED if status == _REFUSED and "retry-after" not in headers else status

    def close(self) -> None:
        """End the connection."""
        if self._streams:
            self._streams[1].close()
            self._streams = None


async def closed(host: str, port: int, paths: Sequence[str], clients: int, seconds: float) -> list[tuple[float, int]]:
    """So many clients ask one path after the other until the time or the paths are over: seconds and status of each."""
    found: list[tuple[float, int]] = []
    left = iter(paths)
    end = time.perf_counter() + seconds

    async def go_on() -> None:
        client = Client(host, port)
        for path in left:
            began = time.perf_counter()
            if began >= end:
                break
            status = await client.ask(path)
            found.append((time.perf_counter() - began, status))
            if status == _REFUSED:
                # One who was sent away comes again later.
                await asyncio.sleep(1.0)
        client.close()

    await asyncio.gather(*(go_on() for _ in range(clients)))
    return found


async def opened(host: str, port: int, paths: Sequence[str], moments: Sequence[float]) -> list[tuple[float, int]]:
    """A request at each moment, by a client that is free, or by a further one."""
    found: list[tuple[float, int]] = []
    free: list[Client] = []
    start = time.perf_counter()

    async def come(path: str, moment: float) -> None:
        await asyncio.sleep(start + moment - time.perf_counter())
        client = free.pop() if free else Client(host, port)
        status = await client.ask(path)
        found.append((time.perf_counter() - start - moment, status))
        free.append(client)

    await asyncio.gather(*(come(path, moment) for path, moment in zip(paths, moments, strict=False)))
    for client in free:
        client.close()
    return found


def main(request: dict[str, Any]) -> dict[str, Any]:
    """Ask as the request says; tells the seconds and the status of each answer, and what asking itself took."""
    where, paths = (request["host"], request["port"]), request["paths"]
    begun, used = time.perf_counter(), time.process_time()
    if "moments" in request:
        answers = asyncio.run(opened(*where, paths, request["moments"]))
    else:
        answers = asyncio.run(closed(*where, paths, request["clients"], request["seconds"]))
    return {
        "times": [round(took, 5) for took, _ in answers],
        "statuses": [status for _, status in answers],
        "seconds": time.perf_counter() - begun,
        "processor": time.process_time() - used,
    }


if __name__ == "__main__":
    print(json.dumps(main(json.loads(sys.stdin.read()))))
