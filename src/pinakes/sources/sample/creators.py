"""The invented artists and writers of the library, their series, and the years in which they worked."""

from __future__ import annotations

from dataclasses import dataclass

from pinakes.sources.sample.scene import Time, Weather

RIGHTS = "Public domain: dedicated by the Pinakes project under CC0 1.0"
RIGHTS_ZH = "公有领域，可自由使用"


@dataclass(frozen=True, slots=True)
class Creator:
    """Somebody who never lived: a name in two scripts, a shelf, and working years."""

    name: str
    name_zh: str
    years: tuple[int, int]
    # Folder below the collection, and the series as readers know it.
    shelf: str
    series: str
    series_zh: str


@dataclass(frozen=True, slots=True)
class Artist:
    """An artist: how the hand works and what it likes to draw."""

    who: Creator
    hand: str
    places: tuple[str, ...]
    times: tuple[Time, ...]
    weathers: tuple[Weather, ...]


ARTISTS: tuple[Artist, ...] = (
    Artist(
        Creator(
            "Ilse Maravant", "伊尔丝·马拉万", (1908, 1931), "plates/harbour-suite", "The Harbour Suite", "港湾组画"
        ),
        "gouache",
        ("harbour", "sea", "beach", "river", "table"),
        ("day", "day", "dusk", "night"),
        ("clear", "clear", "clear", "rain"),
    ),
    Artist(
        Creator(
            "Tobias Wrenlow",
            "托比亚斯·伦洛",
            (1897, 1922),
            "plates/streets-and-hills",
            "Streets and Hills",
            "街道与山坡",
        ),
        "linocut",
        ("town", "hills", "river", "harbour"),
        ("day", "day", "dusk", "night"),
        ("clear", "clear", "rain", "snow"),
    ),
    Artist(
        Creator(
            "Bruna Tessalori", "布鲁娜·泰萨洛里", (1915, 1935), "plates/paper-garden", "The Paper Garden", "纸花园"
        ),
        "cutpaper",
        ("garden", "table", "sky", "underwater", "hills"),
        ("day", "day", "dusk", "night"),
        ("clear", "clear", "clear", "snow"),
    ),
    Artist(
        Creator("Hana Shirakumo", "白云花", (1892, 1914), "plates/forty-weathers", "Forty Weathers", "四十种天气"),
        "woodblock",
        ("mountains", "river", "forest", "sea", "hills", "beach"),
        ("day", "dusk", "dusk", "night"),
        ("clear", "clear", "rain", "snow", "snow"),
    ),
    Artist(
        Creator("Shen Yanqiu", "沈砚秋", (1904, 1929), "plates/by-lamplight", "Small Things by Lamplight", "灯下小景"),
        "wash",
        ("table", "forest", "garden", "town", "mountains"),
        ("day", "night", "night", "dusk"),
        ("clear", "clear", "rain", "snow"),
    ),
)
LIBRARIAN = Creator("Alder Penhallow", "奥尔德·彭哈洛", (1896, 1934), "texts/notes", "Notes of a Librarian", "馆员札记")
NATURALIST = Creator("Noor Castellane", "努尔·卡斯特兰", (1901, 1933), "texts/field-notes", "Field Notes", "野外笔记")
POET = Creator("Gu Tinglan", "顾听澜", (1906, 1935), "texts/chinese", "Listening to the Waves", "听澜集")
RECORDIST = Creator("Pell Osterhag", "佩尔·奥斯特哈格", (1911, 1935), "sounds", "Wax and Shellac", "蜡筒与虫胶")
CREATORS: tuple[Creator, ...] = (*(artist.who for artist in ARTISTS), LIBRARIAN, NATURALIST, POET, RECORDIST)
