"""Forms of Chinese characters that meet."""

from __future__ import annotations

import unicodedata

import pytest

from pinakes.words.han import SIMPLIFIED
from pinakes.words.scripts import spaceless_run
from pinakes.words.stems import fold


@pytest.mark.parametrize(
    ("written", "simplified"),
    [
        ("紅酒", "红酒"),
        ("頭髮發現", "头发发现"),
        ("后後", "后后"),
        ("乾幹干", "干干干"),
        ("裡裏里", "里里里"),
        ("圖書館", "图书馆"),
        ("図書館", "图书馆"),
        ("国國圀囯", "国国国国"),
        ("藝術芸術", "艺术艺术"),
        ("鬱金香", "郁金香"),
        ("魯迅", "鲁迅"),
        ("著作看着", "著作看着"),
        ("東京都渋谷区", "东京都涩谷区"),
    ],
)
def test_every_form_of_a_character_becomes_the_simplified_one(written: str, simplified: str) -> None:
    assert fold(written) == simplified


def test_one_character_becomes_one_and_none_is_changed_twice() -> None:
    assert len(SIMPLIFIED) > 3_500
    for old, new in SIMPLIFIED.items():
        pair = chr(old) + chr(new)
        assert new not in SIMPLIFIED, pair
        assert spaceless_run().fullmatch(pair) and unicodedata.is_normalized("NFKC", pair), pair


def test_hardly_any_character_that_simplified_texts_use_becomes_another() -> None:
    # The characters of GB 2312 of 1980, the commonest first.
    rows = [bytes([row, place]) for row in range(0xB0, 0xF8) for place in range(0xA1, 0xFF)]
    standard = [character for row in rows if (character := row.decode("gb2312", "ignore"))]
    assert len(standard) == 6_763
    assert [one for one in standard[:3_755] if ord(one) in SIMPLIFIED] == list("硷藉乾")
    assert sum(ord(one) in SIMPLIFIED for one in standard) == 25
    # What traditional texts use most, by Big5, and this standard does not have, becomes something that it has.
    common = [bytes([row, place]) for row in range(0xA4, 0xC7) for place in (*range(0x40, 0x7F), *range(0xA1, 0xFF))]
    traditional = {one for row in common if (one := row.decode("big5", "ignore")) >= "\u4e00"} - set(standard)
    assert sum(chr(SIMPLIFIED.get(ord(one), 0)) in standard for one in traditional) > 0.92 * len(traditional)
