"""Trials of the bounds on queries, models and the disk."""

from __future__ import annotations

import itertools
import os
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pinakes.catalogue.catalogue import Catalogue
from pinakes.encoders.hub.configs import read_json
from pinakes.encoders.hub.pull import check_size
from pinakes.encoders.hub.remote import Hub
from pinakes.index.snapshot import Deadline
from pinakes.library import Library
from pinakes.limits import MIB, Limits
from pinakes.search.encode import Encoded, _add_words
from pinakes.search.paging import Page, page_of, token
from pinakes.search.query.parse import parse
from pinakes.search.query.terms import TextTerm
from pinakes.settings import Settings
from pinakes.words.analyse import analyser
from tests.encoders.hub.fake_hub import REPOSITORY, running
from tests.limits.trials import taken, trial, written


@trial("max_query_chars")
def query_chars(more: int, folder: Path) -> bool:
    return taken("max_query_chars", lambda: parse("x" * (10 + more), Limits(max_query_chars=10)), "bad-query")


@trial("max_query_terms")
def query_terms(more: int, folder: Path) -> bool:
    query = " + ".join("abc"[: 2 + more])
    return taken("max_query_terms", lambda: parse(query, Limits(max_query_terms=2)), "bad-query")


@trial("max_query_words")
def query_words(more: int, folder: Path) -> bool:
    words = itertools.islice(map("word{}".format, itertools.count()), 5 + more)
    encoded = Encoded()
    snapshot: Any = SimpleNamespace(
        languages=lambda: ["en"], main_languages=lambda: {"en"}, spoken=lambda query: {"en"}
    )
    most = Limits(max_query_words=5).max_query_words
    _add_words(encoded, TextTerm(" ".join(words)), 0, analyser(Settings()), snapshot, most)
    return len(encoded.clauses) == 5 + more


@trial("max_prefix_words")
def prefix_words(more: int, folder: Path) -> bool:
    with holding(folder, 3 + more, max_prefix_words=3) as library:
        return library.search("harbour*").total == 3 + more


@trial("max_results")
def results(more: int, folder: Path) -> bool:
    with holding(folder, 1, max_results=3) as library:
        return taken("max_results", lambda: library.search("harbour*", limit=3 + more), "usage")


def holding(folder: Path, texts: int, **limits: int) -> Library:
    """A library of so many texts, each with a word of its own."""
    (folder / "texts").mkdir()
    for number in range(texts):
        (folder / "texts" / f"{number}.txt").write_text(f"harbour{'abcdef'[number]}")
    library = Library.open(folder / "library", create=True, settings=limits)
    library.add(folder / "texts")
    return library


@trial("max_depth")
def depth(more: int, folder: Path) -> bool:
    asked = token(Page(1, 100 + more), "question")
    return taken("", lambda: page_of(asked, "question", Limits(max_depth=100)), "bad-query")


@trial("query_seconds")
def query_seconds(more: int, folder: Path) -> bool:
    clock = SimpleNamespace(monotonic=lambda: now)
    now = time.monotonic()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pinakes.index.snapshot.time", clock)
        deadline = Deadline.after(Limits(query_seconds=5).query_seconds)
        now += 5 + more
        return taken("query_seconds", deadline.check, "deadline")


@trial("max_model_bytes")
def model_bytes(more: int, folder: Path) -> bool:
    settings = replace(Settings(), limits=Limits(max_model_bytes=100))
    return taken("max_model_bytes", lambda: check_size("a model", 100 + more, folder, settings))


@trial("max_model_files")
def model_files(more: int, folder: Path) -> bool:
    with running({f"{number}.json": b"{}" for number in range(5 + more)}) as fake:
        hub = Hub(fake.address, limits=Limits(max_model_files=5))
        return taken("max_model_files", lambda: hub.files(hub.repository(REPOSITORY)))


@trial("max_model_config_bytes")
def config_bytes(more: int, folder: Path) -> bool:
    path = written(folder, b"{}".ljust(100 + more), "config.json")
    return taken("max_model_config_bytes", lambda: read_json(path, Limits(max_model_config_bytes=100)))


@trial("min_free_mib")
def free_mib(more: int, folder: Path) -> bool:
    if os.name == "nt":
        pytest.skip("not looked at on Windows")
    # The bound is a least: one more than it is one MiB less.
    disk = SimpleNamespace(f_bavail=(64 - more) * MIB, f_frsize=1)
    settings = replace(Settings(), limits=Limits(min_free_mib=64))
    catalogue = Catalogue.open(folder / "library", settings, create=True)
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(os, "statvfs", lambda path: disk)
            return taken("min_free_mib", catalogue.check_space, "disk-full")
    finally:
        catalogue.close()


@trial("max_understood_words")
def understood_words(more: int, folder: Path) -> bool:
    with holding(folder, 1, max_understood_words=4) as library:
        return bool(library.understood("boats before 1930" + " x" * (1 + more)).findings)


@trial("max_authority_names")
def authority_names(more: int, folder: Path) -> bool:
    (folder / "works.csv").write_text("title,creator\n" + "".join(f"a,Name{'abcd'[n]}\n" for n in range(3 + more)))
    with Library.open(folder / "library", create=True, settings={"max_authority_names": 4}) as library:
        library.add(folder / "works.csv", collection="one")
        return len(library.understanding.authorities()) == 4 + more
