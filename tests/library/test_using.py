"""Encoding a library anew: in the background of its use, to be stopped and taken up, beside other encoders."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pinakes.catalogue import examples
from pinakes.encoders.base import ENCODERS, Description, unit_rows
from pinakes.errors import UnknownName, WrongSpace
from pinakes.library import Library
from pinakes.settings import Settings
from pinakes.types import Floats
from tests.library.test_adding import RED, picture

DIM = 48
TEXTS = ("sail and mast", "oven and bread", "violin and bow", "snow and ice", "lamp and wick", "goat and hill")


class Letters:
    """Counts letters, turned by its version; a query lies far from every passage, as with real models."""

    def __init__(self, name: str, version: int) -> None:
        fingerprint = hashlib.sha256(f"{name} {version}".encode()).hexdigest()
        self.description = Description(name, ("text",), DIM, "cosine", "MIT", 0, fingerprint)
        self.turn = np.linalg.qr(np.random.default_rng(version).normal(size=(DIM, DIM)))[0].astype(np.float32)
        self.encoded: list[str] = []

    def encode(self, modality: str, batch: Any) -> Floats:
        self.encoded += batch
        return self._rows(batch)

    def encode_queries(self, texts: Any) -> Floats:
        away = np.zeros(DIM, np.float32)
        away[-1] = 2
        return unit_rows(self._rows(texts) + away @ self.turn)

    def _rows(self, texts: Any) -> Floats:
        counts = np.zeros((len(texts), DIM), np.float32)
        for row, text in enumerate(texts):
            for letter in text.lower():
                if letter.isalpha():
                    counts[row, ord(letter) % (DIM - 1)] += 1
        return unit_rows(counts @ self.turn)


@pytest.fixture
def put(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Letters]:
    """Files a version of an encoder under its name, in the place of the one before."""
    things = dict(ENCODERS._things)
    monkeypatch.setattr(ENCODERS, "_things", things)

    def one(name: str = "letters", version: int = 1) -> Letters:
        encoder = Letters(name, version)
        things[name] = lambda settings: encoder
        return encoder

    return one


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Six texts."""
    place = tmp_path / "media"
    place.mkdir()
    for text in TEXTS:
        (place / f"{text.split()[0]}.txt").write_text(f"{text}. " * 3)
    return place


@pytest.fixture
def library(tmp_path: Path, settings: Settings, folder: Path) -> Iterator[Library]:
    """A library of that folder on each of the two databases, which commits every part by itself."""
    given = {"catalogue": settings.catalogue, "commit_parts": 1, "decoders": 1}
    with Library.open(tmp_path / "library", create=True, settings=given) as opened:
        opened.add(folder)
        yield opened


def spaces_of(library: Library, query: str = "mast and sail", **options: Any) -> set[str]:
    """The spaces that found any of the hits."""
    return {reason.space for hit in library.search(query, **options) for reason in hit.why.spaces}


def fingerprints(library: Library) -> dict[str, str]:
    return {space.name: space.fingerprint for space in library.spaces}


def test_the_old_space_answers_until_the_new_one_is_whole(library: Library, put: Any) -> None:
    first = put()
    library.use("letters")
    # The old version answers in a process that has it open, whatever lies in its place by now.
    assert "letters" in spaces_of(library)
    second = put(version=2)
    seen = []
    with library.using("letters") as run:
        for told in run:
            assert told.outcome == "changed"
            seen.append(fingerprints(library)["letters"])
            assert "letters" in spaces_of(library)
    assert seen == [first.description.fingerprint] * len(TEXTS)
    assert fingerprints(library)["letters"] == second.description.fingerprint
    assert library.search("mast and sail", min_score=0)[0].title == "sail"
    assert "letters" in spaces_of(library)
    assert library.status()["building"] == []
    assert not library.check()


def test_a_stopped_run_does_only_what_is_left(library: Library, put: Any) -> None:
    encoder = put()
    with library.using("letters") as run:
        next(run)
        next(run)
    assert library.status()["building"] == ["letters"]
    assert "letters" not in fingerprints(library)
    assert library.status()["encoding"]["state"] == "interrupted"
    done = run.report.parts
    assert 2 <= done < len(TEXTS)
    encoder.encoded.clear()
    with Library.open(library.folder) as again:
        report = again.use("letters")
        passages = [text for text in encoder.encoded if text.count(".") == 3]
        assert report.parts == len(TEXTS) - done
        assert len(set(passages)) == len(passages) == report.parts
        assert again.status()["building"] == []
        assert again.status()["encoding"]["state"] == "done"
        assert "letters" in spaces_of(again)
        assert not again.check()


def test_two_encoders_answer_beside_each_other_or_the_new_one_alone(library: Library, put: Any, folder: Path) -> None:
    picture(folder / "red boat.png", RED)
    library.add(folder)
    put("letters")
    put("signs", version=2)
    library.use("letters")
    library.use("signs", beside=True)
    assert {"letters", "signs"} <= spaces_of(library, min_score=0)
    assert {"colour", "letters", "signs"} <= set(fingerprints(library))
    put("runes", version=3)
    library.use("runes")
    assert set(fingerprints(library)) & {"letters", "signs", "runes"} == {"runes"}
    assert "colour" in fingerprints(library)
    with library._catalogue.reading() as connection:
        gone = Letters("letters", 1).description.fingerprint
        assert examples.kept(connection, gone) is None
    assert not library.check()


@pytest.mark.usefixtures("classical_alone")
def test_what_is_added_meanwhile_is_encoded_too(library: Library, put: Any, folder: Path) -> None:
    put()
    with library.using("letters") as run:
        next(run)
        (folder / "kite.txt").write_text("kite and string. kite and string.")
        with Library.open(library.folder) as other:
            assert other.add(folder).added == 1
        rest = list(run)
    assert len(rest) == len(TEXTS)
    hit = library.search("kite and string", weights={"words": 0, "phrases": 0}, min_score=0)[0]
    assert (hit.title, {reason.space for reason in hit.why.spaces}) == ("kite", {"letters"})


def test_items_that_come_later_are_encoded_with_the_chosen_encoder(library: Library, put: Any, folder: Path) -> None:
    encoder = put()
    library.use("letters")
    encoder.encoded.clear()
    (folder / "kite.txt").write_text("kite and string. kite and string.")
    library.add(folder)
    assert encoder.encoded == ["kite and string. kite and string."]
    assert library.search("kite", weights={"words": 0}, min_score=0)[0].title == "kite"


def test_a_file_that_is_not_the_one_that_was_added_is_told(library: Library, put: Any, folder: Path) -> None:
    put()
    (folder / "sail.txt").write_text("Something else by now.")
    (folder / "oven.txt").unlink()
    report = library.use("letters")
    codes = sorted(told.error.code for told in report.failures if told.error)
    assert (report.failed, report.parts) == (2, len(TEXTS) - 2)
    assert codes == ["changed", "not-found"]
    assert sorted(failure.code for failure in library.failures()) == codes
    encoding = library.status()["encoding"]
    assert (encoding["encoder"], encoding["files"], encoding["done"], encoding["failed"]) == ("letters", 6, 6, 2)
    assert "letters" in spaces_of(library, "violin and bow")
    (folder / "oven.txt").write_text(f"{TEXTS[1]}. " * 3)
    assert library.use("letters").parts == 1
    assert [failure.code for failure in library.failures()] == ["changed"]


def test_another_version_than_the_one_in_use_is_refused_with_the_way_out(library: Library, put: Any) -> None:
    put()
    library.use("letters")
    put(version=2)
    with Library.open(library.folder) as other, pytest.raises(WrongSpace, match=r"pinakes models use"):
        other.search("mast")
    with pytest.raises(UnknownName, match="letters"):
        library.use("leters")


def test_searches_never_fail_while_spaces_are_switched(library: Library, put: Any) -> None:
    put("letters")
    put("signs", version=2)
    library.use("letters")
    wrong: list[object] = []
    over = threading.Event()

    def ask() -> None:
        with Library.open(library.folder) as reader:
            while not over.is_set():
                try:
                    if not spaces_of(reader) & {"letters", "signs"}:
                        wrong.append("no space of vectors answered")
                except Exception as error:
                    wrong.append(error)
                over.wait(0.002)

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        for name in ("signs", "letters", "signs"):
            library.use(name)
    finally:
        over.set()
        asking.join()
    assert wrong == []


def test_topics_are_fitted_anew_while_the_old_ones_answer(library: Library, folder: Path) -> None:
    for number in range(20):
        (folder / f"{number}.txt").write_text(f"The sail of ship {number} in the wind. The oven bakes bread {number}.")
    library.add(folder)
    library.use("lsa")
    old = fingerprints(library)["lsa"]
    (folder / "more.txt").write_text("The harbour and the wind and the sail and the bread and the harbour.")
    library.add(folder)
    with library.using("lsa") as run:
        next(run)
        # A process that has never loaded the old fit finds it.
        with Library.open(library.folder) as other:
            assert fingerprints(other)["lsa"] == old
            assert "lsa" in spaces_of(other, "sail", min_score=0)
    with Library.open(library.folder) as other:
        assert "lsa" in spaces_of(other, "sail", min_score=0)
    # Taken up, not fitted for the third time.
    library.use("lsa")
    assert fingerprints(library)["lsa"] != old
    assert "lsa" in spaces_of(library, "sail", min_score=0)
    assert len(list((library.folder / "models").glob("lsa@*"))) == 2
    library.use("lsa")
    assert len(list((library.folder / "models").glob("lsa@*"))) == 1


@pytest.mark.usefixtures("classical_alone")
def test_words_are_scored_on_a_scale_of_their_own(library: Library, put: Any) -> None:
    put()
    library.use("letters")
    only = {"words": 0, "phrases": 0}
    hit = library.search("mast and sail", weights=only)[0]
    (reason,) = hit.why.spaces
    # On the scale of passages to each other no query would count as found.
    assert hit.title == "sail"
    assert reason.raw < 0.6
    assert reason.score > 0.3
    assert len(library.search("qqq xxx", weights=only)) == 0


def test_an_extension_is_searched_with(library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package on the path brings an encoder by an entry point; the library is encoded and searched with it."""
    info = tmp_path / "lib" / "pinakes_vowels-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: pinakes-vowels\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[pinakes.encoders]\nvowels = pinakes_vowels:make\n")
    (tmp_path / "lib" / "pinakes_vowels.py").write_text(VOWELS)
    monkeypatch.syspath_prepend(tmp_path / "lib")
    monkeypatch.setattr(ENCODERS, "_plugins_loaded", False)
    monkeypatch.setattr(ENCODERS, "_things", dict(ENCODERS._things))
    assert library.use("vowels").parts == len(TEXTS)
    hit = library.search("ooo i", weights={"words": 0, "phrases": 0}, min_score=0)[0]
    assert (hit.title, [reason.space for reason in hit.why.spaces]) == ("violin", ["vowels"])


VOWELS = """
import hashlib
import numpy as np
from pinakes.encoders.base import Description

class Vowels:
    description = Description("vowels", ("text",), 5, "inner", "MIT", 0, hashlib.sha256(b"vowels").hexdigest())

    def encode(self, modality, batch):
        return np.array([[text.lower().count(vowel) for vowel in "aeiou"] for text in batch], np.float32)

def make(settings):
    return Vowels()
"""
