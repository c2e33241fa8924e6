import pytest

from pinakes.media.markdown import MarkdownText, without_marks


def plain(text):
    page = MarkdownText()
    return "".join(page.plain(text.split("\n"))).strip(), page


@pytest.mark.parametrize(
    ("marked", "words"),
    [
        ("a *word* and **two** and ***three***", "a word and two and three"),
        ("a _word_ and __two__", "a word and two"),
        ("snake_case_name and 2*3*4", "snake_case_name and 2*3*4"),
        ("[a boat](https://a.b/c_(d)) and ![a lamp](x.png)", "a boat and a lamp"),
        ("[![alt](a.png)](b.html)", "alt"),
        ("[a boat][1] and <https://a.b/>", "a boat and https://a.b/"),
        ("`code *stays* as it is` and *this* not", "code *stays* as it is and this not"),
        ("``a ` b``", "a ` b"),
        ("~~gone~~ <b>bold</b> caf&eacute;", "gone bold café"),
        (r"\*not emphasis\* and \# no heading", "*not emphasis* and # no heading"),
        ("plain words", "plain words"),
    ],
)
def test_marks_within_a_line_are_taken_away(marked, words):
    assert without_marks(marked) == words


@pytest.mark.parametrize(
    ("marked", "words"),
    [
        ("# One #\ntext", "One\ntext"),
        ("One\n===\ntext", "One\n\ntext"),
        ("* one\n* [x] two\n1. three", "one\ntwo\nthree"),
        ("> quoted\n> > twice", "quoted\ntwice"),
        ("text\n\n---\n\nmore", "text\n\n\n\nmore"),
        ("```python\nx = a * b * c\n```\nafter", "x = a * b * c\nafter"),
        ("~~~\n```\n~~~\nafter", "```\nafter"),
        ("| a | b |\n|---|:-:|\n| 1 | 2 |", "a   b\n\n1   2"),
        ("text\n\n[1]: https://a.b/c", "text"),
    ],
)
def test_lines_are_given_as_a_reader_sees_them(marked, words):
    assert plain(marked)[0] == words


def test_the_head_is_kept_apart_and_is_no_text():
    text, page = plain("---\ntitle: A\ntags: [b]\n---\nwords")
    assert (text, page.front_mark, page.front) == ("words", "---", ["title: A", "tags: [b]"])


def test_what_looks_like_a_head_but_never_ends_is_text():
    text, page = plain("---\none\ntwo\n" + "word\n" * 600)
    assert text.startswith("one\ntwo\nword")
    assert text.count("word") == 600
    assert page.front == []
    assert plain("---\none")[0] == "one"


def test_the_first_heading_is_the_title():
    assert plain("intro\n\n## *Boats*\n\n# Lamps")[1].title == "Boats"
    assert plain("Boats\n-----\n")[1].title == "Boats"


@pytest.mark.slow
@pytest.mark.reliability
@pytest.mark.parametrize(
    "unit", ["[", "*a ", "**a ", "_a ", "`", "`a``", "<a ", "<!--", "![", "[a](", ">", "|-", "# ", " ", "* "]
)
def test_a_line_of_marks_is_read_in_seconds(unit):
    """A12: no input makes the time grow faster than its length."""
    import time

    start = time.process_time()
    plain("# Head\n\n" + unit * (500_000 // len(unit)) + "x")
    assert time.process_time() - start < 10
