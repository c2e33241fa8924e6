import pytest
from hypothesis import given
from hypothesis import strategies as st

from pinakes.errors import Unsupported
from pinakes.media.encoding import Report, declared_encoding, decoded, detect, storable

SAMPLES = {
    "cp1252": "Ça va très bien, merci à vous. Où êtes-vous né? L'été à Paris est “magnifique” — dit-on.",
    "cp1250": "Žluťoučký kůň úpěl ďábelské ódy, a proto přišel později než včera.",
    "cp1251": "Привет, как дела? Всё хорошо, спасибо большое за вопрос.",
    "koi8_r": "Привет, как дела? Всё хорошо, спасибо большое за вопрос.",
    "cp1253": "Η κόκκινη βάρκα είναι στο λιμάνι και το φως ανάβει κάθε βράδυ.",
    "gb18030": "一瓶红酒和一条船在海边的夜里，灯塔亮了。",
    "big5": "繁體中文的書籍與圖書館，夜裡的燈塔亮了。",
    "cp932": "日本語のテキストです。東京は今日も雨が降っています。",
    "euc_jp": "日本語のテキストです。東京は今日も雨が降っています。",
    "cp949": "한국어 텍스트입니다. 바다 위에 빨간 배가 있습니다.",
    "utf-16-le": "A red boat at the quay, 一瓶红酒.",
    "utf-16-be": "A red boat at the quay, 一瓶红酒.",
}


def text_of(blocks, encoding):
    report = Report(encoding, doubtful=True)
    return "".join(decoded(blocks, report)), report


@pytest.mark.parametrize("encoding", SAMPLES)
def test_the_encoding_of_a_text_is_told_from_its_bytes(encoding):
    data = SAMPLES[encoding].encode(encoding)
    assert text_of([data], detect(data))[0] == SAMPLES[encoding]


@pytest.mark.parametrize(
    "text", ["café", "naïve", "El niño comió mañana, ¿verdad?", "Straße über den Fluß", "It costs £3 at 5 °C"]
)
def test_a_few_accents_in_latin_words_are_taken_for_western_ones(text):
    assert text_of([text.encode("cp1252")], detect(text.encode("cp1252")))[0] == text


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_decides_and_is_no_part_of_the_text(encoding):
    data = "A red boat, 一瓶红酒.".encode(encoding)
    assert text_of([data], detect(data))[0] == "A red boat, 一瓶红酒."


@pytest.mark.reliability
def test_utf16_of_chinese_alone_is_known_without_a_mark():
    """A12."""
    text = "一瓶红酒和一条船在海边的夜里，灯塔亮了。\n" * 3
    for encoding in ("utf-16-le", "utf-16-be"):
        assert detect(text.encode(encoding)) == encoding


@pytest.mark.reliability
def test_utf8_with_a_damaged_place_stays_utf8_and_says_so():
    """A12."""
    data = ("Žluťoučký kůň úpěl ďábelské ódy. " * 5).encode()
    damaged = data.replace(b" k", b" \xff\xfek", 1)
    text, report = text_of([damaged], detect(damaged))
    assert text.replace("\ufffd", "") == data.decode()
    assert report.replaced >= 1
    assert "replaced" in report.notes()[0]


def test_what_no_encoding_explains_is_refused():
    with pytest.raises(Unsupported):
        detect(bytes(range(128, 256)) * 8)


def test_a_declared_encoding_is_believed_where_utf8_is_ruled_out():
    data = "Привет".encode("cp1251")
    assert detect(data, declared_encoding("windows-1251")) == "cp1251"


def test_only_encodings_of_texts_can_be_declared():
    assert declared_encoding("latin-1") == declared_encoding("ISO-8859-1") == "cp1252"
    assert declared_encoding("gb2312") == "gb18030"
    for label in ("rot13", "zip", "hex", "utf-7", "idna", "no such", "", "punycode", "unicode_escape"):
        assert declared_encoding(label) == ""


@pytest.mark.reliability
def test_nul_and_lone_surrogates_are_replaced_and_counted():
    """A12."""
    report = Report()
    assert storable("a\x00b\ud800c\udfffd", report) == "a\ufffdb\ufffdc\ufffdd"
    assert (report.nuls, report.surrogates) == (1, 2)
    lone = "a".encode("utf-16-le") + b"\x00\xd8" + "b".encode("utf-16-le")
    assert text_of([lone], "utf-16-le")[0].encode("utf-8").decode() == "a\ufffdb"


@pytest.mark.reliability
def test_characters_that_change_the_direction_of_writing_are_kept_and_told():
    """A12."""
    report = Report()
    text = "photo\u202egpj.exe and \u2066this\u2069"
    assert storable(text, report) == text
    assert "3 characters change the direction" in report.notes()[0]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_all_ends_of_lines_become_newlines_even_between_blocks(end):
    data = f"one{end}two{end}{end}three".encode()
    for size in range(1, 8):
        blocks = [data[i : i + size] for i in range(0, len(data), size)]
        assert text_of(blocks, "utf-8")[0] == "one\ntwo\n\nthree"


@given(st.text(max_size=80), st.integers(1, 9), st.sampled_from(["utf-8", "utf-16-le", "gb18030"]))
def test_blocks_decode_to_what_the_whole_decodes_to(text, size, encoding):
    data = text.encode(encoding, "replace")
    blocks = [data[i : i + size] for i in range(0, len(data), size)]
    expected = data.decode(encoding).removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    assert text_of(blocks, encoding)[0] == storable(expected, Report())
