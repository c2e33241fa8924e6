import pytest
from hypothesis import given
from hypothesis import strategies as st

from pinakes.media.clean import flags_of_text, join_hyphens, repair_mojibake, suggest_spelling

GOOD = [
    "Der öffentliche Verkehr für Bücher und Straßen",
    "«L’été» où l’élève à côté… était là – déjà vu »!",
    "Её маленький ёжик съел яблоко",
    "Під час зими її діти їли їжу біля річки",
    "Różny żółw męczył gęś, mówił: „źdźbło też”",
    "一瓶红酒和一条红色的小船",
    "ひらがなとカタカナ、漢字",
    "Η ελληνική γλώσσα",
    "Türkçe çok güzel bir dildir",
    "Tiếng Việt là ngôn ngữ",
    "اللغة العربية",
]


@pytest.mark.parametrize("text", GOOD)
def test_good_text_in_many_languages_is_left_alone(text):
    assert repair_mojibake(text) == (text, repair_mojibake("plain")[1])


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "cp1250", "cp1251", "cp1254", "mac_roman", "cp437"])
def test_text_that_was_read_in_the_wrong_encoding_is_repaired(encoding):
    text = "Die schöne Straße führt zur Brücke – “naïve façade”"
    try:
        garbled = text.encode("utf-8").decode(encoding)
    except UnicodeDecodeError:
        garbled = text.replace("”", "").encode("utf-8").decode(encoding)
        text = text.replace("”", "")
    repaired, note = repair_mojibake(garbled)
    assert repaired in {text, text.replace("“", '"').replace("”", '"')}
    assert note.applied


def test_the_quick_check_passes_all_that_ftfy_would_repair():
    from ftfy import fix_encoding

    for text in GOOD:
        for encoding in ("cp1252", "latin-1", "cp1250", "cp1251", "mac_roman", "cp437", "cp1253", "cp1257"):
            try:
                garbled = text.encode("utf-8").decode(encoding)
            except UnicodeDecodeError:
                continue
            assert repair_mojibake(garbled)[0] == fix_encoding(garbled)


@given(st.text(alphabet=st.characters(max_codepoint=0x250), max_size=60))
def test_any_text_survives_the_repair_steps(text):
    assert isinstance(repair_mojibake(text)[0], str)
    assert isinstance(join_hyphens(text)[0], str)


JOINED = [
    ("the hyphen-\nation of words", "the hyphenation of words"),
    ("the hyphen-\r\n   ation of words", "the hyphenation of words"),
    ("die Silben-\ntrennung hilft", "die Silbentrennung hilft"),
    ("la biblio\u2010\nthèque", "la bibliothèque"),
    ("перено-\nсы слов", "переносы слов"),
    ("a soft\u00ad\nware and an in\u00advisible one", "a software and an invisible one"),
    ("HYPHEN-\nATION IN CAPITALS", "HYPHENATION IN CAPITALS"),
]


@pytest.mark.parametrize(("split", "whole"), JOINED)
def test_a_word_split_at_a_line_end_is_joined(split, whole):
    text, note = join_hyphens(split)
    assert text == whole
    assert note.applied


KEPT = [
    ("Jean-\nPaul Sartre", "Jean-Paul Sartre"),
    ("the mother-in-\nlaw came", "the mother-in-law came"),
    ("the mother-\nin-law came", "the mother-in-law came"),
    ("a well-known man, a well-\nknown man", "a well-known man, a well-known man"),
    ("He is well. It is known. A well-\nknown man.", "He is well. It is known. A well-known man."),
]


@pytest.mark.parametrize(("split", "whole"), KEPT)
def test_a_compound_keeps_its_hyphen(split, whole):
    assert join_hyphens(split)[0] == whole


def test_the_text_itself_decides_between_compound_and_split():
    assert join_hyphens("email, email, an e-mail, one e-\nmail")[0].endswith("one email")
    assert join_hyphens("e-mail, e-mail, an email, one e-\nmail")[0].endswith("one e-mail")


UNTOUCHED = [
    "Vor-\nund Nachteile",
    "pre-\nor post-war",
    "1914-\n1918",
    "see https://example.org/some-\nthing there",
    "a dash -\nand more",
    "a dash --\nand more",
    "write to some-\nbody@example.org now",
    "well-known at one line end\nonly",
]


@pytest.mark.parametrize("text", UNTOUCHED)
def test_what_is_no_split_word_is_left_alone(text):
    cleaned, note = join_hyphens(text)
    assert cleaned == text
    assert not note.applied


class Speller:
    def candidates(self, word, before, after):
        table = {
            "tbe": [("the", 0.9), ("tube", 0.1)],
            "modem": [("modem", 0.4), ("modern", 0.6)],
            "Boat": [("boat", 0.99)],
        }
        if word == "arid":
            return [("and", 0.8), ("arid", 0.1)] if list(before) == ["sea"] and after == "sand" else [("arid", 1.0)]
        return table.get(word, [])


def test_spelling_is_suggested_and_never_applied():
    text = "tbe Boat and the modem"
    same, note = suggest_spelling(text, Speller())
    assert same == text
    assert not note.applied
    assert note.detail == "tbe -> the"


def test_the_speller_is_told_the_neighbours_of_a_word():
    assert suggest_spelling("sea arid sand", Speller())[1].detail == "arid -> and"
    assert suggest_spelling("an arid land", Speller())[1].detail == ""


FLAGGED = [
    ("", ("blank",)),
    (" \n\t", ("blank",)),
    ("!!! --- ???", ("no-content",)),
    ("\ufffd\ufffd\ufffd word", ("garbled",)),
    ("a\x00\x01\x02b", ("garbled",)),
    ("xyx" * 100, ("repeated",)),
    ("The last letter was cut, and with it the whole of the rest of the pag\ufffd", ("truncated",)),
    ("A sentence like any other.", ()),
    ("一", ()),
]


@pytest.mark.parametrize(("text", "flags"), FLAGGED)
def test_texts_with_little_to_search_are_flagged(text, flags):
    assert flags_of_text(text) == flags
