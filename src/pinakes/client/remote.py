"""A library that a server holds, searched and read as one's own is."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, TypeAlias
from urllib.parse import quote

from pinakes.client.found import Item, Part, Results, Told, Upload, item, made
from pinakes.client.tasks import Task, Tasks
from pinakes.client.wire import Patience, Wire
from pinakes.errors import Unreadable

Medium: TypeAlias = str | os.PathLike[str] | bytes | IO[bytes]
_PIECE = 1 << 18


def connect(address: str, *, token: str = "", patience: Patience | None = None) -> RemoteLibrary:
    """The library that is served at an address; a token says for whom, and what it may be used for."""
    return RemoteLibrary(Wire(address, token, patience or Patience()))


class RemoteLibrary:
    """One library that is served elsewhere; `with` gives its connection back."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        # Work in the background, for staff.
        self.tasks = Tasks(wire)

    def __enter__(self) -> RemoteLibrary:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<RemoteLibrary {self._wire.address}>"

    def close(self) -> None:
        """Give the connection back."""
        self._wire.close()

    # Searching

    def search(
        self,
        query: str = "",
        *,
        image: Medium | None = None,
        audio: Medium | None = None,
        file: Medium | None = None,
        item: int | None = None,
        terms: Sequence[str] = (),
        where: str | Sequence[str] = (),
        mode: str = "precise",
        limit: int = 10,
        page: str = "",
        facets: bool = True,
        understand: bool = False,
        plain: Sequence[str] = (),
    ) -> Results:
        """Find parts with words, media and items together; `terms` are terms with a sign or weight: `-item:3`.

        With `understand` plain words are searched for as what they mean, but for those named in `plain`.
        """
        handed = [self.hand_in(one).term for one in (image, audio, file) if one is not None]
        named = [*handed, *([f"item:{item}"] if item is not None else []), *terms]
        filters = [where] if isinstance(where, str) else list(where)
        pairs = [("q", query), ("mode", mode), ("limit", str(limit)), ("facets", str(facets).lower())]
        pairs += [("with", term) for term in named] + [("where", one) for one in filters if one]
        pairs += [("understand", "on" if understand else "off"), *(("plain", words) for words in plain)]
        return self._searched(pairs, page)

    def _searched(self, pairs: Sequence[tuple[str, str]], page: str) -> Results:
        told = self._wire.get("/search", [*pairs, ("page", page)] if page else pairs)
        return Results(told, lambda token: self._searched(pairs, token))

    def hand_in(self, medium: Medium, title: str = "") -> Upload:
        """Hand in a medium to search with: a path, its bytes, or a file; the same bytes are kept once."""
        return made(Upload, self._handed("/uploads", medium, title, {}))

    def suggest(self, begun: str) -> list[str]:
        """Words of the library that begin so, the most frequent first."""
        return list(self._wire.get("/suggestions", [("q", begun)])["words"])

    # Looking at what there is

    def item(self, number: int) -> Item:
        """One item with its metadata and files."""
        return item(self._wire.get(f"/items/{number:d}"))

    def parts(self, number: int, *, at_once: int = 100) -> Iterator[Part]:
        """The parts of an item, the leading one first; asked for as they are reached."""
        page = ""
        while True:
            told = self._wire.get(f"/items/{number:d}/parts", [("limit", str(at_once)), ("page", page)])
            yield from (made(Part, one) for one in told["parts"])
            page = told["next_page"]
            if not page:
                return

    def part(self, number: int) -> Part:
        """One part."""
        return made(Part, self._wire.get(f"/parts/{number:d}"))

    def cite(self, number: int, format: str = "bibtex") -> str:
        """An item as a citation: bibtex, ris or dublin-core."""
        with self._wire.answer("GET", f"/items/{number:d}/citation", [("format", format)]) as response:
            return response.read().decode("utf-8")

    def preview(self, part: int) -> bytes:
        """The small picture of a part, as a JPEG."""
        with self._wire.answer("GET", f"/parts/{part:d}/thumbnail") as response:
            return response.read()

    def download(self, part: int, target: str | os.PathLike[str]) -> Path:
        """Save the original of a part under a name; a download that breaks off leaves nothing there."""
        path = Path(target)
        place = path.with_name(f"{path.name}.part")
        try:
            with self._wire.answer("GET", f"/parts/{part:d}/original") as response, place.open("wb") as file:
                while piece := response.read(_PIECE):
                    file.write(piece)
            place.replace(path)
        finally:
            place.unlink(missing_ok=True)
        return path

    def collections(self) -> dict[str, int]:
        """The collections, and how many works each has; for staff."""
        return {one["name"]: one["works"] for one in self._wire.get("/collections")["collections"]}

    # Saying what works are

    def told(self, number: int) -> dict[str, Told]:
        """What is told of an item's fields, and by whom; for staff."""
        return _told(self._wire.get(f"/items/{number:d}/fields"))

    def edit(
        self, number: int, fields: Mapping[str, str | Sequence[str]], *, seen: Mapping[str, Told] | None = None
    ) -> dict[str, Told]:
        """Say otherwise what an item is, field by field; what is left out stays, and what is empty is emptied.

        With what `told` has told as `seen`, a field that someone else has changed since is not overwritten.
        """
        said = {name: [one] if isinstance(one, str) else list(one) for name, one in fields.items()}
        marks = {name: seen[name].mark for name in said if name in seen} if seen else {}
        return _told(self._wire.send("PUT", f"/items/{number:d}/fields", body={"fields": said, "marks": marks}))

    # Adding

    def add(self, file: Medium, title: str = "", *, collection: str = "main", key: str = "") -> Task:
        """Hand in a file or an archive to be kept in a collection; the task adds it, once under one key."""
        path = f"/collections/{quote(collection, safe='')}/files"
        return made(Task, self._handed(path, file, title, {"Idempotency-Key": key} if key else {}))

    def _handed(self, path: str, medium: Medium, title: str, headers: Mapping[str, str]) -> Any:
        """What is answered to the bytes of a medium, under its title or the name of its file."""
        with _opened(medium) as (opened, name):
            told = {"Content-Type": "application/octet-stream", "X-File-Name": quote(title or name), **headers}
            with self._wire.answer("POST", path, (), opened, told) as response:
                return json.load(response)

    # All the rest

    def ask(self, method: str, path: str, body: Any = None, **parameters: Any) -> Any:
        """Whatever else the API has, such as `ask("GET", "/audit")`: told and answered as JSON has it."""
        pairs = [(name, str(value)) for name, value in parameters.items()]
        return self._wire.send(method, path, body=body, pairs=pairs)

    def health(self) -> Mapping[str, Any]:
        """Whether it can be searched, the version of its server, and how many items it has."""
        told: dict[str, Any] = self._wire.get("/health")
        return told


def _told(answer: Mapping[str, Any]) -> dict[str, Told]:
    return {name: made(Told, one) for name, one in answer["fields"].items()}


@contextmanager
def _opened(medium: Medium) -> Iterator[tuple[IO[bytes], str]]:
    """A medium as an open file, and its name where it has one."""
    if isinstance(medium, bytes):
        yield io.BytesIO(medium), ""
        return
    if not isinstance(medium, str | os.PathLike):
        yield medium, ""
        return
    path = Path(medium)
    try:
        opened = path.open("rb")
    except OSError as error:
        raise Unreadable(f"{path} can not be read: {error.strerror or error}.") from error
    with opened:
        yield opened, path.name
