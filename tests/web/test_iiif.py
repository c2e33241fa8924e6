"""IIIF: manifests that keep the rules of Presentation 3.0, and pieces of pictures that are what Image 3.0 says."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from starlette.testclient import TestClient

from pinakes.library import Library
from pinakes.web.app import application
from pinakes.web.logic import manifest_lists
from pinakes.web.logic.image_asked import FORMATS, QUALITIES, piece
from tests.web.conftest import HOST

IIIF = f"{HOST}/iiif"


def keeps_the_rules(made: dict[str, Any], *, inner: bool = False) -> None:
    """Hold a resource to what the Presentation API requires of its type."""
    assert inner or made["@context"] == "http://iiif.io/api/presentation/3/context.json"
    kind = made["type"]
    if kind not in ("Image", "Sound", "Video", "Annotation", "AnnotationPage", "Text", "Dataset"):
        assert made["id"].startswith(HOST)
    for name in ("label", "summary"):
        if name in made:
            assert all(isinstance(one, str) for values in made[name].values() for one in values)
            assert all(isinstance(values, list) and values for values in made[name].values())
    for pair in [*made.get("metadata", ()), *[one for one in [made.get("requiredStatement")] if one]]:
        assert set(pair) == {"label", "value"}
    for name in ("thumbnail", "homepage", "seeAlso", "partOf", "structures", "service"):
        assert all("id" in one and "type" in one for one in made.get(name, ()))
    wanted = {
        "Collection": {"label", "items"},
        "Manifest": {"label", "items"},
        "Canvas": {"items"},
        "AnnotationPage": {"items"},
        "Annotation": {"motivation", "target", "body"},
        "Range": {"items"},
    }.get(kind, set())
    if not (inner and kind in ("Collection", "Manifest", "Canvas") and "items" not in made):
        assert wanted <= set(made), kind
    if kind == "Manifest" and not inner:
        assert made["items"] and all(one["type"] == "Canvas" for one in made["items"])
    if kind == "Canvas" and "items" in made:
        assert ("width" in made) == ("height" in made)
        assert "width" in made or made["duration"] > 0
        assert all(one["type"] == "AnnotationPage" for one in made["items"])
    if kind == "Annotation":
        assert made["motivation"] == "painting"
        keeps_the_rules(made["body"], inner=True)
    for one in [*made.get("items", ()), *made.get("structures", ())]:
        keeps_the_rules(one, inner=True)


def told(client: TestClient, address: str) -> dict[str, Any]:
    """A resource, by its own address."""
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    made: dict[str, Any] = answer.json()
    assert answer.headers["content-type"] == f'application/ld+json;profile="{made["@context"]}"'
    assert made["id"] == address
    return made


def test_pictures_pages_sounds_and_films_are_canvases(client: TestClient, item: dict[str, int]) -> None:
    found = {}
    for name in ("red boat.png", "pages.pdf", "bell.wav", "film.mp4"):
        found[name] = told(client, f"{IIIF}/items/{item[name]}/manifest")
        keeps_the_rules(found[name])
    (canvas,) = found["red boat.png"]["items"]
    assert (canvas["width"], canvas["height"]) == (160, 120)
    assert found["red boat.png"]["label"] == {"none": ["A red boat"]}
    assert found["red boat.png"]["navDate"] == "1902-03-04T00:00:00Z"
    assert [one["label"] for one in found["pages.pdf"]["items"]] == [{"none": ["1"]}, {"none": ["2"]}]
    (canvas,) = found["bell.wav"]["items"]
    assert canvas["duration"] == 3.0 and "width" not in canvas
    film = found["film.mp4"]
    (canvas,) = film["items"]
    assert (canvas["duration"], canvas["width"], canvas["height"]) == (2.0, 160, 96)
    body = canvas["items"][0]["items"][0]["body"]
    assert (body["type"], body["format"]) == ("Video", "video/mp4")
    shots = film["structures"][0]["items"]
    assert [one["items"][0]["id"] for one in shots] == [f"{canvas['id']}#t=0,1", f"{canvas['id']}#t=1,2"]


def test_whatever_a_manifest_names_is_there(client: TestClient, item: dict[str, int]) -> None:
    for name in ("red boat.png", "pages.pdf", "bell.wav", "film.mp4"):
        made = told(client, f"{IIIF}/items/{item[name]}/manifest")
        named = [one["id"] for one in (*made["homepage"], *made["seeAlso"])]
        # Of pages the first: each is drawn large.
        for canvas in made["items"][:1]:
            body = canvas["items"][0]["items"][0]["body"]
            named += [body["id"], *(one["id"] for one in canvas["thumbnail"])]
            for service in body.get("service", ()):
                info = client.get(f"{service['id']}/info.json").json()
                assert abs(info["width"] / info["height"] - canvas["width"] / canvas["height"]) < 0.01
                assert "width" not in body or (info["width"], info["height"]) == (body["width"], body["height"])
        assert all(client.get(one).status_code == 200 for one in named)


def test_texts_have_no_manifest_and_no_link_to_one(client: TestClient, item: dict[str, int]) -> None:
    assert client.get(f"{IIIF}/items/{item['letter.txt']}/manifest").status_code == 404
    assert "iiif" not in client.get(f"/items/{item['letter.txt']}").text
    assert f"/iiif/items/{item['red boat.png']}/manifest" in client.get(f"/items/{item['red boat.png']}").text


def test_collections_lead_to_manifests_and_large_ones_come_in_pieces(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = told(client, f"{IIIF}/collections")
    keeps_the_rules(whole)
    inner = told(client, whole["items"][0]["id"])
    keeps_the_rules(inner)
    assert len(inner["items"]) == 5
    keeps_the_rules(told(client, inner["items"][0]["id"]))
    monkeypatch.setattr(manifest_lists, "PIECE", 2)
    pieces = told(client, inner["id"])
    keeps_the_rules(pieces)
    assert [one["type"] for one in pieces["items"]] == ["Collection"] * 3
    assert [one for piece in pieces["items"] for one in told(client, piece["id"])["items"]] == inner["items"]
    assert client.get(f"{pieces['id']}/4").status_code == client.get(f"{IIIF}/collections/99").status_code == 404


@pytest.fixture(scope="module")
def boat(client: TestClient, item: dict[str, int], library: Library) -> str:
    """The address of a picture of 160 by 120 pixels."""
    return f"{IIIF}/pictures/{library.parts(item['red boat.png'])[0].id}"


def seen(client: TestClient, address: str) -> Image.Image:
    """A piece of a picture, whose type is that of its address."""
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == FORMATS[address.rpartition(".")[2]]
    image = Image.open(io.BytesIO(answer.content))
    image.load()
    return image


def test_a_picture_says_what_can_be_asked_of_it(client: TestClient, boat: str) -> None:
    answer = client.get(boat)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{boat}/info.json")
    made = client.get(f"{boat}/info.json").json()
    assert (made["type"], made["profile"], made["protocol"]) == ("ImageService3", "level2", "http://iiif.io/api/image")
    assert (made["id"], made["width"], made["height"]) == (boat, 160, 120)
    for size in made["sizes"]:
        image = seen(client, f"{boat}/full/{size['width']},{size['height']}/0/default.jpg")
        assert image.size == (size["width"], size["height"])


@pytest.mark.parametrize(
    ("region", "box"),
    [
        ("full", (0, 0, 160, 120)),
        ("square", (20, 0, 140, 120)),
        ("10,20,30,40", (10, 20, 40, 60)),
        ("150,100,99,99", (150, 100, 160, 120)),
        ("pct:50,25,25,50", (80, 30, 120, 90)),
        ("pct:12.5,0,.625,100", (20, 0, 21, 120)),
    ],
)
def test_a_region_is_that_piece_of_the_whole(client: TestClient, boat: str, region: str, box: Any) -> None:
    whole = seen(client, f"{boat}/full/max/0/default.png")
    assert np.array_equal(seen(client, f"{boat}/{region}/max/0/default.png"), whole.crop(box))


def test_turned_and_mirrored_pieces_are_the_whole_turned_and_mirrored(client: TestClient, boat: str) -> None:
    whole = np.asarray(seen(client, f"{boat}/full/max/0/default.png"))
    for count, degrees in enumerate(("0", "90", "180", "270", "360")):
        assert np.array_equal(seen(client, f"{boat}/full/max/{degrees}/default.png"), np.rot90(whole, -count))
        turned = seen(client, f"{boat}/full/max/!{degrees}/default.png")
        assert np.array_equal(turned, np.rot90(whole[:, ::-1], -count))


def test_qualities_are_colours_greys_and_black_and_white(client: TestClient, boat: str) -> None:
    modes = {
        (quality, kind): seen(client, f"{boat}/full/max/0/{quality}.{kind}")
        for quality in QUALITIES
        for kind in FORMATS
    }
    assert all(image.size == (160, 120) for image in modes.values())
    assert {modes[quality, "png"].mode for quality in ("default", "color")} == {"RGB"}
    assert (modes["gray", "png"].mode, modes["bitonal", "png"].mode) == ("L", "1")
    assert len(set(modes["bitonal", "png"].convert("L").tobytes())) == 2


@pytest.mark.parametrize(
    ("wanted", "size"),
    [
        ("max", (160, 120)),
        ("80,", (80, 60)),
        (",60", (80, 60)),
        ("80,90", (80, 90)),
        ("!80,80", (80, 60)),
        ("!150,30", (40, 30)),
        ("pct:25", (40, 30)),
        ("pct:100", (160, 120)),
        ("^max", (400, 300)),
        ("^320,", (320, 240)),
        ("^!390,390", (390, 292)),
        ("^pct:200", (320, 240)),
    ],
)
def test_sizes(wanted: str, size: tuple[int, int]) -> None:
    assert piece((160, 120), "full", wanted, "0", "default.jpg", 400).size == size


@pytest.mark.parametrize(
    "address",
    [
        "full/161,/0/default.jpg",
        "full/,121/0/default.jpg",
        "full/pct:101/0/default.jpg",
        "full/^3001,/0/default.jpg",
        "full/0,/0/default.jpg",
        "full/pct:0/0/default.jpg",
        "full/!80,/0/default.jpg",
        "full/,/0/default.jpg",
        "full/large/0/default.jpg",
        "160,0,10,10/max/0/default.jpg",
        "0,0,0,10/max/0/default.jpg",
        "-1,0,9,10/max/0/default.jpg",
        "pct:101,0,1,1/max/0/default.jpg",
        "half/max/0/default.jpg",
        "full/max/45/default.jpg",
        "full/max/-90/default.jpg",
        "full/max/450/default.jpg",
        "full/max/0/sepia.jpg",
        "full/max/0/default.tif",
        "full/max/0/default",
        "full/99999999999,/0/default.jpg",
    ],
)
def test_what_can_not_be_handed_out_is_refused(client: TestClient, boat: str, address: str) -> None:
    answer = client.get(f"{boat}/{address}")
    assert answer.status_code == 400
    assert "<h1" in answer.text


def test_only_pictures_and_pages_are_handed_out_in_pieces(
    client: TestClient, item: dict[str, int], library: Library
) -> None:
    page = next(part for part in library.parts(item["pages.pdf"]) if part.modality == "image")
    made = client.get(f"{IIIF}/pictures/{page.id}/info.json").json()
    assert max(made["width"], made["height"]) == library.settings.limits.image_pixels
    assert made["tiles"] == [{"width": 512, "height": 512, "scaleFactors": [1, 2, 4, 8]}]
    for name in ("film.mp4", "bell.wav", "letter.txt"):
        part = library.parts(item[name])[0].id
        assert client.get(f"{IIIF}/pictures/{part}/info.json").status_code == 404
        assert client.get(f"{IIIF}/pictures/{part}/full/max/0/default.jpg").status_code == 404


@pytest.fixture
def viewer(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[TestClient]:
    """A library that is shared with the origins that a test names."""
    settings = {"origins": request.param, "threads": 1}
    with (
        Library.open(tmp_path, create=True, settings=settings) as library,
        TestClient(application(library, "127.0.0.1"), HOST) as client,
    ):
        yield client


@pytest.mark.parametrize(
    ("viewer", "allowed"),
    [("", None), ("*", "*"), ("https://viewer.example, https://other.example", "https://viewer.example")],
    indirect=["viewer"],
)
def test_pages_of_other_sites_read_what_they_are_let(viewer: TestClient, allowed: str | None) -> None:
    answer = viewer.get("/iiif/collections", headers={"Origin": "https://viewer.example"})
    assert answer.headers.get("access-control-allow-origin") == allowed
    assert answer.headers["cross-origin-resource-policy"] == ("cross-origin" if allowed else "same-origin")
    stranger = viewer.get("/iiif/collections", headers={"Origin": "https://stranger.example"})
    assert stranger.headers.get("access-control-allow-origin") == ("*" if allowed == "*" else None)
    assert "access-control-allow-origin" not in viewer.get("/", headers={"Origin": "https://viewer.example"}).headers
