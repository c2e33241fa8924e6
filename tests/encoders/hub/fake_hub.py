"""A hub on this machine: the listing, the redirects for large files, and the faults of real ones."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

COMMIT = "0123456789abcdef0123456789abcdef01234567"
REPOSITORY = "tiny/model"


@dataclass
class FakeHub:
    """What the hub holds, how it misbehaves, and what it was asked."""

    files: dict[str, bytes]
    large: set[str]
    licence: str = "mit"
    # Connections end after so many bytes of a file, so many times.
    break_after: int = 0
    breaks: int = 0
    ranges: bool = True
    # Once, after so many bytes of a large file, nothing more comes, and the connection stays open.
    silent_after: int = 0
    # Content served in the place of a file's own, so many times.
    wrong: dict[str, bytes] = field(default_factory=dict)
    wrong_times: int = 0
    token: str = ""
    # Statuses given to the next requests of files.
    statuses: list[int] = field(default_factory=list)
    page: int = 1000
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    address: str = ""
    storage: str = ""

    def listing(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = [{"type": "directory", "oid": "0" * 40, "size": 0, "path": "onnx"}]
        for name, data in sorted(self.files.items()):
            row: dict[str, Any] = {"type": "file", "path": name, "size": len(data)}
            row["oid"] = hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()
            if name in self.large:
                row["oid"] = "f" * 40
                row["lfs"] = {"oid": hashlib.sha256(data).hexdigest(), "size": len(data), "pointerSize": 134}
            rows.append(row)
        return rows


def contents(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@contextmanager
def running(files: dict[str, bytes], **options: Any) -> Iterator[FakeHub]:
    """A hub and the other host on which it keeps large files, both answering until the block ends."""
    hub = FakeHub(files, {name for name in files if name.endswith(".onnx")}, **options)
    servers = [
        ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (Handler,), {"hub": hub, "storage": storage}))
        for storage in (False, True)
    ]
    hub.address, hub.storage = (f"http://127.0.0.1:{server.server_port}" for server in servers)
    threads = [threading.Thread(target=server.serve_forever, args=(0.01,)) for server in servers]
    for thread in threads:
        thread.start()
    try:
        yield hub
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()
        for thread in threads:
            thread.join()


class Handler(BaseHTTPRequestHandler):
    """Answers for a hub, or for the host on which it keeps large files."""

    hub: FakeHub
    storage: bool
    protocol_version = "HTTP/1.0"

    def log_message(self, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        self.hub.asked.append((("storage " if self.storage else "") + self.path, dict(self.headers)))
        if self.hub.token and not self.storage and self.headers.get("Authorization") != f"Bearer {self.hub.token}":
            return self.answer(401, b"")
        if self.storage:
            return self.file(self.path.removeprefix("/"))
        if self.path.startswith(f"/api/models/{REPOSITORY}/revision/"):
            content = {"sha": COMMIT, "cardData": {"license": self.hub.licence}}
            return self.answer(200, json.dumps(content).encode())
        if self.path.startswith(f"/api/models/{REPOSITORY}/tree/{COMMIT}"):
            return self.tree()
        if self.path.startswith(f"/{REPOSITORY}/resolve/{COMMIT}/"):
            name = self.path.removeprefix(f"/{REPOSITORY}/resolve/{COMMIT}/")
            if name in self.hub.large:
                return self.answer(302, b"", Location=f"{self.hub.storage}/{name}")
            return self.file(name)
        return self.answer(404, b"")

    def tree(self) -> None:
        start = int(self.path.partition("cursor=")[2] or 0)
        rows = self.hub.listing()
        more = {}
        if start + self.hub.page < len(rows):
            where = f"{self.hub.address}/api/models/{REPOSITORY}/tree/{COMMIT}"
            following = f"{where}?recursive=true&cursor={start + self.hub.page}"
            more = {"Link": f'<{following}>; rel="next"'}
        self.answer(200, json.dumps(rows[start : start + self.hub.page]).encode(), **more)

    def file(self, name: str) -> None:
        if self.hub.statuses:
            return self.answer(self.hub.statuses.pop(0), b"")
        data = self.hub.files[name]
        if name in self.hub.wrong and self.hub.wrong_times > 0:
            self.hub.wrong_times -= 1
            data = self.hub.wrong[name]
        start = 0
        asked = self.headers.get("Range")
        if asked and self.hub.ranges:
            start = int(asked.removeprefix("bytes=").removesuffix("-"))
            if start >= len(data):
                return self.answer(416, b"")
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        else:
            self.send_response(200)
        self.send_header("Content-Length", str(len(data) - start))
        self.end_headers()
        rest = data[start:]
        if self.hub.breaks > 0 and 0 < self.hub.break_after < len(rest):
            self.hub.breaks -= 1
            rest = rest[: self.hub.break_after]
        if self.storage and self.hub.silent_after:
            rest, self.hub.silent_after = rest[: self.hub.silent_after], 0
            self.wfile.write(rest)
            time.sleep(0.5)
            return None
        self.wfile.write(rest)
        return None

    def answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for key, value in headers.items():
            self.send_header(key, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
