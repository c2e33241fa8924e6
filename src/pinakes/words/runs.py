"""Words cut where ASCII and spaces part them, which is most of them, in half the time of an expression."""

from __future__ import annotations

from collections.abc import Callable


def parting(keeps: Callable[[str], bool]) -> bytes:
    """A table for `bytes.translate` that makes a space of what is not kept of ASCII; other characters stay."""
    return bytes(code if code >= 0x80 or keeps(chr(code)) else ord(" ") for code in range(256))


def runs_in(text: str, table: bytes, is_word: Callable[[str], bool], find: Callable[[str], list[str]]) -> list[str]:
    """What `find` finds in a text, which is asked only of runs that are no word as they stand.

    To be right, `find` must look beyond no space and nothing that the table makes one, and find all of a word in it.
    """
    parted = text.encode("utf-8", "surrogatepass").translate(table)
    runs = parted.decode("utf-8", "surrogatepass").split()
    if is_word("".join(runs)):
        return runs
    return [word for run in runs for word in ((run,) if is_word(run) else find(run))]
