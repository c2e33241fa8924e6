"""The API as programs see it: what it gives, one shape of errors, and a description that is true."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from pinakes import __version__
from pinakes.library import Library
from pinakes.web.api.description import described
from tests.library.test_adding import RED, picture

API = "/api/v1"


def fits(value: Any, schema: dict[str, Any], known: dict[str, Any]) -> bool:
    """Whether a value is as a schema says, so far as ours say anything."""
    if "$ref" in schema:
        return fits(value, known[schema["$ref"].rpartition("/")[2]], known)
    if "anyOf" in schema:
        return any(fits(value, one, known) for one in schema["anyOf"])
    kind = schema.get("type")
    if kind == "object":
        properties = schema.get("properties", {})
        if not isinstance(value, dict) or set(schema.get("required", ())) - set(value):
            return False
        if properties and set(value) - set(properties):
            return False
        rest = schema.get("additionalProperties", {})
        return all(fits(one, properties.get(name, rest), known) for name, one in value.items())
    if kind == "array":
        return isinstance(value, list) and all(fits(one, schema["items"], known) for one in value)
    plain = {"string": str, "integer": int, "number": (int, float), "boolean": bool, "null": type(None), None: object}
    return isinstance(value, plain[kind])


def addresses(item: int, part: int) -> dict[str, str]:
    """A request for each route that is described."""
    return {
        f"{API}/search": f"{API}/search?q=boat&with=item:{item}&where=modality%3Dimage&mode=quick&limit=2",
        f"{API}/items/{{number}}": f"{API}/items/{item}",
        f"{API}/items/{{number}}/parts": f"{API}/items/{item}/parts?limit=1",
        f"{API}/items/{{number}}/citation": f"{API}/items/{item}/citation?format=ris",
        f"{API}/parts/{{number}}": f"{API}/parts/{part}",
        f"{API}/parts/{{number}}/thumbnail": f"{API}/parts/{part}/thumbnail",
        f"{API}/parts/{{number}}/original": f"{API}/parts/{part}/original",
        f"{API}/suggestions": f"{API}/suggestions?q=bo",
        f"{API}/health": f"{API}/health",
        f"{API}/live": f"{API}/live",
        f"{API}/me": f"{API}/me",
    }


def test_every_route_gives_what_its_description_says(
    client: TestClient, item: dict[str, int], library: Library
) -> None:
    api = client.get(f"{API}/openapi.json").json()
    assert api == described()
    asked = addresses(item["red boat.png"], library.parts(item["red boat.png"])[0].id)
    gets = {path: one["get"] for path, one in api["paths"].items() if "get" in one}
    # Those that need an account are asked in a library that has some.
    gets = {path: one for path, one in gets.items() if one["x-needs"] in ("anyone", "search")}
    assert set(asked) == set(gets)
    for path, operation in gets.items():
        answer = client.get(asked[path])
        assert answer.status_code == 200, answer.text
        (kind, told), *_ = operation["responses"]["200"]["content"].items()
        if kind == "application/json":
            assert fits(answer.json(), told["schema"], api["components"]["schemas"]), path


def test_a_search_tells_what_python_is_told(client: TestClient, library: Library) -> None:
    found = client.get(f"{API}/search", params={"q": "red boat", "limit": 3}).json()
    expected = library.search("red boat", limit=3)
    assert found["total"] == expected.total
    assert [hit["part"] for hit in found["hits"]] == [hit.part for hit in expected]
    assert found["hits"][0]["why"]["spaces"][0]["space"] == "words"
    assert "path" not in found["hits"][0]
    assert client.get(found["hits"][0]["links"]["item"]).json()["id"] == found["hits"][0]["item"]
    following = client.get(f"{API}/search", params={"q": "red boat", "limit": 3, "page": found["next_page"]}).json()
    assert following["hits"][0]["rank"] == 4


def test_no_path_of_the_server_is_told(client: TestClient, item: dict[str, int], library: Library) -> None:
    for address in addresses(item["letter.txt"], library.parts(item["letter.txt"])[0].id).values():
        answer = client.get(address)
        assert str(library.folder.parent).encode() not in answer.content
        assert str(library.folder.parent) not in str(answer.headers)


def test_the_parts_of_an_item_come_page_by_page(client: TestClient, item: dict[str, int], library: Library) -> None:
    numbers, page = [], ""
    while True:
        found = client.get(f"{API}/items/{item['pages.pdf']}/parts", params={"limit": 3, "page": page}).json()
        numbers += [part["id"] for part in found["parts"]]
        page = found["next_page"]
        if not page:
            break
    assert numbers == [part.id for part in library.parts(item["pages.pdf"])]
    assert client.get(f"{API}/items/{item['pages.pdf']}/parts?page=-1").status_code == 400


def test_what_is_begun_is_ended_by_the_librarys_own_words_and_titles(client: TestClient, item: dict[str, int]) -> None:
    found = client.get(f"{API}/suggestions", params={"q": "red li"}).json()
    assert "lighthouse" in found["words"]
    found = client.get(f"{API}/suggestions", params={"q": "a red bo"}).json()
    assert {"item": item["red boat.png"], "title": "A red boat"} in found["titles"]
    assert client.get(f"{API}/suggestions", params={"q": "?! "}).json() == {"words": [], "titles": []}


def test_a_medium_is_handed_in_once_and_searched_with(client: TestClient, item: dict[str, int], tmp_path: Any) -> None:
    data = picture(tmp_path / "x.png", RED, seed=9).read_bytes()
    sent = [client.post(f"{API}/uploads", content=data, headers={"x-file-name": "my%20boat.png"}) for _ in range(2)]
    assert [one.status_code for one in sent] == [201, 201]
    assert sent[0].json() == sent[1].json()
    assert (sent[0].json()["title"], sent[0].json()["modality"]) == ("my boat.png", "image")
    found = client.get(f"{API}/search", params={"with": sent[0].json()["term"], "where": "modality=image"}).json()
    assert found["hits"][0]["item"] == item["red boat.png"]


@pytest.mark.parametrize(
    ("address", "status", "code"),
    [
        ("/search", 400, "bad-query"),
        ("/search?q=%22open", 400, "bad-query"),
        ("/search?q=boat&limit=0", 400, "bad-query"),
        ("/search?q=boat&limit=101", 400, "bad-query"),
        ("/search?q=boat&limit=x", 400, "usage"),
        ("/search?q=boat&limit=99999999999999999999999", 400, "usage"),
        ("/search?q=boat&mode=slow", 400, "usage"),
        ("/search?q=boat&quey=1", 400, "usage"),
        ("/search?q=boat&page=forged", 400, "bad-query"),
        ("/search?q=boat&fusion=magic", 404, "unknown-name"),
        ("/search?with=boat", 400, "bad-query"),
        ("/search?with=item:999", 404, "not-found"),
        ("/search?with=upload:nothing", 404, "not-found"),
        ("/search?where=boat", 400, "bad-query"),
        ("/suggestions", 400, "usage"),
        (f"/recommendations?shelf={2**63}", 400, "usage"),
        ("/items/999", 404, "not-found"),
        ("/parts/999", 404, "not-found"),
        ("/parts/999/thumbnail", 404, "not-found"),
        ("/items/1/citation?format=mla", 404, "unknown-name"),
        ("/nowhere", 404, "not-found"),
    ],
)
def test_every_failure_has_one_shape(client: TestClient, address: str, status: int, code: str) -> None:
    answer = client.get(API + address)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert set(answer.json()["error"]) == {"code", "message", "hint"}
    assert answer.json()["error"]["hint"]


@pytest.mark.parametrize("body", [r'{"kind": "\ud800"}', r'{"kind": "check", "arguments": {"\udfff": 1}}'])
def test_a_body_with_half_a_character_is_refused(client: TestClient, body: str) -> None:
    answer = client.post(f"{API}/tasks", content=body, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "usage")


def test_a_wrong_method_is_refused_with_those_that_there_are(client: TestClient) -> None:
    answer = client.delete(f"{API}/items/1")
    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]
    assert answer.json()["error"]["code"] == "usage"


def test_health_tells_the_version(client: TestClient) -> None:
    assert client.get(f"{API}/health").json() == {"status": "ok", "version": __version__, "items": 9}
