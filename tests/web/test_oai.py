"""Harvesting: every verb gives what the protocol's schema asks for, lists come piece by piece, errors are its own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from sqlalchemy import update
from starlette.testclient import TestClient

from pinakes.catalogue.collections import ensure
from pinakes.catalogue.schema import items
from pinakes.catalogue.store import store
from pinakes.library import Library
from pinakes.web.app import application
from pinakes.web.logic.harvest_list import Listing
from tests.makers import text_part, work
from tests.web.conftest import HOST
from tests.web.oai_schema import ELEMENTS, OAI, valid

DC = "{http://purl.org/dc/elements/1.1/}"
# 2001-09-09T01:46:40Z
LONG_AGO = 1_000_000_000
SETTINGS = {"max_page_hits": 2, "threads": 1, "hosts": "library.example"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Seven letters in two collections, one of them gone again; two fit into one answer."""
    folder = tmp_path_factory.mktemp("harvest") / "library"
    with Library.open(folder, create=True, settings=SETTINGS) as library:
        creator = {"creator": "Ilse & <Son>\uffff"}
        works = [work(name, text_part(name), fields=creator, collection=1 + (name > "d")) for name in "abcdefg"]
        with library.catalogue.writing() as connection:
            for name in ("letters & notes", "信"):
                ensure(connection, name, None, ())
            store(connection, works, {})
        library.remove(3)
    return folder


@pytest.fixture(scope="module")
def asked(made: Path) -> Iterator[Any]:
    """What a harvester is told, each time held to the schema."""
    with Library.open(made, settings=SETTINGS) as library, asking(library) as ask:
        yield ask


@pytest.fixture
def held(made: Path, tmp_path: Path) -> Iterator[Library]:
    """The same library for a test that changes it."""
    shutil.copytree(made, tmp_path / "library")
    with Library.open(tmp_path / "library", settings=SETTINGS) as library:
        yield library


@contextmanager
def asking(library: Library) -> Iterator[Any]:
    """A harvester."""
    with TestClient(application(library, "127.0.0.1"), HOST, raise_server_exceptions=False) as client:

        def ask(verb: str, **arguments: str) -> Element:
            told = {name.rstrip("_"): value for name, value in arguments.items()}
            answer = client.get("/oai", params={"verb": verb, **told})
            assert answer.status_code == 200
            assert answer.headers["content-type"] == "text/xml; charset=utf-8"
            return valid(answer.text)

        ask.client = client  # type: ignore[attr-defined]
        yield ask


def texts(root: Element, name: str) -> list[str]:
    """The texts of all elements of a name."""
    return [one.text or "" for one in root.iter(OAI + name)]


def numbers(root: Element) -> list[int]:
    """The items of a list."""
    return [int(one.rpartition(":")[2]) for one in texts(root, "identifier")]


def code(root: Element) -> str:
    """The error that is answered."""
    return str(root[2].get("code"))


def listed(ask: Any, verb: str, **arguments: str) -> list[int]:
    """A whole list, piece by piece."""
    found, root = [], ask(verb, metadataPrefix="oai_dc", **arguments)
    while True:
        found += numbers(root)
        token = next(iter(texts(root, "resumptionToken")), "")
        if not token:
            return found
        root = ask(verb, resumptionToken=token)


def test_the_repository_says_who_it_is_and_what_it_has(asked: Any) -> None:
    told = asked("Identify")
    assert texts(told, "baseURL") == [f"{HOST}/oai"]
    assert texts(told, "adminEmail") == ["nobody@library.example"]
    assert texts(told, "deletedRecord") == ["persistent"]
    assert texts(asked("ListMetadataFormats"), "metadataPrefix") == ["oai_dc"]
    assert texts(asked("ListMetadataFormats", identifier="oai:library.example:1"), "metadataPrefix") == ["oai_dc"]
    sets = asked("ListSets")
    assert dict(zip(texts(sets, "setName"), texts(sets, "setSpec"), strict=True)) == {
        "letters & notes": "collection-1",
        "信": "collection-2",
    }


def test_a_record_is_the_item_in_dublin_core(asked: Any) -> None:
    told = asked("GetRecord", identifier="oai:library.example:1", metadataPrefix="oai_dc")
    found = {name: [one.text for one in told.iter(DC + name)] for name in ELEMENTS}
    assert found["title"] == ["a"]
    assert found["creator"] == ["Ilse & <Son>"]
    assert found["identifier"] == [f"{HOST}/items/1"]
    assert texts(told, "setSpec") == ["collection-1"]


def test_what_is_gone_is_said_to_be_deleted(asked: Any) -> None:
    told = asked("GetRecord", identifier="oai:library.example:3", metadataPrefix="oai_dc")
    (header,) = told.iter(f"{OAI}header")
    assert header.get("status") == "deleted"
    assert texts(told, "setSpec") == ["collection-1"]


@pytest.mark.parametrize("verb", ["ListIdentifiers", "ListRecords"])
def test_a_list_comes_piece_by_piece_and_whole(asked: Any, verb: str) -> None:
    assert listed(asked, verb) == [1, 2, 3, 4, 5, 6, 7]
    assert listed(asked, verb, set="collection-1") == [1, 2, 3, 4]
    assert listed(asked, verb, set="collection-2", from_="2001-01-01") == [5, 6, 7]
    first = asked(verb, metadataPrefix="oai_dc")
    (token,) = first.iter(f"{OAI}resumptionToken")
    assert (token.get("completeListSize"), token.get("cursor")) == ("7", "0")


def test_a_list_that_fits_has_no_token_and_the_last_piece_of_another_an_empty_one(held: Library) -> None:
    with held.catalogue.writing() as connection:
        connection.execute(update(items).where(items.c.id == 1).values(changed=LONG_AGO))
    with asking(held) as asked:
        root = asked("ListRecords", metadataPrefix="oai_dc", until="2001-12-31")
        assert numbers(root) == [1]
        assert texts(root, "resumptionToken") == []
        root = asked("ListRecords", metadataPrefix="oai_dc", set="collection-2")
        root = asked("ListRecords", resumptionToken=texts(root, "resumptionToken")[0])
        assert texts(root, "resumptionToken") == [""]


SPANS: list[tuple[dict[str, str], bool]] = [
    ({"from_": "2001-09-09T01:46:40Z"}, True),
    ({"from_": "2001-09-09T01:46:41Z"}, False),
    ({"until": "2001-09-09T01:46:40Z"}, True),
    ({"until": "2001-09-09T01:46:39Z"}, False),
    ({"from_": "2001-09-09", "until": "2001-09-09"}, True),
    ({"from_": "2001-09-10"}, False),
    ({"until": "2001-09-08"}, False),
]


def test_from_and_until_are_part_of_the_span_in_seconds_and_in_days(held: Library) -> None:
    with held.catalogue.writing() as connection:
        connection.execute(update(items).values(changed=LONG_AGO + 0.7))
    with asking(held) as asked:
        for span, found in SPANS:
            root = asked("ListIdentifiers", metadataPrefix="oai_dc", set="collection-2", **span)
            assert (root[2].tag == f"{OAI}ListIdentifiers") == found, span
            assert found or code(root) == "noRecordsMatch"


def test_a_list_goes_on_where_it_was_whatever_is_removed_meanwhile(held: Library) -> None:
    with asking(held) as asked:
        root = asked("ListRecords", metadataPrefix="oai_dc")
        assert numbers(root) == [1, 2]
        held.remove(1, 5)
        rest = []
        while token := next(iter(texts(root, "resumptionToken")), ""):
            root = asked("ListRecords", resumptionToken=token)
            rest += numbers(root)
        assert rest == [3, 4, 5, 6, 7]


def test_tokens_that_are_not_of_this_library_are_refused(asked: Any) -> None:
    token = texts(asked("ListRecords", metadataPrefix="oai_dc"), "resumptionToken")[0]
    assert numbers(asked("ListRecords", resumptionToken=token)) == [3, 4]
    later = Listing(10**6, after=2, sent=2, total=7).token()
    for wrong in ("", "1", "x" * 90, token[:-1], "9" + token, token.replace(".", ","), later):
        assert code(asked("ListRecords", resumptionToken=wrong)) == "badResumptionToken"


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("", "badVerb"),
        ("verb=Identify&verb=Identify", "badVerb"),
        ("verb=identify", "badVerb"),
        ("verb=Identify&set=collection-1", "badArgument"),
        ("verb=GetRecord&metadataPrefix=oai_dc", "badArgument"),
        ("verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:library.example:99", "idDoesNotExist"),
        ("verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:other.example:1", "idDoesNotExist"),
        ("verb=GetRecord&metadataPrefix=marc&identifier=oai:library.example:1", "cannotDisseminateFormat"),
        ("verb=ListMetadataFormats&identifier=1", "idDoesNotExist"),
        ("verb=ListRecords", "badArgument"),
        ("verb=ListRecords&metadataPrefix=mods", "cannotDisseminateFormat"),
        ("verb=ListRecords&metadataPrefix=oai_dc&metadataPrefix=oai_dc", "badArgument"),
        ("verb=ListRecords&metadataPrefix=", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=", "badArgument"),
        ("verb=ListIdentifiers&metadataPrefix=oai_dc&until=&set=", "badArgument"),
        ("verb=ListMetadataFormats&identifier=", "badArgument"),
        ("verb=ListRecords&resumptionToken=", "badResumptionToken"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=yesterday", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=2001-02-30", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=2001-01-01&until=2001-01-01T00:00:00Z", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=2002-01-01&until=2001-01-01", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=9999-12-31", "noRecordsMatch"),
        ("verb=ListRecords&metadataPrefix=oai_dc&until=0001-01-01", "noRecordsMatch"),
        ("verb=ListRecords&metadataPrefix=oai_dc&set=nothing", "noRecordsMatch"),
        ("verb=ListRecords&metadataPrefix=oai_dc&resumptionToken=1", "badArgument"),
        ("verb=ListSets&resumptionToken=1", "badResumptionToken"),
        ("verb=ListIdentifiers&metadataPrefix=oai_dc&colour=%01red", "badArgument"),
    ],
)
def test_errors_are_answers_in_the_protocols_own_words(asked: Any, query: str, wanted: str) -> None:
    answer = asked.client.get(f"/oai?{query}")
    assert answer.status_code == 200
    assert code(valid(answer.text)) == wanted


def test_arguments_may_be_posted(asked: Any) -> None:
    sent = asked.client.post(
        "/oai", data={"verb": "GetRecord", "identifier": "oai:library.example:2", "metadataPrefix": "oai_dc"}
    )
    assert numbers(valid(sent.text)) == [2]
    assert code(valid(asked.client.post("/oai", content=b"verb=Identify").text)) == "badVerb"


def test_a_library_with_nothing_in_it_has_no_sets_and_no_records(tmp_path: Path) -> None:
    with (
        Library.open(tmp_path, create=True) as empty,
        TestClient(application(empty, "127.0.0.1"), HOST) as client,
    ):
        answers = [client.get(f"/oai?verb={verb}").text for verb in ("ListSets", "ListRecords&metadataPrefix=oai_dc")]
        assert [code(valid(one)) for one in answers] == ["noSetHierarchy", "noRecordsMatch"]
        assert texts(valid(client.get("/oai?verb=Identify").text), "adminEmail") == ["nobody@pinakes.localhost"]
