"""The border to parsers that others wrote: whatever they raise on a damaged file becomes one of our errors."""

from __future__ import annotations

import errno
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from pinakes.errors import BadMedia, PinakesError, TooLarge, Unreadable

# What the operating system says when the disk, and not the file's content, is at fault.
_DISK_FAULTS = frozenset({errno.EIO, errno.ESTALE, errno.ENXIO, errno.ENODEV, errno.EBADF})


# What Python calls the open file, which nobody else does.
_OBJECT = re.compile(r"(?:Error opening )?<_io\.[^>]*>:? ?")


@contextmanager
def foreign(what: str) -> Iterator[list[str]]:
    """Run a parser's code: its errors become BadMedia or TooLarge, its warnings the list that this hands out.

    Everything is caught, because parsers of damaged files raise everything; keep the block as small as the call.
    """
    said: list[str] = []
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                yield said
            finally:
                said.extend(dict.fromkeys(_one_line(str(warning.message)) for warning in caught))
    except PinakesError:
        raise
    except MemoryError as error:
        raise TooLarge(
            f"{what} needs more memory than a decoder may take.", "Raise decode_memory_mib, or make the file smaller."
        ) from error
    except Exception as error:
        if type(error) is OSError and error.errno in _DISK_FAULTS:
            raise Unreadable(
                f"{what} can not be read: {error.strerror}.", "Check the disk, then add it again."
            ) from error
        raise BadMedia(
            f"{what} is damaged: {reason(error)}.", "Check that it opens elsewhere, then add it again."
        ) from error


def reason(error: BaseException) -> str:
    """What an error says, in one short line without its own full stop."""
    return (_one_line(_OBJECT.sub("", str(error))) or type(error).__name__).rstrip(".")


def _one_line(text: str, limit: int = 160) -> str:
    line = " ".join("".join(ch if ch.isprintable() else " " for ch in text[: 4 * limit]).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"
