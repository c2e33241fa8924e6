from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pinakes.limits import Limits
from pinakes.media.metadata.vocabulary import FIELDS, canonical, clean_fields, language_tag, merged


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("Author", "creator"),
        ("DC.Title", "title"),
        ("dcterms:created", "date"),
        ("og:description", "description"),
        ("Keywords", "subjects"),
        ("tags", "labels"),
        ("Copyright Notice", "rights"),
        ("album artist", "contributor"),
        ("作者", "creator"),
        ("ISBN", "identifier"),
        ("Exposure Time", "exposure_time"),
        ("Título", "titulo"),
        ("备注", "u5907_u6ce8"),
        ("備注", "u5099_u6ce8"),
        ("", "unnamed"),
        ("!!!", "unnamed"),
    ],
)
def test_a_name_is_one_of_the_vocabulary_or_stays_itself(name, field):
    assert canonical(name) == field


def test_the_vocabulary_means_itself():
    assert [canonical(name) for name in FIELDS] == list(FIELDS)


@given(st.text(max_size=100))
@example("D\u00c7:0")
@example("dc:dc_dc:0")
def test_every_name_becomes_a_plain_one_and_stays_that(name):
    field = canonical(name)
    assert field
    assert set(field) <= set("abcdefghijklmnopqrstuvwxyz0123456789_")
    assert canonical(field) == field


def test_values_are_freed_of_control_characters_and_doubles():
    raw = {
        "title": "A\x00\x1b[31mred\u200b boat \n",
        "author": ["Ida", "Ida ", None, ""],
        "Creator": "Tom",
        "year": 1907,
    }
    assert clean_fields(raw) == {
        "title": ("A [31mred\u200b boat",),
        "creator": ("Ida", "Tom"),
        "date": ("1907",),
    }


def test_lists_in_one_value_are_parted():
    assert clean_fields({"keywords": "boat, red lamp;sea"})["subjects"] == ("boat", "red lamp", "sea")
    assert clean_fields({"subject": "Paris, France; Rome"})["subjects"] == ("Paris, France", "Rome")
    assert clean_fields({"labels": ["a|b", "c"]})["labels"] == ("a", "b", "c")
    assert clean_fields({"title": "Boats; and lamps"})["title"] == ("Boats; and lamps",)


def test_one_form_of_each_letter_is_kept():
    assert clean_fields({"title": "cafe\u0301"})["title"] == ("café",)


@pytest.mark.reliability
@pytest.mark.parametrize(("length", "kept"), [(9, 9), (10, 10), (11, 10)])
def test_a_value_is_no_longer_than_its_limit(length, kept):
    """A8."""
    limits = replace(Limits(), max_field_chars=10)
    assert len(clean_fields({"title": "x" * length}, limits)["title"][0]) == kept


@pytest.mark.reliability
@pytest.mark.parametrize(("count", "kept"), [(9, 9), (10, 10), (11, 10)])
def test_there_are_no_more_values_than_their_limit(count, kept):
    """A8."""
    limits = replace(Limits(), max_fields=10)
    fields = clean_fields({"creator": [str(n) for n in range(count)]}, limits)
    assert len(fields["creator"]) == kept
    both = merged([fields, {"title": ("a", "b", "c")}], limits)
    assert sum(map(len, both.values())) == min(kept + 3, 10)


def test_what_the_earlier_source_says_comes_first():
    assert merged([{"title": ("a",)}, {"title": ("b", "a"), "date": ("1907",)}]) == {
        "title": ("a", "b"),
        "date": ("1907",),
    }


def test_languages_are_short_tags():
    assert [language_tag(t) for t in ("eng", "en_US", "zh-Hans", "und", "Deu", " fr ", "")] == [
        "en",
        "en-us",
        "zh-hans",
        "",
        "de",
        "fr",
        "",
    ]


@given(st.dictionaries(st.text(max_size=20), st.text(max_size=60) | st.lists(st.text(max_size=20)), max_size=8))
def test_any_fields_come_out_fit_to_be_stored(raw):
    for name, values in clean_fields(raw).items():
        assert name
        assert len(set(values)) == len(values) > 0
        for value in values:
            assert value == value.strip() != ""
            assert "\x00" not in value.encode("utf-8").decode()
