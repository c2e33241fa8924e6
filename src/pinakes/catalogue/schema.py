"""The tables of the catalogue, the same on SQLite and PostgreSQL."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Float, ForeignKey, Index, Integer, LargeBinary, MetaData, Table, Text

METADATA = MetaData()

# SQLite makes a table's own row number of an INTEGER key, and only of that.
Id = BigInteger().with_variant(Integer(), "sqlite")


def _id() -> Column[int]:
    return Column("id", Id, primary_key=True, autoincrement=False)


def _to(target: str, name: str, *, nullable: bool = False, index: bool = True) -> Column[int]:
    # An index is left out where the target is hardly ever deleted: each one costs every insertion.
    return Column(name, Id, ForeignKey(f"{target}.id", ondelete="CASCADE"), nullable=nullable, index=index)


def _text(name: str, default: str = "") -> Column[str]:
    return Column(name, Text, nullable=False, default=default, server_default=default)


def _checksum() -> Column[int]:
    """CRC-32 of the row's other columns: SQLite has none of its own, so that rot would be served silently."""
    return Column("checksum", BigInteger, nullable=False)


meta = Table("meta", METADATA, Column("name", Text, primary_key=True), _text("value"))

# Identifiers are given out here and never again, also on PostgreSQL: there is one writer.
counters = Table("counters", METADATA, Column("name", Text, primary_key=True), Column("next", Id, nullable=False))

collections = Table(
    "collections",
    METADATA,
    _id(),
    Column("name", Text, nullable=False, unique=True),
    _text("cleaning", "[]"),
    Column("created", Float, nullable=False),
)

sources = Table(
    "sources",
    METADATA,
    _id(),
    _to("collections", "collection_id"),
    _text("kind"),
    Column("address", LargeBinary, nullable=False, unique=True),
    _text("options", "{}"),
)

items = Table(
    "items",
    METADATA,
    _id(),
    _to("collections", "collection_id", index=False),
    _to("sources", "source_id", nullable=True, index=False),
    # What the source calls the work: the path's bytes, or the table's own id.
    Column("key", LargeBinary, nullable=False),
    _text("title"),
    _text("language"),
    _text("state", "ready"),
    Column("added", Float, nullable=False),
    Column("changed", Float, nullable=False),
    # The generation that last touched it; an index that is older looks at it again.
    Column("changed_in", BigInteger, nullable=False, index=True),
    _checksum(),
    Index("items_key", "key", unique=True),
)

fields = Table(
    "fields",
    METADATA,
    Column("item_id", Id, ForeignKey("items.id", ondelete="CASCADE"), primary_key=True),
    # The file that told it; 0: told by a person.
    Column("file_id", Id, primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True),
    _text("name"),
    _text("value"),
    _text("origin", "medium"),
    _checksum(),
    sqlite_with_rowid=False,
)

files = Table(
    "files",
    METADATA,
    _id(),
    _to("items", "item_id"),
    Column("path", LargeBinary, nullable=False, unique=True),
    _text("role", "medium"),
    _text("kind"),
    Column("size", BigInteger, nullable=False, index=True),
    Column("mtime_ns", BigInteger, nullable=False),
    _text("sha256"),
    # Hash of what the source says of the file: a changed table or sidecar is a change of the work.
    _text("told"),
    _text("state", "here"),
    _text("facts", "{}"),
    _text("notes", "[]"),
    _checksum(),
)

parts = Table(
    "parts",
    METADATA,
    _id(),
    _to("items", "item_id"),
    Column("file_id", Id),
    Column("position", Integer, nullable=False),
    _text("modality"),
    _text("place", "{}"),
    _text("text"),
    _text("language"),
    Column("signature", BigInteger),
    _text("flags", "[]"),
    _text("cleaning", "[]"),
    _checksum(),
)

spaces = Table(
    "spaces",
    METADATA,
    _id(),
    _text("name"),
    _text("fingerprint"),
    _text("modalities", "[]"),
    Column("dim", Integer, nullable=False),
    _text("metric"),
    _text("state", "active"),
    _text("hasher"),
    Column("bits", Integer, nullable=False),
    Column("hasher_bytes", LargeBinary, nullable=False),
    # Raised when all codes of the space are made anew.
    Column("code_version", Integer, nullable=False, default=0),
    Column("created", Float, nullable=False),
    _checksum(),
    Index("spaces_name", "name", "fingerprint", unique=True),
)

vector_blocks = Table(
    "vector_blocks",
    METADATA,
    _id(),
    _to("spaces", "space_id"),
    Column("rows", Integer, nullable=False),
    Column("part_ids", LargeBinary, nullable=False),
    Column("vectors", LargeBinary, nullable=False),
    _checksum(),
)

codes = Table(
    "codes",
    METADATA,
    Column("part_id", Id, ForeignKey("parts.id", ondelete="CASCADE"), primary_key=True),
    Column("space_id", Id, primary_key=True),
    # Where the part's full vector lies; of several the first, that of the whole. Their codes stand side by side, too.
    Column("block_id", Id, nullable=False),
    Column("block_row", Integer, nullable=False),
    Column("code", LargeBinary, nullable=False),
    _checksum(),
    sqlite_with_rowid=False,
)

# Rows of vector blocks whose part is gone; the block is rewritten when they are many.
tombstones = Table(
    "tombstones",
    METADATA,
    Column("block_id", Id, ForeignKey("vector_blocks.id", ondelete="CASCADE"), primary_key=True),
    Column("block_row", Integer, primary_key=True),
)

# Items that are gone: for an older index that still holds them, and for whoever harvests the catalogue.
removed = Table(
    "removed",
    METADATA,
    Column("item_id", Id, primary_key=True, autoincrement=False),
    Column("generation", BigInteger, nullable=False, index=True),
    # When, and of which collection; that of items that went before this was kept is not known.
    Column("at", Float, nullable=False, default=0.0, server_default="0"),
    Column("collection_id", Id),
)

users = Table(
    "users",
    METADATA,
    _id(),
    Column("name", Text, nullable=False, unique=True),
    _text("email"),
    _text("password"),
    # 0 reader, 1 administrator, 2 editor.
    Column("role", Integer, nullable=False, default=0),
    _text("state", "active"),
    Column("created", Float, nullable=False),
    # What others see of the name, whether searches are remembered (1) or not, and when the person was here last.
    _text("shown"),
    Column("remembers", Integer, nullable=False, default=1, server_default="1"),
    Column("seen", Float),
)

sessions = Table(
    "sessions",
    METADATA,
    Column("token_hash", Text, primary_key=True),
    _to("users", "user_id"),
    Column("created", Float, nullable=False),
    Column("seen", Float, nullable=False),
    Column("expires", Float, nullable=False),
)

jobs = Table(
    "jobs",
    METADATA,
    _id(),
    _text("kind"),
    _text("state", "running"),
    Column("created", Float, nullable=False),
    Column("ended", Float),
    Column("done", BigInteger, nullable=False, default=0),
    Column("failed", BigInteger, nullable=False, default=0),
    _text("details", "{}"),
)

# Files that could not be read and have not changed since.
failures = Table(
    "failures",
    METADATA,
    Column("path", LargeBinary, primary_key=True),
    _to("jobs", "job_id"),
    Column("size", BigInteger, nullable=False, default=0),
    Column("mtime_ns", BigInteger, nullable=False, default=0),
    _text("told"),
    _text("code"),
    _text("message"),
    _text("hint"),
    Column("at", Float, nullable=False),
)

events = Table(
    "events",
    METADATA,
    _id(),
    Column("at", Float, nullable=False),
    _text("kind"),
    _to("users", "user_id", nullable=True),
    _to("items", "item_id", nullable=True),
    _text("details", "{}"),
)

audit = Table(
    "audit",
    METADATA,
    _id(),
    Column("at", Float, nullable=False),
    Column("user_id", Id),
    _text("action"),
    _text("subject"),
    _text("details", "{}"),
)

# What judges found relevant to a query in the term language.
judgements = Table(
    "judgements",
    METADATA,
    Column("judge", Text, primary_key=True),
    Column("query", Text, primary_key=True),
    Column("item_id", Id, ForeignKey("items.id", ondelete="CASCADE"), primary_key=True, index=True),
    # 0: not relevant; 1 to 3: relevant, and how much.
    Column("grade", Integer, nullable=False),
    Column("at", Float, nullable=False),
)

# What programs show instead of a password; only a hash of it is kept.
tokens = Table(
    "tokens",
    METADATA,
    _id(),
    _to("users", "user_id"),
    _text("name"),
    Column("token_hash", Text, nullable=False, unique=True),
    _text("scopes", "[]"),
    Column("created", Float, nullable=False),
    Column("expires", Float),
    Column("seen", Float),
)

# Whoever holds one may register once.
invitations = Table(
    "invitations",
    METADATA,
    Column("token_hash", Text, primary_key=True),
    Column("role", Integer, nullable=False, default=0),
    # Set where it lets a person choose a new password instead of registering.
    _to("users", "user_id", nullable=True),
    Column("created_by", Id),
    _text("note"),
    Column("created", Float, nullable=False),
    Column("expires", Float, nullable=False),
    Column("used", Float),
)

# Tries to log in that failed, by account and by address.
tries = Table("tries", METADATA, _id(), Column("key", Text, nullable=False, index=True), Column("at", Float))

shelves = Table(
    "shelves",
    METADATA,
    _id(),
    _to("users", "user_id"),
    _text("name"),
    _text("about"),
    Column("created", Float, nullable=False),
    Index("shelves_name", "user_id", "name", unique=True),
)

shelved = Table(
    "shelved",
    METADATA,
    Column("shelf_id", Id, ForeignKey("shelves.id", ondelete="CASCADE"), primary_key=True),
    Column("item_id", Id, ForeignKey("items.id", ondelete="CASCADE"), primary_key=True, index=True),
    _text("note"),
    Column("added", Float, nullable=False),
)

# Searches that a person keeps: the values of the search page's address.
saved_searches = Table(
    "saved_searches",
    METADATA,
    _id(),
    _to("users", "user_id"),
    _text("name"),
    _text("address"),
    Column("created", Float, nullable=False),
    # When its owner looked at it last; empty: never since.
    Column("opened", Float),
    Index("saved_searches_name", "user_id", "name", unique=True),
)

# Work that is waited for, taken by one worker at a time; `jobs` records what a library did, this what it shall do.
tasks = Table(
    "tasks",
    METADATA,
    _id(),
    _text("kind"),
    _text("arguments", "{}"),
    _to("users", "user_id", nullable=True),
    # waiting, running, paused, done, failed, cancelled.
    _text("state", "waiting"),
    # What is wished of a running one: "", pause or cancel.
    _text("wish"),
    # What whoever asked for it calls the request: asked twice, it is done once.
    Column("request_key", Text),
    Column("created", Float, nullable=False),
    # Not before then: a retry waits longer each time.
    Column("due", Float, nullable=False),
    Column("started", Float),
    Column("ended", Float),
    Column("attempts", Integer, nullable=False, default=0),
    _text("worker"),
    # The worker's last sign of life.
    Column("beat", Float),
    Column("done", BigInteger, nullable=False, default=0),
    Column("total", BigInteger, nullable=False, default=0),
    Column("failed", BigInteger, nullable=False, default=0),
    _text("message"),
    # What came of it, or the error.
    _text("result", "{}"),
    Index("tasks_state", "state", "due"),
    Index("tasks_request", "user_id", "request_key", unique=True),
)
