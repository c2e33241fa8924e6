from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pinakes.media.html import HtmlText
from pinakes.media.markup import Markup


class Events:
    """Writes down what it is told, neighbouring texts as one."""

    def __init__(self):
        self.seen = []

    def start(self, tag, attributes, *, closed):
        self.seen.append(("start", tag, attributes()))

    def end(self, tag):
        self.seen.append(("end", tag))

    def data(self, text):
        if self.seen and self.seen[-1][0] == "data":
            self.seen[-1] = ("data", self.seen[-1][1] + text)
        else:
            self.seen.append(("data", text))


class Slow(HTMLParser):
    """The standard library's parser as the naive twin."""

    def __init__(self, events):
        super().__init__(convert_charrefs=True)
        self.events = events

    def handle_starttag(self, tag, attrs):
        values = {}
        for name, value in attrs:
            values.setdefault(name, value or "")
        self.events.start(tag, lambda: values, closed=False)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag):
        self.events.end(tag)

    def handle_data(self, data):
        self.events.data(data)


def events(text, block=0):
    found = Events()
    markup = Markup(found)
    for at in range(0, len(text), block or max(len(text), 1)):
        markup.feed(text[at : at + (block or len(text))])
    markup.feed("", last=True)
    return found.seen


def slow_events(text):
    found = Events()
    parser = Slow(found)
    parser.feed(text)
    parser.close()
    return found.seen


def words(text):
    page = HtmlText()
    return "".join(page.plain([text]))


attribute = st.builds(
    lambda name, value, quote: f" {name}={quote}{value}{quote}" if value is not None else f" {name}",
    st.sampled_from(["class", "id", "title", "data-x"]),
    st.none() | st.text(alphabet="ab >/&;é", max_size=6).map(lambda v: v.replace("&", "&amp;")),
    st.sampled_from("\"'"),
)
piece = st.one_of(
    st.text(alphabet="ab .é\n", min_size=1, max_size=8),
    st.sampled_from(["&amp;", "&lt;b&gt;", "&#233;", "&eacute;", "<!-- a > b -->", "<!DOCTYPE html>", "<br/>"]),
    st.builds(
        lambda tag, attrs: f"<{tag}{''.join(attrs)}>",
        st.sampled_from(["p", "b", "div"]),
        st.lists(attribute, max_size=3),
    ),
    st.sampled_from(["</p>", "</b>", "</div>", "<script>if (a < b) {x = '<p>'}</script>", "<style>p > b {}</style>"]),
)


@given(st.lists(piece, max_size=12).map("".join))
def test_well_formed_html_gives_what_the_standard_librarys_parser_gives(text):
    assert events(text) == slow_events(text)


@given(st.text(alphabet="<>/!-?='\"abp &;\n", max_size=60), st.integers(1, 9))
def test_pieces_of_a_document_give_what_the_whole_gives(text, block):
    assert events(text, block) == events(text)


@given(st.text(alphabet="<>/!-?='\"abp &;script", max_size=80))
def test_no_text_is_too_damaged_to_be_read(text):
    words(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
        ("<p>I <3 you", "I <3 you"),
        ("<a title='a > b'>link</a>", "link"),
        ("<p title=don't>words</p>", "words"),
        ("words<!-- never closed", "words"),
        ("words<a href='x", "words"),
        ("a<script>x</script >b", "a b".replace(" ", "")),
        ("<textarea><b></textarea>x", "<b>x"),
    ],
)
def test_damaged_markup_is_read_as_a_browser_reads_it(text, expected):
    assert words(text) == expected


@pytest.mark.slow
@pytest.mark.reliability
@pytest.mark.parametrize(
    "unit", ["<a ", "<", "<!--", "<a b='", "</", "&", "<!", "<?", "<title>", "<script></scrip", "<svg>", " "]
)
def test_a_damaged_document_of_a_megabyte_is_read_in_seconds(unit):
    """A12: no input makes the time grow faster than its length."""
    import time

    start = time.process_time()
    words("<p>text " + unit * (1_000_000 // len(unit)))
    assert time.process_time() - start < 10
