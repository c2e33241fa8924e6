"""Dates in both languages: what they bound, and numbers that are none."""

from __future__ import annotations

import pytest

from pinakes.search.understanding import dates_en, dates_zh
from pinakes.search.understanding.spans import label


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("before 1930", "before 1930"),
        ("boats until 1930", "until 1930"),
        ("after the 1890s", "after 1899"),
        ("since 1920", "since 1920"),
        ("from 1900 on", "since 1900"),
        ("in the 1890s", "1890 to 1899"),
        ("the 1800s", "1800 to 1899"),
        ("early 1920s", "1920 to 1923"),
        ("late 19th century", "1867 to 1900"),
        ("the first half of the 19th century", "1801 to 1850"),
        ("twentieth-century", "1901 to 2000"),
        ("boats 1900 to 1910", "1900 to 1910"),
        ("between 1910 and 1900", "1900 to 1910"),
        ("1914-1918", "1914 to 1918"),
        ("c. 1915", "1910 to 1920"),
        ("pre-1900 maps", "before 1900"),
        ("taken in March 1902", "1902-03"),
        ("4th of March 1902", "1902-03-04"),
        ("March 4, 1902", "1902-03-04"),
        ("1902-03-04", "1902-03-04"),
        ("1912 March", "1912-03"),
        ("older than 1900", "before 1900"),
        ("newer than 1900", "after 1900"),
        ("works from the thirties", "1930 to 1939"),
        ("in 1899 or 1900", "1899 to 1900"),
    ],
)
def test_dates_in_english_say_what_they_bound(text: str, meant: str) -> None:
    assert [label(found.filters) for found in dates_en.dates(text)] == [meant]


@pytest.mark.parametrize(
    "text",
    [
        "no. 1905",
        "page 1902",
        "$1900",
        "room 1910",
        "x1900",
        "1900-page",
        "1905th",
        "30th century",
        "may flowers",
        "1893s",
    ],
)
def test_other_numbers_are_no_dates(text: str) -> None:
    assert not list(dates_en.dates(text))


def test_a_year_that_stands_alone_is_marked_so() -> None:
    assert [found.bare for found in dates_en.dates("1984 by the sea in 1990")] == ["1984", ""]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("1930年以前的风车", "before 1930"),
        ("1930以前", "before 1930"),
        ("1920年之后", "after 1920"),
        ("1911年以来", "since 1911"),
        ("1930年前后", "1925 to 1935"),
        ("二十世纪三十年代的港口", "1930 to 1939"),
        ("20世纪30年代初", "1930 to 1933"),
        ("十九世纪末", "1867 to 1900"),
        ("三十年代的录音", "1930 to 1939"),
        ("一九二〇年代", "1920 to 1929"),
        ("1930年代以前", "before 1930"),
        ("1900年到1910年的照片", "1900 to 1910"),
        ("1905年至1908年间的信", "1905 to 1908"),
        ("一九一一年三月的鲸鱼", "1911-03"),
        ("1902年3月4日", "1902-03-04"),
    ],
)
def test_dates_in_chinese_say_what_they_bound(text: str, meant: str) -> None:
    assert [label(found.filters) for found in dates_zh.dates(text)] == [meant]


@pytest.mark.parametrize("text", ["一千零一夜", "四十种天气", "1984", "三月", "1902年13月", "零世纪"])
def test_other_numbers_in_chinese_are_no_dates(text: str) -> None:
    assert not list(dates_zh.dates(text))
