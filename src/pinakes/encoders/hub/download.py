"""One file from the hub to the disk: resumed where it broke off, checked, and renamed when it is whole."""

from __future__ import annotations

import hashlib
import http.client
import os
import urllib.error
from collections.abc import Callable
from pathlib import Path

from pinakes.encoders.hub.record import CHUNK, sha256_of
from pinakes.encoders.hub.remote import Hub, RemoteFile
from pinakes.errors import Damaged, HubUnreachable
from pinakes.storage import explained

# Hears how many bytes came in; a negative number takes back bytes that have to be fetched again.
Told = Callable[[int], None]


class BrokenOff(OSError):
    """The connection ended before the file did."""


def download(hub: Hub, url: str, file: RemoteFile, target: Path, told: Told) -> str:
    """Fetch a file to `target` and return its SHA-256; what an earlier run left, whole or in part, is taken up."""
    if found := matches(target, file):
        told(file.size)
        return found
    part = target.with_name(target.name + ".part")
    with explained(target):
        target.parent.mkdir(parents=True, exist_ok=True)
    told(_size(part))
    for last in (False, True):
        _fill(hub, url, file, part, told)
        found = matches(part, file)
        if found:
            with explained(target):
                os.replace(part, target)
            return found
        told(-_size(part))
        part.unlink()
        if last:
            break
    raise Damaged(
        f"{file.name} came from the hub twice with a wrong checksum.",
        "The hub or a proxy on the way is at fault; try again later.",
    )


def _fill(hub: Hub, url: str, file: RemoteFile, part: Path, told: Told) -> None:
    """Fetch until the part is as long as the file; each try that brings bytes earns further tries."""
    while (before := _size(part)) != file.size or not part.exists():
        try:
            hub.tried(file.name, lambda: _attempt(hub, url, file, part, told))
        except HubUnreachable:
            if _size(part) <= before:
                raise


def _attempt(hub: Hub, url: str, file: RemoteFile, part: Path, told: Told) -> None:
    have = _size(part)
    if have > file.size:
        told(-have)
        part.unlink()
        have = 0
    try:
        with hub.open(url, have) as answer:
            if have and not _continues(answer, have):
                told(-have)
                have = 0
            _append(answer, file, part, have, told)
    except urllib.error.HTTPError as error:
        if error.code == 416 and have:
            # The file on the hub is shorter than what is here: begin again.
            told(-have)
            part.unlink()
            error.close()
            raise BrokenOff(f"{file.name} changed on the hub") from None
        raise


def _continues(answer: http.client.HTTPResponse, have: int) -> bool:
    """Whether the server took up where the part ends, rather than sending the whole file."""
    return answer.status == 206 and (answer.headers.get("Content-Range") or "").startswith(f"bytes {have}-")


def _append(answer: http.client.HTTPResponse, file: RemoteFile, part: Path, have: int, told: Told) -> None:
    with explained(part):
        out = part.open("ab" if have else "wb")
    with out:
        while True:
            # What has come is kept, however little: a connection that falls silent loses nothing.
            chunk = answer.read1(CHUNK)
            if not chunk:
                break
            have += len(chunk)
            if have > file.size:
                raise Damaged(
                    f"{file.name} is longer than the {file.size} bytes that the hub lists.",
                    "The hub or a proxy on the way is at fault; try again later.",
                )
            with explained(part):
                out.write(chunk)
                out.flush()
            told(len(chunk))
    if have < file.size:
        raise BrokenOff(f"{file.name} broke off after {have} of {file.size} bytes")


def matches(path: Path, file: RemoteFile) -> str:
    """The SHA-256 of a file if it is what the hub lists, else nothing."""
    if _size(path) != file.size:
        return ""
    found = sha256_of(path)
    if file.sha256:
        return found if found == file.sha256.lower() else ""
    return found if git_sha1(path) == file.git_sha1.lower() else ""


def git_sha1(path: Path) -> str:
    """The name that git gives to a file's content."""
    digest = hashlib.sha1(b"blob %d\0" % _size(path), usedforsecurity=False)
    with explained(path), path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
