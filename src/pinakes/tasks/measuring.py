"""Kinds of work that look at a library as a whole: how good its search is, and what in it is almost the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pinakes.errors import BadInput
from pinakes.library import Library, alike, reports
from pinakes.tasks.kinds import Report, kind


def _check_evaluate(library: Library, arguments: Mapping[str, Any]) -> None:
    reports.measuring(arguments)


@kind("evaluate", needs="administrator", check=_check_evaluate)
def evaluate(library: Library, arguments: Mapping[str, Any], report: Report) -> dict[str, Any]:
    """Measure the search: by labels, captions, judgements or clicks (`by`), with a `sample` of queries, and keep it."""
    report(message="reading")
    name = reports.measure(library, arguments, lambda done: report(done, message="searching"))
    return {"report": name}


def _check_duplicates(library: Library, arguments: Mapping[str, Any]) -> None:
    bits = arguments.get("within_bits")
    if bits is not None and (isinstance(bits, bool) or not isinstance(bits, int) or not 0 <= bits <= alike.MOST_BITS):
        raise BadInput(f"Signatures are compared within 0 to {alike.MOST_BITS} bits, not {bits!r}.")


@kind("duplicates", check=_check_duplicates)
def duplicates(library: Library, arguments: Mapping[str, Any], report: Report) -> dict[str, Any]:
    """Find what looks or reads almost the same, and keep the groups: `within_bits`."""
    report(message="comparing")
    return {"groups": alike.find(library, arguments.get("within_bits"))}
