"""The page about the catalogue's tables and views."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator

from sqlalchemy import BigInteger, Column, Table

from docs.pages.markdown import block, code, page, table
from pinakes.catalogue import schema as tables
from pinakes.catalogue import views
from pinakes.catalogue.schema import METADATA

ABOUT = {
    "meta": "Facts about the catalogue itself, such as the version of its schema.",
    "counters": "The next number of each kind.",
    "collections": "Named sets of items with their cleaning steps.",
    "sources": "Folders, tables and archives from which items came.",
    "items": "Works.",
    "fields": "Metadata values, each with who told it.",
    "files": "The media of items, as they were when they were read.",
    "parts": "The searchable units of items.",
    "spaces": "Vector spaces, each with its encoder's fingerprint and its hasher.",
    "vector_blocks": "Full vectors, some thousand parts a block.",
    "codes": "One row for each part and space: its code, and where its vector lies.",
    "tombstones": "Rows of vector blocks whose part is gone.",
    "removed": "Items that were removed, for indexes that still hold them and for whoever harvests.",
    "users": "Readers and staff.",
    "sessions": "Who is logged in.",
    "jobs": "Runs of long work.",
    "failures": "Files that could not be read.",
    "events": "Searches and clicks.",
    "audit": "Who changed what.",
    "judgements": "What judges found relevant.",
    "tokens": "What programs show instead of a password, as hashes.",
    "invitations": "Who may register once, or choose a new password.",
    "tries": "Tries to log in that failed.",
    "shelves": "Shelves of persons.",
    "shelved": "Which items lie on which shelf.",
    "saved_searches": "Searches that persons keep.",
    "tasks": "Work that is waited for.",
}
VIEW = {
    "User": "readers and editors",
    "Administrator": "administrators",
    "Text": "parts that are texts, with the title of their item",
    "Picture": "parts that are pictures, with the file in which they are",
    "Text_feature": "hash codes of texts; `text_id` refers to `Text.id`",
    "Pic_feature": "hash codes of pictures; `pic_id` refers to `Picture.id`",
}
# Texts and pictures of one work with their codes: the joint query over the four tables of works and features.
JOINT = """SELECT "Text".title, "Text".content, "Picture".path, t.code AS text_code, p.code AS picture_code
FROM "Text"
JOIN "Picture" ON "Picture".item_id = "Text".item_id
JOIN "Text_feature" AS t ON t.text_id = "Text".id
JOIN "Pic_feature" AS p ON p.pic_id = "Picture".id AND p.space = t.space
ORDER BY "Text".item_id, "Text".id, "Picture".id, t.space"""
_INTRODUCTION = """The catalogue is the truth; everything else in a library's folder can be made from it and the
media. It is SQLite (`catalogue.sqlite` in the library's folder) or PostgreSQL (setting `catalogue`), with one
schema. It may be read with any tool at any time. Writing to it by hand is not safe: rows carry checksums, and the
index follows generations.

Text columns that hold lists or mappings are JSON. Times are seconds since 1970. Checksums are CRC-32 of the row's
other columns."""
_VIEWS = """The paper on IDCMH, a model of cross-modal hashing for digital libraries, keeps a library in six tables:
`User` and `Administrator` with the roles 0 and 1, `Text` and `Picture` for the works, and `Text_feature` and
`Pic_feature` for their hash codes, joined by foreign keys. They can be queried as views. Their names need quotation
marks, since `USER` is a word of SQL."""
_JOINED = """The joint query of that paper asks for texts and pictures together with their codes: here, the texts
and pictures of one work, in each space that both are in. It gives rows when an encoder for both modalities is in
use, such as a CLIP model (`pinakes models use clip-vit-b32`), and works have both texts and pictures."""
_SPACES = """The classical encoders have a space for each modality; leave out the condition `p.space = t.space` to
see their codes beside each other."""


def schema() -> str:
    """The page."""
    notes = _comments()
    pieces: list[str] = []
    for one in METADATA.tables.values():
        pieces += [f"### {one.name}", ABOUT[one.name], _columns(one, notes)]
    return page(
        "The catalogue's schema",
        _INTRODUCTION,
        "## Six views",
        _VIEWS,
        table(("view", "what it holds", "columns"), map(_view, views.VIEWS)),
        _JOINED,
        block(JOINT, "sql"),
        _SPACES,
        "## Tables",
        *pieces,
    )


def _columns(one: Table, notes: dict[tuple[str, str], str]) -> str:
    rows = [(code(c.name), _kind(c), _refers(c), notes.get((one.name, c.name), "")) for c in one.columns]
    return table(("column", "type", "key", "note"), rows)


def _kind(column: Column[object]) -> str:
    name = "integer" if isinstance(column.type, BigInteger) else type(column.type).__name__.lower()
    name = {"largebinary": "bytes", "float": "number"}.get(name, name)
    return name + (", may be empty" if column.nullable else "")


def _refers(column: Column[object]) -> str:
    keys = ["primary"] if column.primary_key else []
    keys += ["unique"] if column.unique else []
    keys += [f"of `{key.target_fullname.partition('.')[0]}`" for key in column.foreign_keys]
    return ", ".join(keys)


def _view(name: str) -> tuple[str, ...]:
    selected = views.VIEWS[name].partition("FROM")[0].replace("SELECT", "", 1)
    # A comma between the arguments of a function parts no columns.
    pieces = re.split(r",(?![^()]*\))", selected)
    columns = [piece.split()[-1].rpartition(".")[2] for piece in pieces]
    return code(name), VIEW[name], ", ".join(map(code, columns))


def _comments() -> dict[tuple[str, str], str]:
    """The comments in the source right above a column, which say what its name does not."""
    source = inspect.getsource(tables)
    lines = source.splitlines()
    written = _written_columns(source)
    return {(where, name): note for where, name, line in written if (note := _above(lines, line))}


def _written_columns(source: str) -> Iterator[tuple[str, str, int]]:
    """Table, column and line of each column as it is written."""
    for node in ast.walk(ast.parse(source)):
        if not (isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Table"):
            continue
        where = node.args[0]
        for argument in node.args[2:]:
            if isinstance(argument, ast.Call) and isinstance(where, ast.Constant):
                words = [one.value for one in argument.args if isinstance(one, ast.Constant)]
                maker = getattr(argument.func, "id", "")
                if maker in ("Column", "_text", "_to") and words:
                    yield str(where.value), str(words[-1] if maker == "_to" else words[0]), argument.lineno


def _above(lines: list[str], line: int) -> str:
    """The comment right above a line, counted from 1."""
    found: list[str] = []
    # A comment above a whole table is about the table.
    at = -1 if "Table(" in lines[line - 1] else line - 2
    while at >= 0 and lines[at].strip().startswith("#"):
        found.insert(0, lines[at].strip().lstrip("# "))
        at -= 1
    return " ".join(found)
