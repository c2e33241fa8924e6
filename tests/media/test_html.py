import pytest

from pinakes.media.html import Figure, HtmlText


def read(text, block=0):
    page = HtmlText()
    blocks = [text[i : i + block] for i in range(0, len(text), block)] if block else [text]
    return "".join(page.plain(blocks)), page


def words(text):
    return read(text)[0]


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("<h1>One</h1>Two<br>three", "One\n\nTwo\nthree"),
        ("<ul><li>one<li>two</ul>", "one\ntwo"),
        ("<table><tr><td>a<td>b<tr><td>c<td>d</table>", "a b\nc d"),
        ("a <b>bold</b>, <i>word</i>s", "a bold, words"),
        ("one\n   two\t three", "one two three"),
        ("<pre>\n  two\n    spaces</pre>after", "  two\n    spaces\n\nafter"),
        ("caf&eacute; &#x7ea2;&#37202; &amp; &lt;p&gt;", "café 红酒 & <p>"),
        ("a<script>b</script><style>c</style><template>d<b>e</b></template>f", "af"),
        ("a<svg><text>b</text><svg></svg>c</svg>d", "ad"),
        ("a<svg/>b", "ab"),
        ("<p>a<noscript>b</noscript></p>", "a"),
        ("see <img src='a.png' alt='a boat'> here", "see a boat here"),
        ("", ""),
    ],
)
def test_the_text_is_what_a_reader_sees(page, text):
    assert words(page) == text


def test_a_null_or_surrogate_by_number_never_reaches_the_text():
    assert words("a&#0;b&#xD800;c") == "a\ufffdb\ufffdc"


def test_the_title_of_the_head_counts_and_that_of_a_drawing_does_not():
    text, page = read("<head><title>One</title></head><svg><title>Two</title></svg><body>x</body>")
    assert (page.head.title, text) == ("One", "x")


def test_a_title_that_is_never_closed_takes_no_second_one():
    assert read("<title>One</title><title>Two</title><p>x")[1].head.title == "One"


def test_pictures_are_listed_with_their_words_also_those_in_drawings():
    _, page = read("<img src=a.jpg alt='A  boat'><svg><image xlink:href='b.jpg'/></svg><img alt='no address'>")
    assert page.figures == [Figure("a.jpg", "A boat"), Figure("b.jpg", "")]


def test_blocks_of_a_page_give_the_text_of_the_whole():
    page = (
        "<title>T</title><p>One &amp; two</p><script>if (a<b) {}</script><ul><li>three<li>four</ul><pre> x\n y</pre>z"
    )
    assert all(read(page, size)[0] == words(page) for size in range(1, 20))
