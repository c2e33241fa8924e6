"""The hub over HTTP: what a repository holds, and its files from any byte on. Standard library only."""

from __future__ import annotations

import http.client
import json
import re
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pinakes.encoders.hub.record import safe_name
from pinakes.errors import BadInput, BadSetting, HubRefused, HubUnreachable, NotFound, PinakesError, TooLarge
from pinakes.limits import Limits

T = TypeVar("T")

AGENT = "pinakes"
# Failures that may pass: too many requests, and the server's own.
PASSING = (408, 425, 429, 500, 502, 503, 504)
# Seconds to wait for a server that is silent, and between tries.
TIMEOUT, FIRST_WAIT, LONGEST_WAIT = 30.0, 0.5, 30.0
TRIES = 6
# Tries while there is no connection at all: without a network nobody wants to wait long.
CONNECTION_TRIES = 3
_REPOSITORY = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}")
_REVISION = re.compile(r"[A-Za-z0-9][\w./-]{0,127}")


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file as the hub lists it; large files have a SHA-256, small ones the SHA-1 of their git object."""

    name: str
    size: int
    sha256: str = ""
    git_sha1: str = ""


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository at one commit."""

    name: str
    revision: str
    licence: str


@dataclass(frozen=True, slots=True)
class Hub:
    """A hub's address and who asks; `wait` sleeps between tries."""

    address: str
    token: str = ""
    limits: Limits = field(default_factory=Limits)
    wait: Callable[[float], None] = time.sleep
    timeout: float = TIMEOUT

    def __post_init__(self) -> None:
        if urllib.parse.urlsplit(self.address).scheme not in ("http", "https"):
            raise BadSetting(f"The hub's address must begin with https://, not {self.address!r}.")

    def repository(self, name: str, revision: str = "main") -> Repository:
        """What the hub says of a repository, and the commit that a revision names."""
        checked_names(name, revision)
        info, _ = self._json(f"{self.address}/api/models/{name}/revision/{urllib.parse.quote(revision, safe='')}", name)
        card = info.get("cardData") if isinstance(info, dict) else None
        licence = card.get("license") if isinstance(card, dict) else None
        commit = info.get("sha") if isinstance(info, dict) else None
        if not isinstance(commit, str) or not _REVISION.fullmatch(commit):
            raise HubUnreachable(f"{self.address} does not answer as a hub does.", "Check the setting hub.")
        return Repository(name, commit, licence if isinstance(licence, str) else "")

    def files(self, repository: Repository) -> list[RemoteFile]:
        """All files of a repository at its commit, page by page."""
        url = f"{self.address}/api/models/{repository.name}/tree/{repository.revision}?recursive=true"
        found: list[RemoteFile] = []
        while url:
            page, following = self._json(url, repository.name)
            found += [_remote_file(entry) for entry in page if entry.get("type") == "file"]
            if len(found) > self.limits.max_model_files:
                raise TooLarge(
                    f"{repository.name} has more than {self.limits.max_model_files} files.",
                    "Raise max_model_files if you trust this model.",
                )
            # Only the same hub is asked for more.
            url = following if following.startswith(self.address) else ""
        return found

    def file_url(self, repository: Repository, name: str) -> str:
        """Where a file's bytes are."""
        return f"{self.address}/{repository.name}/resolve/{repository.revision}/{urllib.parse.quote(safe_name(name))}"

    def open(self, url: str, start: int = 0) -> Any:
        """An open response from a byte on; the server may answer with the whole all the same."""
        headers = {"User-Agent": AGENT, "Accept-Encoding": "identity"}
        if start:
            headers["Range"] = f"bytes={start}-"
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        request = urllib.request.Request(url, headers=headers)  # noqa: S310  # the opener knows http and https only
        return _opener().open(request, timeout=self.timeout)

    def tried(self, what: str, attempt: Callable[[], T]) -> T:
        """The result of an attempt, made again after failures that may pass, later each time."""
        pause = FIRST_WAIT
        for tried in range(1, TRIES + 1):
            most = TRIES
            try:
                return attempt()
            except urllib.error.HTTPError as error:
                with error:
                    if error.code not in PASSING:
                        raise explained_status(error.code, what, self.token) from error
                    failure = HubUnreachable(
                        f"{what}: the hub answers {error.code} {error.reason}.", "Try again later."
                    )
                    pause = max(pause, _asked_pause(error))
            except urllib.error.URLError as error:
                failure, most = self._unreachable(what, error), CONNECTION_TRIES
            except (OSError, http.client.HTTPException, EOFError) as error:
                failure = self._unreachable(what, error)
            if tried >= most:
                raise failure
            self.wait(min(pause, LONGEST_WAIT))
            pause *= 2
        raise HubUnreachable(what)  # never reached: the last try returns or raises

    def _unreachable(self, what: str, error: Exception) -> HubUnreachable:
        if isinstance(error, urllib.error.URLError):
            happened = f"{self.address} can not be reached ({error.reason})"
        else:
            happened = f"the connection to {self.address} failed ({error})"
        return HubUnreachable(
            f"{what}: {happened}.",
            "Check the network, or fetch the files elsewhere and give their folder: pinakes models pull FOLDER.",
        )

    def _json(self, url: str, what: str) -> tuple[Any, str]:
        """A JSON answer, and the address of the next page."""

        def attempt() -> tuple[bytes, str]:
            with self.open(url) as answer:
                return answer.read(self.limits.max_model_config_bytes + 1), answer.headers.get("Link", "")

        data, link = self.tried(what, attempt)
        if len(data) > self.limits.max_model_config_bytes:
            raise TooLarge(f"{what}: the hub's answer passes {self.limits.max_model_config_bytes} bytes.")
        try:
            content = json.loads(data)
        except (ValueError, RecursionError):
            raise HubUnreachable(f"{self.address} does not answer as a hub does.", "Check the setting hub.") from None
        following = re.search(r'<([^>]+)>;\s*rel="next"', link)
        return content, following[1] if following else ""


class _SameHost(urllib.request.HTTPRedirectHandler):
    """Follows to other hosts without the token, and never from https down to http."""

    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:
        old, new = urllib.parse.urlsplit(req.full_url), urllib.parse.urlsplit(newurl)
        if new.scheme not in ("http", "https") or (old.scheme == "https" and new.scheme == "http"):
            raise HubRefused(f"The hub sends on to {new.scheme}://{new.netloc}, which is not safe.")
        request = super().redirect_request(req, fp, code, msg, headers, newurl)
        if request is not None and (old.scheme, old.netloc) != (new.scheme, new.netloc):
            request.remove_header("Authorization")
        return request


def _opener() -> urllib.request.OpenerDirector:
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
        _SameHost(),
    ):
        opener.add_handler(handler)
    return opener


def checked_names(name: str, revision: str) -> None:
    """Refuse what can not be a repository or a revision before it becomes part of an address."""
    if not _REPOSITORY.fullmatch(name):
        raise BadInput(f"{name!r} is not the name of a repository.", "It should look like owner/name.")
    if not _REVISION.fullmatch(revision) or ".." in revision:
        raise BadInput(f"{revision!r} is not the name of a revision.", "Give a branch, a tag or a commit.")


def explained_status(status: int, what: str, token: str) -> PinakesError:
    """Which of our errors an HTTP status is."""
    if status == 404:
        return NotFound(f"{what}: the hub has nothing of that name.", "Check its spelling and revision.")
    if status in (401, 403):
        hint = (
            "Your token is not allowed to read it: accept its terms on the hub's page first."
            if token
            else "It may not exist, be private, or ask for its terms to be accepted: set HF_TOKEN to a token of yours."
        )
        return HubRefused(f"{what}: the hub refuses access ({status}).", hint)
    return HubRefused(f"{what}: the hub refuses the request ({status}).", "Try again later.")


def _asked_pause(error: urllib.error.HTTPError) -> float:
    value = error.headers.get("Retry-After", "") if error.headers else ""
    return float(value) if value.isdigit() else 0.0


def _remote_file(entry: dict[str, Any]) -> RemoteFile:
    try:
        large = entry.get("lfs")
        if isinstance(large, dict):
            return RemoteFile(safe_name(entry["path"]), int(large["size"]), sha256=str(large["oid"]))
        return RemoteFile(safe_name(entry["path"]), int(entry["size"]), git_sha1=str(entry["oid"]))
    except (KeyError, TypeError, ValueError) as error:
        raise HubUnreachable(f"The hub's listing can not be read: {error!r}.", "Check the setting hub.") from error
