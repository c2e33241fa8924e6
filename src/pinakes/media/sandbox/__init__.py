"""Decoding in child processes with limits: a pool that streams parts, and outlives any file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pinakes.limits import Limits
from pinakes.media.sandbox.events import Event, FileDone, FileFailed, Job, PartReady

if TYPE_CHECKING:
    from pinakes.media.sandbox.pool import DecoderPool

__all__ = [
    "DecoderPool",
    "Event",
    "FileDone",
    "FileFailed",
    "Job",
    "PartReady",
    "decodes_here",
    "is_plain",
    "is_small_text",
]

_PLAIN = frozenset({".txt", ".text", ".md", ".markdown"})
# Bytes that no plain text holds.
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\f\r")) + b"\x7f"


def __getattr__(name: str) -> Any:
    # Loaded on first use: the children, which import this package too, have no use for the pool.
    if name == "DecoderPool":
        from pinakes.media.sandbox.pool import DecoderPool

        return DecoderPool
    raise AttributeError(name)


def is_small_text(path: Path, size: int, limits: Limits) -> bool:
    """Whether a file is a small plain text by its name."""
    return size <= limits.small_text_bytes and path.suffix.lower() in _PLAIN


def is_plain(head: bytes) -> bool:
    """Whether a file is a plain text by its first bytes."""
    return not head.startswith((b"<", b"%PDF", b"{\\rtf")) and len(head.translate(None, _CONTROLS)) == len(head)


def decodes_here(path: Path, size: int, head: bytes, limits: Limits | None = None) -> bool:
    """Whether a file is a small plain text by name and content, which may be read without a child process."""
    return is_small_text(path, size, limits or Limits()) and is_plain(head)
