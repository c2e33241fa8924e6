"""The page of the benchmarks that can be learned from: the files of each layout, and the protocols by name."""

from __future__ import annotations

from docs.pages.markdown import code, page, table
from pinakes.learn.data.layouts import LAYOUTS
from pinakes.learn.data.protocols import PROTOCOLS, Protocol

_INTRODUCTION = """A benchmark is read from a folder in which its files lie as they were downloaded. Pictures that are
listed but not there are left out, and how many were is told; where there is no folder of pictures at all, the texts and
labels are read alone. Nothing in a file is unpickled or run. `.mat` and `.h5` files need `pip install
'pinakes[train]'`."""
_PROTOCOLS = """How many rows ask and how many are learned from. All that does not ask is the database, so that what is
learned from can be found; relevant is what shares a label. Of the lists that came with a benchmark the official parts
are taken: then no number stands here. Other rows are drawn by chance, by the seed, and rows of equal content are never
parted. A figure means nothing without the name of its protocol: mAP of one method differs by up to 7 points between
two of them."""


def layouts() -> str:
    """The page."""
    every = [LAYOUTS.get(name) for name in LAYOUTS]
    protocols = [PROTOCOLS.get(name) for name in PROTOCOLS]
    return page(
        "Benchmarks to learn from",
        _INTRODUCTION,
        table(("layout", "what it is", "files"), [(code(each.name), each.about, each.files) for each in every]),
        "## Protocols",
        _PROTOCOLS,
        table(("protocol", "layout", "pairs", "labels", "ask", "learn", "after"), [_row(each) for each in protocols]),
    )


def _row(protocol: Protocol) -> tuple[str, ...]:
    depth = f"; mAP looks at the first {protocol.depth:,}" if protocol.depth else ""
    return (
        code(protocol.name),
        code(protocol.layout),
        f"{protocol.pairs:,}",
        str(protocol.labels or "none"),
        _count(protocol.query),
        _count(protocol.train),
        protocol.source + depth,
    )


def _count(rows: int | None) -> str:
    return "official" if rows is None else f"{rows:,}"
