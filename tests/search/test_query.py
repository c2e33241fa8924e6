"""The term language: one parser, errors with positions, and what is written is read back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pinakes.errors import BadQuery, PinakesError
from pinakes.index.filters import Filter
from pinakes.library.asking import is_file
from pinakes.limits import Limits
from pinakes.media.metadata.vocabulary import canonical
from pinakes.search.query.parse import _WITHOUT_WORDS, parse, parse_arguments
from pinakes.search.query.terms import FileTerm, ItemTerm, Query, TextTerm, UploadTerm
from pinakes.search.query.write import written

LIMITS = Limits()


def named(text: str) -> bool:
    """In these tests what ends like a picture is a file."""
    return text.endswith(".jpg") and " " not in text


def read(query: str) -> Query:
    """A query as the command line reads it."""
    return parse(query, LIMITS, named)


def test_bare_words_side_by_side_are_one_term() -> None:
    assert read("a red boat") == Query((TextTerm("a red boat"),))


def test_the_example_of_the_manual() -> None:
    assert read('"a red boat" + boat.jpg - night 2:sea') == Query(
        (TextTerm("a red boat", phrase=True), FileTerm("boat.jpg"), TextTerm("night", -1.0), TextTerm("sea", 2.0))
    )


def test_several_arguments_are_signs_and_whole_terms() -> None:
    arguments = ["a red boat", "+", "boat.jpg", "-", "night", "2:sea", "creator=Le Corbusier", '"x y"']
    assert parse_arguments(arguments, LIMITS, named) == Query(
        (
            TextTerm("a red boat"),
            FileTerm("boat.jpg"),
            TextTerm("night", -1.0),
            TextTerm("sea", 2.0),
            TextTerm("x y", phrase=True),
        ),
        (Filter("creator", "=", ("Le Corbusier",)),),
    )


@pytest.mark.parametrize(
    ("arguments", "position"),
    [
        (["boat", "+", "-", "x"], 7),
        (["boat", "item:x"], 5),
        (["sea", "date>="], 4),
        (["boat", 'red "abc'], 9),
        (["a", "+"], 2),
    ],
)
def test_an_error_in_one_of_several_arguments_tells_where_it_stands_in_their_line(
    arguments: list[str], position: int
) -> None:
    with pytest.raises(BadQuery) as caught:
        parse_arguments(arguments, LIMITS, named)
    assert caught.value.position == position


def test_one_argument_is_read_whole() -> None:
    assert parse_arguments(["red boat - night"], LIMITS, named) == read("red boat - night")


def test_signs_may_touch_their_term_and_words_may_hold_signs() -> None:
    assert read("boat -night +sea") == read("boat - night + sea")
    assert read("a well-known C+ thing") == Query((TextTerm("a well-known C+ thing"),))


def test_items_uploads_fields_and_weights() -> None:
    assert read("item:12 - 0.5:item:3 upload:abc title:boat title:'x' author:\"Le Corbusier\"") == Query(
        (
            ItemTerm(12),
            ItemTerm(3, -0.5),
            UploadTerm("abc"),
            TextTerm("boat", field="title"),
            TextTerm("'x'", field="title"),
            TextTerm("Le Corbusier", phrase=True, field="creator"),
        )
    )


@pytest.mark.parametrize(
    "title", ["Vol. 2: Boats", "1984: a novel", "2001: A Space Odyssey", "Chapter 3: the whale", "2:", "Part .5: sea"]
)
def test_a_number_and_a_colon_with_nothing_after_them_are_a_word(title: str) -> None:
    assert read(title) == Query((TextTerm(title),))
    assert read(written(read(title))) == read(title)
    assert parse_arguments(["sea", title], LIMITS, named) == Query((TextTerm("sea"), TextTerm(title)))


def test_filters_with_operators_lists_and_quotations() -> None:
    assert read('date>=1900 creator="Le Corbusier","A, B" modality=image,audio pages<3 - labels=ship x!=1').filters == (
        Filter("date", ">=", ("1900",)),
        Filter("creator", "=", ("Le Corbusier", "A, B")),
        Filter("modality", "=", ("image", "audio")),
        Filter("pages", "<", ("3",)),
        Filter("labels", "!=", ("ship",)),
        Filter("x", "!=", ("1",)),
    )


@pytest.mark.parametrize(
    ("written_so", "meant"),
    [
        ("type:film", Filter("type", "=", ("film",))),
        ("type:Film,book", Filter("type", "=", ("film", "book"))),
        ("-modality:image", Filter("modality", "!=", ("image",))),
        ('collection:"my photos"', Filter("collection", "=", ("my photos",))),
        ("state:missing", Filter("state", "=", ("missing",))),
        ("1:type:film", Filter("type", "=", ("film",))),
        ("lang:en", Filter("language", "=", ("en",))),
        ("modality:picture", Filter("modality", "=", ("image",))),
        ("modality=Sound,text", Filter("modality", "=", ("audio", "text"))),
        ("type:video", Filter("type", "=", ("video", "film"))),
        ("type=picture,image", Filter("type", "=", ("picture", "image"))),
        ("- type=Image", Filter("type", "!=", ("Image", "picture"))),
    ],
)
def test_a_colon_is_a_filter_where_no_words_stand_in_the_field(written_so: str, meant: Filter) -> None:
    query = read(f"boat {written_so}")
    assert query == Query((TextTerm("boat"),), (meant,))
    assert read(written(query)) == query


@pytest.mark.parametrize(
    ("query", "term"),
    [
        ("type:etching", TextTerm("etching", field="type")),
        ('type:"film"', TextTerm("film", field="type", phrase=True)),
        ("state:bavaria", TextTerm("bavaria", field="state")),
        ("collection:", TextTerm("collection:")),
        (r"title:\//", TextTerm("//", field="title")),
    ],
)
def test_other_words_of_such_a_field_are_what_metadata_says(query: str, term: TextTerm) -> None:
    assert read(query) == Query((term,))
    assert read(written(read(query))) == read(query)


def test_an_address_is_words_and_no_field() -> None:
    assert read("http://example.org/a") == Query((TextTerm("http://example.org/a"),))


def test_other_quotation_marks_and_minus_signs_serve_too() -> None:
    assert read("“red boat” − night") == read('"red boat" - night')
    assert read("「红酒」") == Query((TextTerm("红酒", phrase=True),))


def test_a_backslash_takes_the_meaning_from_a_character() -> None:
    assert read(r"a\:b \"c \- d") == Query((TextTerm('a:b "c - d'),))


@pytest.mark.parametrize(
    ("query", "term"),
    [
        ("file:scans/boat.jpg", FileTerm("scans/boat.jpg")),
        ("2:boat.jpg", FileTerm("boat.jpg", 2.0)),
        ("-boat.jpg", FileTerm("boat.jpg", -1.0)),
        (r"C:\scans\boat.jpg", FileTerm(r"C:\scans\boat.jpg")),
        ("title:boat.jpg", TextTerm("boat.jpg", field="title")),
        ("http://example.org/boat.html", TextTerm("http://example.org/boat.html")),
    ],
)
def test_what_ends_like_a_file_is_one_behind_a_sign_or_a_weight_and_not_in_a_field(
    query: str, term: FileTerm | TextTerm
) -> None:
    assert parse(query, LIMITS, is_file).terms == (term,)


def test_files_can_not_be_named_where_nobody_says_what_a_file_is() -> None:
    assert parse("boat.jpg", LIMITS) == Query((TextTerm("boat.jpg"),))
    with pytest.raises(BadQuery, match="upload:"):
        parse("file:/etc/passwd", LIMITS)


@pytest.mark.parametrize(
    ("query", "position", "said"),
    [
        ('sea "abc', 4, "not closed"),
        ("sea +", 4, "follows the sign"),
        ("a + - b", 4, "Two signs"),
        ('ab 2:""', 3, "empty"),
        ("ab 0:sea", 3, "weight"),
        ("ab 1e9:sea 99999:sea", 11, "weight"),
        ("date>=", 0, "no value"),
        ("a collection:,", 2, "no value"),
        ("a date>=1,2", 2, "one value"),
        ("a item:x", 2, "number of an item"),
        ('a ""', 2, "empty"),
    ],
)
def test_an_error_tells_where_the_query_can_not_be_read(query: str, position: int, said: str) -> None:
    with pytest.raises(BadQuery, match=said) as caught:
        read(query)
    assert caught.value.position == position
    assert caught.value.exit == 2


def test_queries_are_bounded_in_length_and_terms() -> None:
    limits = Limits(max_query_chars=10, max_query_terms=2)
    assert parse("x" * 10, limits)
    with pytest.raises(BadQuery, match="10"):
        parse("x" * 11, limits)
    with pytest.raises(BadQuery, match="10"):
        parse_arguments(["x" * 6, "y" * 6], limits)
    assert parse("a +b", limits)
    with pytest.raises(BadQuery, match="3 terms"):
        parse("a +b +c", limits)


def test_control_characters_are_space() -> None:
    assert read("red\x00boat\x1b[31m") == Query((TextTerm("red boat [31m"),))


TEXT = (
    st.text(min_size=1, max_size=20)
    .map(lambda s: " ".join("".join(c for c in s if c.isprintable()).split()))
    .filter(bool)
)
NAME = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True).filter(
    lambda n: n not in ("item", "upload", "file") and canonical(n) not in _WITHOUT_WORDS
)
WEIGHT = st.sampled_from([1.0, -1.0, 2.0, -0.5, 0.25])
TERMS = st.one_of(
    st.builds(TextTerm, TEXT, WEIGHT, st.booleans()),
    st.builds(TextTerm, TEXT, WEIGHT, st.booleans(), NAME.map(canonical)),
    st.builds(ItemTerm, st.integers(0, 10**9), WEIGHT),
    st.builds(UploadTerm, TEXT, WEIGHT),
    st.builds(FileTerm, TEXT, WEIGHT),
)
VALUE = st.one_of(st.integers(0, 3000).map(str), TEXT)
FILTERS = st.one_of(
    st.builds(
        Filter, st.just("title"), st.sampled_from(["=", "!="]), st.lists(VALUE, min_size=1, max_size=3).map(tuple)
    ),
    st.builds(Filter, st.just("date"), st.sampled_from(["<", "<=", ">", ">="]), st.tuples(VALUE)),
)


@given(st.lists(TERMS, max_size=4), st.lists(FILTERS, max_size=2))
def test_what_is_written_is_read_back(terms: list[object], filters: list[Filter]) -> None:
    query = Query(tuple(terms), tuple(filters))  # type: ignore[arg-type]
    again = parse(written(query), LIMITS, lambda _: False)
    assert again == query
    assert written(again) == written(query)


@given(st.text(max_size=60))
def test_any_text_is_a_query_or_a_clear_error(text: str) -> None:
    try:
        query = parse(text, LIMITS)
    except PinakesError as error:
        assert error.code == "bad-query"
        return
    assert parse(written(query), LIMITS) == query
