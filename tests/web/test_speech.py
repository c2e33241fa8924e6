"""What pages say: the messages of the library itself in the reader's language."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import pinakes
from pinakes.web.speech.saying import said, table

_SOURCE = Path(pinakes.__file__).parent


# Where a string of the source goes on in the next line.
_GOES_ON = re.compile(r"""["']\s*\n\s*f?["']""")


def test_every_message_that_is_translated_is_still_said() -> None:
    source = "\n".join(_GOES_ON.sub("", path.read_text(encoding="utf-8")) for path in _SOURCE.rglob("*.py"))
    pieces = {piece for key in table("zh") for piece in re.split(r"\{\w+\}", key) if len(piece) > 3}
    assert len(pieces) > 200
    assert [piece for piece in pieces if piece not in source] == []


def test_a_translation_says_all_that_differs() -> None:
    for key, value in table("zh").items():
        assert set(re.findall(r"\{(\w+)\}", key)) == set(re.findall(r"\{(\w+)\}", value)), key
        assert re.search(r"[\u4e00-\u9fff]", value), key


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("The query is empty.", "检索内容为空。"),
        ("There is no item 12 in this library.", "馆藏中没有编号为 12 的作品。"),
        (
            "Did you mean date? To search for the words themselves, put them in quotation marks.",
            "您是不是指 date？若要检索这些词本身，请加上引号。",
        ),
        (
            "looks finds no word in 红. The words were looked up without looks.",
            "looks 在 红 中没有认识的词。这些词未在 looks 中查找。",
        ),
        ("The medium is empty. Choose another file.", "文件是空的。请换一个文件。"),
    ],
)
def test_messages_and_what_is_put_together_of_them_are_said_in_chinese(message: str, told: str) -> None:
    assert (said(message, "zh").text, said(message, "zh").language) == (told, "zh")
    assert said(message, "en").text == message


def test_what_is_not_known_stays_english_however_long_it_is() -> None:
    for message in (
        "Nobody has said this. Or that.",
        "a. " * 5_000,
        f"There is no item {'1. ' * 2_000} in this library.",
    ):
        assert (said(message, "zh").text, said(message, "zh").language) == (message, "en")
