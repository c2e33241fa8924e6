"""Every failure a user can meet: a class with a stable code, an HTTP status, an exit code and a hint."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

EXIT_DONE, EXIT_FAULT, EXIT_USAGE, EXIT_BAD_INPUT, EXIT_PARTLY, EXIT_INTERRUPTED = 0, 1, 2, 3, 4, 130


class PinakesError(Exception):
    """Base of all our errors; the message says what and which, the hint says the way out."""

    code = "error"
    status = 500
    exit = EXIT_FAULT
    # The way out where an error is raised without one of its own.
    hint = "Run it again; if it fails again, report it with the command that led here."

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint or self.hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()

    def as_dict(self) -> dict[str, str]:
        """The one error shape that every machine-readable output uses."""
        return {"code": self.code, "message": self.message, "hint": self.hint}


class UsageError(PinakesError):
    """The command was written wrongly."""

    code, status, exit = "usage", 400, EXIT_USAGE
    hint = "See the command's --help."


class BadInput(PinakesError):
    """What was handed in can not be used as it is."""

    code, status, exit = "bad-input", 400, EXIT_BAD_INPUT
    hint = "Change it as the message says, and hand it in again."


class BadMedia(BadInput):
    """A medium is damaged or is not what it claims to be."""

    code, status = "bad-media", 422
    hint = "Try to open it with another program; if that can, save it anew from there."


class TooLarge(BadInput):
    """A named limit was passed."""

    code, status = "too-large", 413
    hint = "Raise the limit with --set NAME=VALUE, or make it smaller."


class Unsupported(BadInput):
    """The content is of a type that Pinakes does not read."""

    code, status = "unsupported", 415
    hint = "Convert it to a type that Pinakes reads."


class TimedOut(BadInput):
    """Decoding took longer than its limit."""

    code, status = "timeout", 422
    hint = "Raise the limit with --set NAME=VALUE, or split the file."


class NoContent(BadInput):
    """There is nothing in it to search."""

    code, status = "no-content", 422
    hint = "Replace it by a copy that holds something, or leave it out."


class Unreadable(BadInput):
    """The file can not be opened or is not a regular file."""

    code, status = "unreadable", 422
    hint = "Check that it is there, that it is a file, and that you may read it."


class ChangedWhileRead(BadInput):
    """The file changed or vanished while it was being read."""

    code, status = "changed", 409
    hint = "Add it again when nothing writes to it."


class UnsafePath(BadInput):
    """A name in an archive or table points out of its place."""

    code, status = "unsafe-path", 422
    hint = "Use names that stay inside the folder of the archive or table."


class BadTable(BadInput):
    """A table of works has wrong columns or rows; the message names the line."""

    code, status = "bad-table", 422
    hint = "Correct the table, or name its columns with --map FIELD=COLUMN."


class BadRun(BadInput):
    """A run or a file of judgements has wrong columns or lines; the message names the line."""

    code, status = "bad-run", 422
    hint = "docs/how-to/evaluate.md shows the formats that are read."


class BadVector(BadInput):
    """A vector has the wrong size or type, or holds NaN, infinity or only zeros."""

    code, status = "bad-vector", 422
    hint = "Hand in finite numbers of the space's own size, not all of them zero."


class BadQuery(BadInput):
    """A query can not be read; `position` is the character at which it fails."""

    code, status, exit = "bad-query", 400, EXIT_USAGE
    hint = "docs/reference/query.md explains how queries are written."

    def __init__(self, message: str, hint: str = "", *, position: int | None = None) -> None:
        super().__init__(message, hint)
        self.position = position


class StalePage(BadQuery):
    """A page token was made before the library changed; `anew` is one for the same place in the library as it is."""

    code = "stale-page"
    hint = "Start again from the first page."
    anew = ""

    def __init__(self, message: str, hint: str = "", *, anew: str = "") -> None:
        super().__init__(message, hint)
        self.anew = anew


class BadSetting(PinakesError):
    """A setting has a value that it can not have."""

    code, status, exit = "bad-setting", 400, EXIT_USAGE
    hint = "`pinakes info` lists all settings with their values."


class NotFound(BadInput):
    """No item, part, file or library of that name."""

    code, status = "not-found", 404
    hint = "Check the name or the number."


class UnknownName(BadInput):
    """A registry holds no such name; the hint offers the nearest."""

    code, status, exit = "unknown-name", 404, EXIT_USAGE
    hint = "Check the spelling."


class MissingExtra(PinakesError):
    """An optional part is not installed; the hint is the line that installs it."""

    code, status, exit = "missing-extra", 501, EXIT_USAGE
    hint = "Install the extra that the message names."

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(f"{what} needs an extra that is not installed.", f"Run: pip install 'pinakes[{extra}]'")


class WrongSpace(BadInput):
    """Vectors of two encoders were about to be compared."""

    code, status = "wrong-space", 409
    hint = "Encode the library anew: pinakes models use NAME."


class DecoderDied(PinakesError):
    """The child process that read a medium was killed or crashed."""

    code, status = "decoder-died", 422
    exit = EXIT_BAD_INPUT
    hint = "Read it again with --retry; if it fails again, the file is damaged or wants too much."


class Busy(PinakesError):
    """Another process is writing to this library."""

    code, status = "busy", 503
    hint = "Wait until the other process is done, or stop it."


class ReadOnly(PinakesError):
    """The library can not be written to."""

    code, status = "read-only", 403
    hint = "Change the folder's permissions, or copy the library to where you may write."


class DiskFull(PinakesError):
    """No space is left for what had to be written."""

    code, status = "disk-full", 507
    hint = "Free some space and run it again; what was acknowledged is kept."


class StorageFailed(PinakesError):
    """The disk refused a read or a write."""

    code, status = "storage-failed", 500
    hint = "Check the disk, and restore a backup if it is failing."


class Damaged(PinakesError):
    """What is on disk does not match its checksum."""

    code, status = "damaged", 500
    hint = "Run: pinakes check --repair. If that does not help, restore a backup."


class NewerLibrary(PinakesError):
    """The library was written by a later version of Pinakes."""

    code, status = "newer-library", 409
    hint = "Update Pinakes: pip install --upgrade pinakes"


class DeadlinePassed(PinakesError):
    """A query took longer than its deadline."""

    code, status = "deadline", 503
    hint = "Ask for less, or raise query_seconds."


class HubUnreachable(PinakesError):
    """The hub from which models are fetched does not answer."""

    code, status = "hub-unreachable", 503
    hint = "Check the connection and run it again: it goes on where it stopped."


class HubRefused(PinakesError):
    """The hub wants to know who asks, or says no."""

    code, status = "hub-refused", 403
    hint = "Accept the model's terms on the hub, and put your token into HF_TOKEN."


class Interrupted(PinakesError):
    """The user or the system asked to stop; what was acknowledged is kept."""

    code, status, exit = "interrupted", 503, EXIT_INTERRUPTED
    hint = "Run it again: it goes on where it stopped."


class TrainingStopped(PinakesError):
    """Training can not go on, as the message says; the last good checkpoint is kept."""

    code, status, exit = "training-stopped", 422, EXIT_BAD_INPUT
    hint = "Lower the rate (train.rate) or shorten gradients (train.clip), and train again."


class NotAllowed(PinakesError):
    """A request came from another site, or under a name that is not the server's."""

    code, status = "not-allowed", 403
    hint = "Open the page by the address that `pinakes serve` prints, or list its name in the setting hosts."


class Overloaded(PinakesError):
    """More is asked of a server at once than it works on."""

    code, status = "overloaded", 503
    hint = "Try again in a moment."


class Conflict(PinakesError):
    """What is asked does not go with how things are."""

    code, status, exit = "conflict", 409, EXIT_BAD_INPUT
    hint = "Look how it is now, and ask for what goes with that."


class ChangedMeanwhile(Conflict):
    """What is to be changed was changed by someone else since it was looked at."""

    code = "changed-meanwhile"
    hint = "Look what it says now, and save again what is to stay."

    def __init__(self, message: str, hint: str = "", *, names: Sequence[str] = ()) -> None:
        super().__init__(message, hint)
        # The fields.
        self.names = tuple(names)


class Fault(PinakesError):
    """A fault of ours: what it was stands in the server's log under the number that the message tells."""

    code, status = "fault", 500
    hint = "Try again; if it fails again, report the number with what the log says of it."


class ServerUnreachable(PinakesError):
    """The server that holds a library does not answer."""

    code, status = "server-unreachable", 503
    hint = "Check the address and the connection, and that `pinakes serve` runs there."


class PortTaken(PinakesError):
    """The address on which to listen can not be had."""

    code, status = "port-taken", 500
    hint = "Choose another port with --port, or 0 for any that is free."


def nearest(name: str, known: Iterable[str]) -> str:
    """A sentence that offers the known names nearest to a wrong one."""
    names = sorted(known)
    close = get_close_matches(name, names, n=3, cutoff=0.5)
    if close:
        return f"Did you mean {' or '.join(close)}?"
    return f"Known: {', '.join(names) or 'none'}."


class LoginNeeded(PinakesError):
    """Who asks has not said who they are, or their session or token has ended."""

    code, status = "login-needed", 401
    hint = "Log in, or send a token that holds."


class NoRight(PinakesError):
    """Who asks may not do that."""

    code, status = "no-right", 403
    hint = "Ask an administrator."


class WrongPassword(BadInput):
    """A name and a password do not go together."""

    code, status = "wrong-password", 403
    hint = "Try again, or ask an administrator for a link by which to choose another."


class TooOften(PinakesError):
    """One address or account asks for more than the limits let it; `seconds` says when to come back."""

    code, status = "too-often", 429
    hint = "Wait as long as the answer says, and ask less often."

    def __init__(self, message: str, hint: str = "", *, seconds: float = 60.0) -> None:
        super().__init__(message, hint)
        self.seconds = seconds
