"""What one request to harvest asks for: its span of time, its set, and how far an earlier one came."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import astuple, dataclass, replace
from datetime import UTC, datetime, timedelta

from pinakes.catalogue.harvest import Span

PREFIX = "oai_dc"
_SET = re.compile(r"collection-(\d{1,18})")
_DAY, _SECOND = re.compile(r"\d{4}-\d\d-\d\d"), re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_NUMBERS = re.compile(r"\d{1,18}")
_MARK = 8


class Refused(Exception):
    """A request that the protocol answers with an error of its own, by a code of its own."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class Listing:
    """A list that is handed over piece by piece: what is wanted, and how far it has come; 0: no bound."""

    generation: int
    first: int = 0
    before: int = 0
    collection: int = 0
    # The last item that was handed over, how many were, and how many there are.
    after: int = 0
    sent: int = 0
    total: int = 0

    @property
    def span(self) -> Span:
        """What is wanted, as the catalogue is asked."""
        return Span(self.first or None, self.before or None, self.collection or None)

    def further(self, after: int, count: int) -> Listing:
        """The same list after another piece."""
        return replace(self, after=after, sent=self.sent + count)

    def token(self) -> str:
        """What continues it. It begins with the generation at which the list began."""
        told = ".".join(str(number) for number in astuple(self))
        return f"{told}.{_mark(told)}"


def continued(token: str, generation: int) -> Listing:
    """The list that a token continues.

    A list is read by item number, so what is added, changed or removed meanwhile is passed over by no later harvest; a
    token of a generation that is still to come is of a library from before a backup was restored, and of no use here.
    """
    told, _, mark = token.rpartition(".")
    numbers = told.split(".")
    if mark != _mark(told) or len(numbers) != len(Listing.__slots__) or not all(map(_NUMBERS.fullmatch, numbers)):
        raise Refused("badResumptionToken", "This library has given out no such token.")
    found = Listing(*map(int, numbers))
    if found.generation > generation:
        raise Refused("badResumptionToken", "The library is not the one that gave out this token; begin anew.")
    return found


def begun(told: Mapping[str, str], generation: int) -> Listing:
    """The list that arguments ask for, from its beginning."""
    first, until = told.get("from", ""), told.get("until", "")
    if first and until and len(first) != len(until):
        raise Refused("badArgument", "from and until must both be days, or both be seconds.")
    begin, end = _moment("from", first), _moment("until", until)
    if begin and end and begin > end:
        raise Refused("badArgument", "from must not be later than until.")
    step = timedelta(days=1) if _DAY.fullmatch(until) else timedelta(seconds=1)
    return Listing(
        generation,
        first=max(0, round(begin.timestamp())) if begin else 0,
        # until is part of what is wanted; a moment before all time leaves nothing.
        before=max(1, round((end + step).timestamp())) if end else 0,
        collection=_collection(told["set"]) if "set" in told else 0,
    )


def set_of(collection: int) -> str:
    """What the protocol calls a collection: by its number, since its name may have any letters, and may change."""
    return f"collection-{collection}"


def moment(seconds: float) -> str:
    """A second as the protocol writes it."""
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _collection(name: str) -> int:
    found = _SET.fullmatch(name)
    if not found or not int(found[1]):
        raise Refused("noRecordsMatch", f"There is no set {name}; ListSets names those that there are.")
    return int(found[1])


def _moment(name: str, text: str) -> datetime | None:
    if not text:
        return None
    try:
        if _DAY.fullmatch(text) or _SECOND.fullmatch(text):
            return min(datetime.fromisoformat(text).replace(tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC))
    except ValueError:
        pass
    raise Refused("badArgument", f"{name} must be written YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ.")


def _mark(told: str) -> str:
    """What tells a token of ours from one that was mistyped or made up."""
    return hashlib.sha256(f"pinakes {told}".encode()).hexdigest()[:_MARK]
