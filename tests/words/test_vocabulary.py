"""Vocabularies: words by their frequency, pieces by both ways of learning them, kept and opened again."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pinakes.errors import BadInput, Damaged, NoContent, UnknownName, Unreadable, Unsupported
from pinakes.words.vocabulary import PADDING, UNKNOWN, Pieces, Words, open_vocabulary, padded, save_vocabulary

TEXTS = ["the low lower lowest", "the new newer newest", "The wide, wider, widest!", "lowest newest widest"]
CHINESE = ["我来到北京清华大学", "北京大学图书馆", "清华大学图书馆"]


def test_words_are_numbered_from_the_most_frequent_on() -> None:
    words = Words.trained(["b a a", "c B a"])
    assert words.words == ("a", "b", "c")
    assert words.counts == (3, 2, 1)
    assert words.ids("C a, nothing") == [4, 2, UNKNOWN]
    assert [words.word(number) for number in range(len(words))] == ["", "", "a", "b", "c"]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text("abc ", max_size=20), max_size=8), st.integers(1, 4), st.integers(1, 3))
def test_words_are_those_of_a_naive_count(texts: list[str], most: int, least: int) -> None:
    counts = Counter(" ".join(texts).split())
    frequent = sorted((word for word in counts if counts[word] >= least), key=lambda word: (-counts[word], word))
    if not frequent:
        with pytest.raises(NoContent, match="no vocabulary"):
            Words.trained(texts, most, least)
        return
    words = Words.trained(texts, most, least)
    assert words.words == tuple(frequent[:most])
    assert all(number > UNKNOWN for text in texts for number in words.ids(" ".join(words.words)))


def plain(pieces: list[str]) -> str:
    """Pieces without the signs of either writing."""
    return "".join(piece.removeprefix("##").replace("\u2581", " ") for piece in pieces).strip()


def test_padding_stands_behind_the_end_and_longer_rows_are_cut() -> None:
    assert padded([[5, 6, 7], [8]]).tolist() == [[5, 6, 7], [8, PADDING, PADDING]]
    assert padded([[5, 6, 7], [8]], 2).tolist() == [[5, 6], [8, PADDING]]
    assert padded([[], []]).tolist() == [[PADDING], [PADDING]]
    assert padded([[1]]).dtype == np.int64
    with pytest.raises(BadInput, match="cut to 0"):
        padded([[1]], 0)


@pytest.mark.parametrize("kind", ["bpe", "wordpiece"])
def test_words_that_were_never_seen_are_known_by_their_pieces(kind: str) -> None:
    pieces = Pieces.trained(TEXTS * 5, kind, most=60)  # type: ignore[arg-type]
    found = pieces.pieces("slowest")
    assert len(found) < len("slowest")
    assert plain(found) == "slowest"
    assert UNKNOWN not in pieces.ids("slowest wide")
    assert UNKNOWN in pieces.ids("zzz")
    assert len(pieces) <= 60
    assert max(pieces.ids(" ".join(TEXTS))) < len(pieces)


@pytest.mark.parametrize("kind", ["bpe", "wordpiece"])
def test_the_same_corpus_gives_the_same_pieces(kind: str) -> None:
    once, again = (Pieces.trained(TEXTS * 5, kind, most=60) for _ in range(2))  # type: ignore[arg-type]
    assert once.describe() == again.describe()


def test_byte_pairs_are_merged_as_the_paper_has_it() -> None:
    # The words and counts of their section 3.2, with a sign for the begin of a word instead of the end.
    texts = ["low"] * 5 + ["lower"] * 2 + ["newest"] * 6 + ["widest"] * 3
    told = Pieces.trained(texts, "bpe", most=1000, least=6).describe()["tokenizer"]["model"]["merges"]
    assert [tuple(pair) for pair in told[:2]] == [("e", "s"), ("es", "t")]
    assert ["".join(pair) for pair in told[2:5]] == ["lo", "\u2581lo", "\u2581low"]


def test_rare_signs_give_way_where_a_script_has_thousands() -> None:
    texts = [chr(0x4E00 + number) * (3 if number < 20 else 1) for number in range(200)] * 2
    pieces = Pieces.trained(texts, most=100)
    assert len(pieces) <= 100
    assert UNKNOWN not in pieces.ids(chr(0x4E00) * 3)


def test_marked_texts_begin_and_end_as_those_of_bert_do() -> None:
    pieces = Pieces.trained(TEXTS, "wordpiece", most=60, marked=True)
    assert pieces.pieces("low")[0] == "[CLS]"
    assert pieces.pieces("low")[-1] == "[SEP]"
    assert [pieces.ids("low")[place] for place in (0, -1)] == [2, 3]
    assert pieces.ids("") == [2, 3]


def test_chinese_is_cut_into_its_words() -> None:
    words = Words.trained(CHINESE, segmenter="jieba")
    assert {"北京", "清华大学", "图书馆"} <= set(words.words)
    assert {"北京", "京大"} <= set(Words.trained(CHINESE).words)


def test_pieces_of_chinese_are_learned_within_a_run() -> None:
    pieces = Pieces.trained(CHINESE * 3, most=60)
    assert plain(pieces.pieces(CHINESE[1])) == CHINESE[1]
    assert len(pieces.pieces(CHINESE[1])) < len(CHINESE[1])


@pytest.mark.parametrize("kind", ["words", "bpe", "wordpiece", "marked"])
def test_a_vocabulary_that_was_kept_gives_the_same_numbers(kind: str, tmp_path: Path) -> None:
    made = {
        "words": lambda: Words.trained(TEXTS + CHINESE, segmenter="jieba"),
        "bpe": lambda: Pieces.trained(TEXTS, least=1),
        "wordpiece": lambda: Pieces.trained(TEXTS, "wordpiece", segmenter="jieba"),
        "marked": lambda: Pieces.trained(TEXTS, marked=True),
    }[kind]()
    save_vocabulary(made, tmp_path / "vocabulary.json")
    opened = open_vocabulary(tmp_path / "vocabulary.json")
    assert opened.describe() == made.describe()
    for text in [*TEXTS, *CHINESE, "", "\ud800 unpaired"]:
        assert opened.ids(text) == made.ids(text)
    assert len(opened) == len(made)


def test_a_published_tokenizer_cuts_as_it_was_trained_to(tmp_path: Path) -> None:
    path = tmp_path / "tokenizer.json"
    own = Pieces.trained(TEXTS, "wordpiece", marked=True)
    path.write_text(json.dumps(own.describe()["tokenizer"]), encoding="utf-8")
    published = Pieces.published(path)
    assert published.marked
    assert published.ids("low newest") == own.ids("low newest")
    told = json.loads(path.read_text(encoding="utf-8"))
    told["added_tokens"][0]["content"] = "first"
    told["model"]["vocab"]["first"] = told["model"]["vocab"].pop("[PAD]")
    path.write_text(json.dumps(told), encoding="utf-8")
    with pytest.raises(Unsupported, match="'first'"):
        Pieces.published(path)
    path.write_text("{}", encoding="utf-8")
    with pytest.raises(Damaged, match="as a tokenizer"):
        Pieces.published(path)
    with pytest.raises(Unreadable, match="no file"):
        Pieces.published(tmp_path / "nothing.json")


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"vocabulary": "words"}', '{"vocabulary": "pieces", "tokenizer": 3, "segmenter": ""}']
)
def test_what_is_no_vocabulary_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "vocabulary.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Damaged, match="does not hold a vocabulary"):
        open_vocabulary(path)


def test_what_can_not_be_made_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="nothing"):
        open_vocabulary(tmp_path / "nothing.json")
    with pytest.raises(UnknownName, match="wordpiece"):
        Pieces.trained(TEXTS, "wordpieces")  # type: ignore[arg-type]
    with pytest.raises(UnknownName, match="jieba"):
        Words.trained(TEXTS, segmenter="jeiba")
    with pytest.raises(NoContent, match="no word"):
        Pieces.trained(["!"])
    with pytest.raises(BadInput, match="of 5 pieces"):
        Pieces.trained(TEXTS, most=5)
    with pytest.raises(BadInput, match="of 0 words"):
        Words.trained(TEXTS, most=0)
    with pytest.raises(BadInput, match="must differ"):
        Words(("a", "a"))


def test_a_vocabulary_is_used_without_torch() -> None:
    code = (
        "import sys; from pinakes.words.vocabulary import Words, Pieces, padded; "
        "padded([Words.trained(['a b']).ids('b')]); Pieces.trained(['a b'], least=1).ids('b'); "
        "sys.exit('torch' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
