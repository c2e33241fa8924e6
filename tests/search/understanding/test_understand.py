"""What plain words mean in a library of names that are words too, and what explicit queries keep meaning."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as trying
from hypothesis import strategies as st

from benchmarks.understanding.quality import expected, told
from benchmarks.understanding.queries import COLLECTION, COLUMNS, RECORDS
from pinakes.encoders.builtin import files
from pinakes.errors import BadSetting, MissingExtra
from pinakes.library import Library
from pinakes.search.query.terms import TextTerm
from pinakes.search.query.write import written
from pinakes.search.understanding import recognisers
from pinakes.search.understanding.atoms import key


def table(folder: Path, rows: tuple[tuple[str, ...], ...] = RECORDS) -> Path:
    """The records as a table."""
    path = folder / "records.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([COLUMNS, *rows])
    return path


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    place = tmp_path_factory.mktemp("understanding")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "FOLDER", place / "nothing")
        made = Library.open(place / "library", create=True, settings={"decoders": 1, "threads": 1})
        made.add(table(place), collection=COLLECTION)
    with made:
        yield made


def found(library: Library, words: str, plain: tuple[str, ...] = ()) -> set[str]:
    return {one for finding in library.understood(words, plain=plain).findings for one in told(finding)}


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("Klee", ()),
        ("anton klee", ("creator:Klee, Anton",)),
        ("Klee, Anton: slopes", ("creator:Klee, Anton",)),
        ("slopes by klee", ("creator:Klee, Anton",)),
        ("Klee's slopes", ("creator:Klee, Anton",)),
        ("a book about Anton Klee", ("phrase:anton klee", "type:book,pdf")),
        ("slopes not by Klee", ("creator!:Klee, Anton",)),
        ("marchand quays", ("creator:Marchand, Odile",)),
        ("stone bridge", ()),
        ("rose", ()),
        ("reading in bed", ()),
        ("ships in Port Elsin", ("place:Port Elsin",)),
        ("meadows from the Penhallow Bequest", ("collection:Penhallow Bequest",)),
        ("subject: Still life", ("subject:Still life",)),
        ("sea stories for children", ("phrase:sea stories",)),
        ("letters in French", ("language:fr",)),
        ("French windows", ()),
        ("non-German letters", ("language!:de",)),
        ("birds, no boats please", ("without:boats",)),
        ("青石镇没有桥的街", ("place:青石镇", "without:桥")),
        ("letters in Polish", ()),
        ("pictures and recordings of birds", ("modality:image,audio",)),
        ("picture frame", ()),
        ("a boy with a picture", ()),
        ("the wall 1902", ("date:1902",)),
        ("the wall 1977", ()),
        ("harbour, no boats or ships, by night", ("without:boats", "without:ships")),
        ("no boats", ()),
        ("not only boats", ()),
        ("boats not from before 1900", ("date:>=1900",)),
        ("boats not from the 1890s", ()),
        ("quays not before 1900", ("date:>=1900",)),
        ("林间月的竹子", ("creator:林间月",)),
        ("关于林间月的书", ("phrase:林间月", "type:book,pdf")),
        ("树林间月亮", ()),
        ("不是林间月的竹子", ("creator!:林间月",)),
        ("在青石镇拍的桥", ("place:青石镇",)),
        ("没有红色的船的港湾", ("without:红色的船",)),
        ("有没有人", ()),
        ("毫无疑问", ()),
        ("用德文写的信", ("language:de",)),
        ("德语老师", ()),
    ],
)
def test_plain_words_mean_what_the_evidence_says(library: Library, words: str, meant: tuple[str, ...]) -> None:
    assert found(library, words) == expected(meant)


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ("show me pictures of boats by Anton Klee before 1930, without people", ["boats", "people"]),
        ("anton klee", []),
        ("请给我看1911年的竹子的图片", ["竹子"]),
        ("engravings of a bridge", ["engravings of a bridge"]),
        ("the poems of Odile Marchand", ["poems"]),
        ("帮我找一些给林间月的信", ["信", "林间月"]),
        ("please", ["please"]),
    ],
)
def test_what_was_not_understood_is_looked_for(library: Library, words: str, left: list[str]) -> None:
    query = library.understood(words).query
    assert [term.text for term in query.terms if isinstance(term, TextTerm)] == left


def test_a_text_that_somebody_pasted_is_no_request(library: Library) -> None:
    for text in ("x" * 1024, "书" * 257, "x " * 64):
        assert not library.understood(f"boats before 1930 {text}").findings
    assert library.understood("boats before 1930 " + "x" * 900).findings


def test_a_title_is_not_taken_apart(library: Library) -> None:
    assert not library.understood("Les oiseaux du port").findings
    assert not library.understood("the skipper's tale").findings


def test_works_of_two_people_of_one_surname_are_found_by_it(library: Library) -> None:
    (finding,) = library.understood("works by Ames").findings
    assert finding.filters[0].values == ("Ames, Ida",)


def test_of_several_people_any_may_have_made_it(library: Library) -> None:
    query = library.understood("slopes by Anton Klee or Odile Marchand").query
    assert [one.values for one in query.filters] == [("Klee, Anton", "Marchand, Odile")]


def test_a_second_span_of_time_stays_plain_and_two_bounds_make_one(library: Library) -> None:
    assert found(library, "hills in the 1890s or 1912") == set()
    assert found(library, "hills in the 1890s, not 1912 but in 1899") == {"date:1890..1899"}
    assert found(library, "hills after 1890 and before 1900") == {"date:>1890", "date:<1900"}


def test_words_named_as_plain_stay_plain(library: Library) -> None:
    words = "slopes not by Anton Klee before 1930"
    assert found(library, words, ("Before 1930",)) == {"creator!:Klee, Anton"}
    assert found(library, words, ("not by anton klee", "before 1930")) == set()


@pytest.mark.parametrize(
    "query",
    [
        '"before 1930"',
        "creator:klee",
        "2:pictures",
        "- people",
        "date<1930 modality=image",
        "item:1",
        '"pictures of Anton Klee" - "before 1930"',
        "creat* + light*",
    ],
)
def test_what_is_explicit_means_what_it_always_does(library: Library, query: str) -> None:
    understood = library.understood(query)
    assert understood.query == library.understood(query, plain=[query]).query
    assert not understood.findings


# A machine that is busy with other things says nothing of these tests.
LEISURELY = trying(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
WORDS = st.sampled_from(
    [
        "boat",
        "anton klee",
        "before 1930",
        "pictures of",
        "without people",
        "in French",
        "林间月的",
        "没有人的",
        "Port Elsin",
    ]
)
EXPLICIT = st.one_of(
    WORDS.map(lambda words: f'"{words}"'),
    WORDS.map(lambda words: f'- "{words}"'),
    WORDS.map(lambda words: f'title:"{words}"'),
    WORDS.map(lambda words: f'3:"{words}"'),
    WORDS.map(lambda words: f'creator="{words}"'),
)


@LEISURELY
@given(st.lists(EXPLICIT, min_size=1, max_size=4), st.lists(WORDS, max_size=3))
def test_explicit_terms_and_filters_stay_whatever_stands_beside_them(
    library: Library, explicit: list[str], words: list[str]
) -> None:
    alone = library.understood(" ".join(explicit)).query
    asked = library.understood(" ".join([*words, *explicit])).query
    assert set(map(str, alone.filters)) <= set(map(str, asked.filters))
    assert all(term in asked.terms for term in alone.terms)


@LEISURELY
@given(st.text(alphabet="ab '\"的没有不要书1930年,。-，:;", max_size=40))
def test_any_text_is_understood_or_stays_as_it_is(library: Library, text: str) -> None:
    from pinakes.errors import BadQuery

    try:
        understood = library.understood(text)
    except BadQuery:
        return
    if not understood.findings:
        assert understood.query == library.understood(text).query
    assert understood.query.terms or understood.query.filters or not text.strip()
    for finding in understood.findings:
        assert finding.words
        assert finding.filters or finding.terms or finding.kind == "request"


def test_a_filter_that_was_given_knows_better(library: Library) -> None:
    assert found(library, "slopes by Klee creator=other") == set()
    assert found(library, "pictures of slopes modality=text") == set()
    assert found(library, "pictures of slopes modality=image") == {"modality:image"}
    assert found(library, "slopes before 1930 date>=1900") == {"date:<1930"}


def test_a_search_that_understands_finds_what_is_meant(library: Library) -> None:
    (hit,) = library.search("slope by anton klee before 1922", understand=True)
    assert hit.title == "Evening slope"


def test_the_lists_are_those_of_the_library_as_it_is(tmp_path: Path, classical_alone: None) -> None:
    row = ("A quiet bay", "Okonkwo, Ada", "1950", "en", "Bays", "Fernhaven Sands", "A bay.")
    with Library.open(tmp_path / "library", create=True, settings={"decoders": 1}) as library:
        library.add(table(tmp_path, RECORDS[:2]))
        assert found(library, "bays by Okonkwo") == set()
        library.add(table(tmp_path, (*RECORDS[:2], row)))
        assert found(library, "bays by Okonkwo") == {"creator:Okonkwo, Ada"}
        (hit,) = library.search("creator:Okonkwo")
        library.remove(hit.item)
        assert found(library, "bays by Okonkwo") == set()


def test_lists_that_took_long_to_read_are_not_read_at_every_change(
    tmp_path: Path, classical_alone: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    monkeypatch.setattr(
        "pinakes.library.understanding.time", SimpleNamespace(monotonic=lambda: now[0], thread_time=lambda: now[0])
    )
    with Library.open(tmp_path / "library", create=True, settings={"decoders": 1}) as library:
        library.add(table(tmp_path, RECORDS[:1]))
        understanding = library.understanding
        monkeypatch.setattr(
            understanding,
            "_read",
            lambda snapshot, read=understanding._read: (now.__setitem__(0, now[0] + 3), read(snapshot))[1],
        )
        first = understanding.authorities()
        library.add(table(tmp_path, RECORDS[:3]))
        now[0] += 29
        assert understanding.authorities() is first
        now[0] += 1
        assert understanding.authorities() is not first


def test_the_lists_say_the_same_as_a_reading_of_all_records(library: Library) -> None:
    lists = library.understanding.authorities()
    by_name: dict[str, set[str]] = {}
    for row in RECORDS:
        record = dict(zip(COLUMNS, row, strict=True))
        for value in [record["creator"], record["coverage"], *record["subjects"].split("; ")]:
            by_name.setdefault(key(value), set()).add(value)
    for name, values in by_name.items():
        assert {value for one in lists.find(name) if one.whole for value in one.values} == values - {""}
    assert list(lists.known(["anton klee", "nobody at all"])) == [True, False]
    assert lists.bytes == 15 * len(lists)


def test_names_beyond_the_limit_are_not_known(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    from pinakes.library.understanding import Understanding
    from pinakes.settings import with_values

    few = Understanding(library._index, with_values(library.settings, {"max_authority_names": 3}))
    assert len(few.authorities()) == 3


def test_a_pipeline_of_spacy_keeps_further_names_together(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    def load(name: str) -> object:
        if name != "tiny":
            raise OSError("[E050] Can't find model\nmore")
        person = SimpleNamespace(start_char=7, end_char=20, label_="PERSON")
        return lambda text: SimpleNamespace(ents=[person])

    monkeypatch.setitem(sys.modules, "spacy", SimpleNamespace(load=load))
    recognisers.spacy_pipeline.cache_clear()
    from pinakes.library.understanding import Understanding
    from pinakes.search.query.parse import parse
    from pinakes.settings import with_values

    def understanding(name: str) -> Understanding:
        return Understanding(library._index, with_values(library.settings, {"pipeline": name}))

    query = parse("houses Mary Colliers built", library.settings.limits)
    assert written(understanding("tiny").of(query).query) == 'houses built + "Mary Colliers"'
    with pytest.raises(BadSetting, match="E050"):
        understanding("large").of(query)
    monkeypatch.setitem(sys.modules, "spacy", None)
    recognisers.spacy_pipeline.cache_clear()
    with pytest.raises(MissingExtra, match="spacy"):
        understanding("tiny").of(query)
    recognisers.spacy_pipeline.cache_clear()
