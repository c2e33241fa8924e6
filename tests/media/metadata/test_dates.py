import pytest
from hypothesis import given
from hypothesis import strategies as st

from pinakes.media.metadata.dates import cut_date, first_date, iso_date


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("1907", "1907"),
        ("1907-03", "1907-03"),
        ("1907-03-09", "1907-03-09"),
        ("2020:01:02 03:04:05", "2020-01-02T03:04:05"),
        ("D:20200101120000+01'00'", "2020-01-01T12:00:00+01:00"),
        ("D:2020", "2020"),
        ("20240506", "2024-05-06"),
        ("2024-05-06T07:08:09.123Z", "2024-05-06T07:08:09Z"),
        ("2024-05-06 07:08", "2024-05-06T07:08:00"),
        ("12 March 1999", "1999-03-12"),
        ("March 3rd, 1999", "1999-03-03"),
        ("1er mars 1999", "1er mars 1999"),
        ("3 de mayo de 1999", "1999-05-03"),
        ("Dezember 1999", "1999-12"),
        ("3.4.1920", "1920-04-03"),
        ("1999年5月6日", "1999-05-06"),
        ("Tue, 15 Nov 1994 08:12:31 GMT", "1994-11-15T08:12:31"),
        # Not clear, so left as they are.
        ("03/04/1920", "03/04/1920"),
        ("c. 1850", "c. 1850"),
        ("[18--?]", "[18--?]"),
        ("spring 1850", "spring 1850"),
        # Not possible: what is left of them.
        ("2021-13-45", "2021"),
        ("2021-02-30", "2021"),
        ("1999-00-00", "1999"),
        ("0000:00:00 00:00:00", ""),
        ("", ""),
    ],
)
def test_dates_become_iso_where_they_are_clear(text, iso):
    assert iso_date(text) == iso


@pytest.mark.parametrize(
    ("text", "year", "day", "first"),
    [
        ("1907", "1907", "1907", "1907"),
        ("1907-03-09T10:00:00Z", "1907", "1907-03-09", "1907-03-09"),
        ("about 1921", "about 1921", "about 1921", "1921"),
        ("ca. 1850-1860", "ca. 1850-1860", "ca. 1850-1860", "1850"),
        ("1850-1860", "1850-1860", "1850-1860", "1850"),
        ("spring 1850-03", "spring 1850-03", "spring 1850-03", "1850-03"),
        ("[18--?]", "[18--?]", "[18--?]", ""),
        ("", "", "", ""),
    ],
)
def test_only_a_plain_date_is_cut_and_any_may_hold_one(text, year, day, first):
    assert (cut_date(text, 4), cut_date(text, 10), first_date(text)) == (year, day, first)


@given(st.dates(), st.times())
def test_what_is_iso_already_stays(day, at):
    at = at.replace(microsecond=0)
    if day.year >= 1000:
        assert iso_date(day.isoformat()) == day.isoformat()
        assert iso_date(f"{day.isoformat()}T{at.isoformat()}") == f"{day.isoformat()}T{at.isoformat()}"


@given(st.text(max_size=40))
def test_no_text_makes_it_fail(text):
    assert isinstance(iso_date(text), str)
