"""The item page: its parts a stretch at a time, its time line, and what rights let go."""

from __future__ import annotations

import html
import io
import os
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from starlette.testclient import TestClient

from pinakes.catalogue.records import Outline
from pinakes.library import Library
from pinakes.library.viewing import outlined, waveform
from pinakes.media.preview import Waveform, outline
from pinakes.types import Place
from pinakes.web.app import application
from pinakes.web.logic.leafing import LEAVES, leafed, time_line
from tests.web.conftest import HOST


def pages(count: int) -> list[Outline]:
    """The parts of a document with a picture and two passages on every page."""
    kinds = ("image", "text", "text")
    return [Outline(3 * page + n, 1, kinds[n], Place(page=page)) for page in range(1, count + 1) for n in range(3)]  # type: ignore[arg-type]


def spans(count: int, seconds: float) -> list[Outline]:
    """The spans of a sound."""
    return [Outline(n + 1, 1, "audio", Place(seconds=(n * seconds, (n + 1) * seconds))) for n in range(count)]


def test_of_many_pages_those_around_the_hit_are_listed() -> None:
    parts = pages(5_000)
    found = leafed(parts, parts[3 * 299 + 2])
    assert found.total == 5_000
    assert found.here is not None
    assert found.here.number == 300
    assert (found.before.number, found.after.number) == (299, 301)  # type: ignore[union-attr]
    assert len(found.shown) == LEAVES
    assert found.here in found.shown
    assert (found.stretch, found.stretches) == (300 // LEAVES + 1, 105)
    assert [leaf.number for leaf in leafed(parts, parts[0], 105).shown] == list(range(4_993, 5_001))
    assert leafed(parts, parts[0], 9_999).stretch == 105
    assert leafed([], None).total == 0


def test_stretches_of_time_are_shares_of_the_whole() -> None:
    line = time_line(leafed(spans(4, 10.0), spans(4, 10.0)[1]), 40.0)
    assert [(one.start, one.length, one.leaf.here) for one in line] == [
        (0.0, 0.25, False),
        (0.25, 0.25, True),
        (0.5, 0.25, False),
        (0.75, 0.25, False),
    ]
    # A header that says less than there is does not lead off the line.
    assert [(one.start, one.length) for one in time_line(leafed(spans(2, 10.0), None), 5.0)] == []
    late = time_line(leafed(spans(2, 10.0), spans(2, 10.0)[0]), 5.0)
    assert [(one.start, one.length) for one in late] == [(0.0, 1.0), (1.0, 0.0)]


def test_a_waveform_is_read_back_from_its_picture() -> None:
    drawn = Waveform()
    rising = np.linspace(0, 1, 48_000, dtype=np.float32)
    drawn.add(rising * np.sin(np.arange(48_000) / 7, dtype=np.float32))
    heights = np.array([high for high, _ in outline(drawn.drawn(384))])
    assert len(heights) == 384
    assert heights[:20].max() < 0.15
    assert heights[-20:].max() > 0.85
    assert outline(b"no picture") == []


def test_a_long_text_is_read_a_stretch_at_a_time(
    client: TestClient, library: Library, item: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    from pinakes.web.logic import viewing

    monkeypatch.setattr(viewing, "_PASSAGES", 1)
    number = item["book.epub"]
    chapter = [part for part in outlined(library, number) if part.place.chapter == 1]
    shown = client.get(f"/items/{number}", params={"part": chapter[0].id}).text
    assert shown.count('class="passage') == 1
    assert ("Further text" in shown) == (len(chapter) > 1)


def test_a_sound_has_its_outline_and_its_spans_in_time(
    client: TestClient, library: Library, item: dict[str, int]
) -> None:
    file = library.item(item["bell.wav"]).files[0].id
    assert max(high for high, _ in waveform(library, file)) > 0.1
    shown = client.get(f"/items/{item['bell.wav']}").text
    assert 'class="timeline wave"' in shown
    assert 'data-seconds="3.000"' in shown


def test_a_film_has_its_shots_on_a_line_with_their_pictures(client: TestClient, item: dict[str, int]) -> None:
    shown = client.get(f"/items/{item['film.mp4']}").text
    line = shown.partition('id="timeline"')[2].partition("</svg>")[0]
    strip = shown.partition('class="leaves strip"')[2].partition("</details>")[0]
    assert line.count("<rect") == strip.count("/thumbnail") > 1
    assert line.count('class="here"') == strip.count("aria-current") == 1


def test_what_may_not_be_had_is_neither_offered_nor_played(
    client: TestClient, library: Library, item: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library._catalogue, "settings", replace(library.settings, downloads="*=nobody"))
    shown = client.get(f"/items/{item['film.mp4']}").text
    assert "/original" not in shown
    assert 'id="player"' not in shown
    assert "do not let you have its original" in shown


def test_the_way_back_leads_to_the_whole_search(client: TestClient, item: dict[str, int]) -> None:
    search = {"q": "boat", "where": 'modality="image"', "view": "list", "mode": "quick"}
    shown = client.get(f"/items/{item['red boat.png']}", params=search).text
    back = shown.partition('class="back"')[2].partition("</a>")[0]
    for piece in ("q=boat", "where=modality", "view=list", "mode=quick"):
        assert piece in back


def yellow(data: bytes) -> float:
    """The share of a picture that is marked as with a pen."""
    with Image.open(io.BytesIO(data)) as image:
        points = np.asarray(image.convert("RGB"), np.int16)
    return float(((points[..., 0] > 200) & (points[..., 1] > 170) & (points[..., 2] < 170)).mean())


def test_words_are_marked_on_the_picture_of_a_page(client: TestClient, library: Library, item: dict[str, int]) -> None:
    number = item["pages.pdf"]
    page = next(part for part in outlined(library, number) if part.place.page == 2 and part.modality == "image")
    shown = client.get(f"/items/{number}", params={"part": page.id, "q": "lighthouse"}).text
    assert f'src="/parts/{page.id}/picture?mark=lighthouse"' in shown
    plain = client.get(f"/parts/{page.id}/picture").content
    marked = client.get(f"/parts/{page.id}/picture", params={"mark": ["LIGHTHOUSE", "light", " "]}).content
    assert yellow(plain) == 0
    assert 0 < yellow(marked) < 0.02
    # A piece of a word is not the word.
    assert yellow(client.get(f"/parts/{page.id}/picture", params={"mark": "light"}).content) == 0


def test_the_folder_of_a_file_leads_to_what_lies_in_it_whatever_bytes_name_it(tmp_path: Path) -> None:
    folder = tmp_path / "media" / 'Crete "2019"' / "old"
    folder.mkdir(parents=True)
    (tmp_path / "media" / "beside.txt").write_text("A note beside the folders.")
    name = os.fsencode(folder) + b"/\xe9t\xe9.txt"
    with open(name, "wb") as file:
        file.write(b"A note of sailing.")
    with Library.open(tmp_path / "library", create=True) as library:
        library.add(tmp_path / "media")
        with TestClient(application(library, "127.0.0.1"), HOST, raise_server_exceptions=False) as reader:
            shown = reader.get(f"/items/{library.search('sailing')[0].item}").text
            assert "?t?.txt" in shown
            there = re.search(r'<dt>Folder</dt><dd><a href="([^"]+)">Crete &#34;2019&#34;/old</a>', shown)
            assert there is not None
            found = reader.get(html.unescape(there[1])).text
            assert "A note of sailing." in found
            assert "beside" not in found
            assert "<dt>Folder</dt>" not in reader.get(f"/items/{library.search('beside')[0].item}").text
