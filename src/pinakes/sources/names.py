"""Names of members of archives: which are refused, and what their temporary files are called."""

from __future__ import annotations

import re

from pinakes.errors import UnsafePath
from pinakes.sources.base import shown

_DRIVE = re.compile(rb"^[A-Za-z]:")
_ODD = re.compile(r'[\x00-\x1f\x7f-\x9f\ud800-\udfff<>:"/\\|?*]')
_MAX_NAME = 80
# Names that Windows keeps for devices, whatever their suffix.
_DEVICES = re.compile(r"^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)


def check_member(name: bytes, archive: str) -> None:
    """Raise UnsafePath for a name that leads, or could lead on some system, out of the archive's place."""
    pieces = name.replace(b"\\", b"/").split(b"/")
    wrong = ""
    if not name.strip(b"/\\"):
        wrong = "has no name"
    elif b"\0" in name:
        wrong = "has a NUL in its name"
    elif not pieces[0]:
        wrong = "has an absolute path"
    elif _DRIVE.match(name):
        wrong = "names a drive"
    elif b".." in pieces:
        wrong = "leads out of its folder"
    if wrong:
        raise UnsafePath(
            f"The member {shown(name)} of {archive} {wrong}; it was left out.", "Pack it with a plain name."
        )


def safe_name(member: str) -> str:
    """A file name of our own making for a member, so that messages and suffixes stay what people know."""
    last = re.split(r"[/\\]", member.rstrip("/\\"))[-1]
    name = _ODD.sub("_", last).strip(". ")
    if len(name) > _MAX_NAME:
        stem, dot, suffix = name.rpartition(".")
        name = f"{stem[: _MAX_NAME - 12]}.{suffix[:11]}" if dot else name[:_MAX_NAME]
    # What is many bytes long in UTF-8 may still be too long for a file system.
    while len(name.encode("utf-8")) > 200:
        name = name[1:]
    name = name.strip(". ")
    return f"_{name}" if not name or _DEVICES.match(name) else name
