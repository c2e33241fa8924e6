"""Settings of a library that is open: what each is and where it was set, and changing those that may change."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pinakes.errors import BadSetting, NotAllowed
from pinakes.library import Library
from pinakes.library.choosing import Chosen, change, changing, chosen, follow
from pinakes.library.paths import SETTINGS
from pinakes.settings import between_commas, parse, rows

NOTHING: dict[str, str] = {"PINAKES_SETTINGS": "/nowhere/settings.toml"}


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "library", create=True, settings={"threads": 1}) as opened:
        yield opened


def told(library: Library, environ: dict[str, str] | None = None) -> dict[str, Chosen]:
    return {one.row.name: one for one in chosen(library, NOTHING | (environ or {}))}


def test_every_setting_is_told_with_where_it_was_set(library: Library, tmp_path: Path) -> None:
    (library.folder / SETTINGS).write_text("page_hits = 12\n")
    (tmp_path / "user.toml").write_text("page_hits = 3\nfusion = 'convex'\n")
    follow(library, NOTHING | {"PINAKES_SETTINGS": str(tmp_path / "user.toml")})
    found = told(library, {"PINAKES_SETTINGS": str(tmp_path / "user.toml"), "PINAKES_MIN_SCORE": "0.3"})
    assert list(found) == [row.name for row in rows()]
    assert {name: found[name].origin for name in ("page_hits", "fusion", "min_score", "threads", "max_pages")} == {
        "page_hits": "library",
        "fusion": "user",
        "min_score": "environment",
        "threads": "start",
        "max_pages": "default",
    }
    assert found["page_hits"].value == 12
    assert not found["min_score"].free
    assert not found["threads"].free
    assert found["page_hits"].free


def test_what_may_change_is_in_force_at_once_and_written_down(library: Library) -> None:
    (library.folder / SETTINGS).write_text('# mine\nlanguage = "en"\npage_hits = 12\n')
    assert change(library, {"page_hits": "30", "max_megapixels": "400"}, NOTHING) == []
    assert library.settings.page_hits == 30
    assert library.settings.limits.max_megapixels == 400
    assert (library.folder / SETTINGS).read_text() == (
        '# mine\nlanguage = "en"\npage_hits = 30\nmax_megapixels = 400\n'
    )
    assert change(library, {"page_hits": None}, NOTHING) == []
    assert library.settings.page_hits == 24


def test_what_a_server_takes_at_its_start_waits_for_the_next(library: Library) -> None:
    assert change(library, {"requests_at_once": 8}, NOTHING) == ["requests_at_once"]
    found = told(library)["requests_at_once"]
    assert (found.value, found.waiting) == (32, 8)
    with Library.open(library.folder) as again:
        assert again.settings.limits.requests_at_once == 8


def test_another_process_follows_what_is_written(library: Library) -> None:
    with Library.open(library.folder) as other:
        change(other, {"fusion": "convex", "threads": 2}, NOTHING)
    assert library.settings.fusion == "evidence"
    follow(library, NOTHING)
    assert library.settings.fusion == "convex"
    assert library.settings.threads == 1


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("fusion", "recipocal", "reciprocal"),
        ("page_hits", "0", "at least 1"),
        ("page_hits", "many", "whole number"),
        ("min_score", "1.5", "at most"),
        ("processes", "1025", "1,024 at most"),
        ("min_score", "-1", "zero or more"),
        ("precision", "half", "can not be 'half'"),
    ],
)
def test_a_wrong_value_is_refused_and_nothing_is_written(library: Library, name: str, value: str, says: str) -> None:
    with pytest.raises(BadSetting) as refused:
        change(library, {"commit_parts": 5, name: value}, NOTHING)
    assert says in str(refused.value)
    assert not (library.folder / SETTINGS).exists()


@pytest.mark.parametrize("name", ["hub", "models", "catalogue", "host", "passage_chars", "threads", "encode_batch"])
def test_what_is_set_elsewhere_is_not_changed_from_a_page(library: Library, name: str) -> None:
    with pytest.raises(NotAllowed):
        change(library, {name: "1"}, NOTHING | {"PINAKES_ENCODE_BATCH": "4"})
    assert not (library.folder / SETTINGS).exists()


def test_names_that_are_told_apart_are_names_of_settings() -> None:
    assert {changing(row.name) for row in rows()} == {"live", "restart", "made", "machine"}


def test_values_and_bounds_stand_with_the_settings_themselves() -> None:
    for name, wrong in (("runtime", "fast"), ("precision", "half")):
        with pytest.raises(BadSetting, match="It is one of auto"):
            parse(name, wrong)
    bounds = {row.name: (row.least, row.most) for row in rows()}
    assert bounds["preview_pixels"] == (16, 4_096) and bounds["max_body_bytes"] == (4_096, None)
    for row in rows():
        if not isinstance(row.default, str):
            assert row.least <= row.default <= (row.default if row.most is None else row.most), row.name


@given(st.lists(st.text("ab ,"), max_size=6))
def test_what_stands_between_commas_is_taken_without_the_space_around(pieces: list[str]) -> None:
    text = ",".join(pieces)
    assert between_commas(text) == [one.strip() for one in text.split(",") if one.strip()]
    assert between_commas(" , ".join(between_commas(text))) == between_commas(text)
