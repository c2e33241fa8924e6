"""The words of English and Chinese by which people ask: for a medium, in a language, by whom, and without what."""

from __future__ import annotations

from dataclasses import dataclass

from pinakes.media.wordlist import names as words_of


@dataclass(frozen=True, slots=True)
class Medium:
    """What a word for a medium asks for; one that tells what kind of picture it is stays a word of the query too."""

    field: str
    values: tuple[str, ...]
    stays: bool = False


_PICTURE, _SOUND, _TEXT = (Medium("modality", (name,)) for name in ("image", "audio", "text"))
_KIND_OF_PICTURE = Medium("modality", ("image",), stays=True)
_FILM, _BOOK = Medium("type", ("film",)), Medium("type", ("book", "pdf"))


def _filed(*groups: tuple[Medium, str]) -> dict[str, Medium]:
    return {word: medium for medium, words in groups for word in words.split()}


MEDIA = _filed(
    (_PICTURE, "picture pictures image images photo photos photograph photographs pic pics illustration illustrations"),
    (
        _KIND_OF_PICTURE,
        "painting paintings drawing drawings engraving engravings etching etchings woodcut woodcuts linocut linocuts "
        "watercolour watercolours watercolor watercolors sketch sketches poster posters postcard postcards",
    ),
    (_SOUND, "recording recordings audio sound sounds"),
    (_FILM, "film films video videos movie movies"),
    (_TEXT, "text texts"),
    (_BOOK, "book books ebook ebooks"),
)
# These are so often other words that they need one of some words after them.
NEEDS: dict[str, frozenset[str]] = {
    "sound": frozenset(["of"]),
    "text": frozenset(words_of("about in by from on")),
    "film": frozenset(words_of("of about by from")),
    "book": frozenset(words_of("about by on from in")),
    "sketch": frozenset(words_of("of by from")),
    "drawing": frozenset(words_of("of by from")),
    "painting": frozenset(words_of("of by from")),
    "recording": frozenset(words_of("of by from")),
}
# What may follow the word that is asked for: whatever else follows makes it a part of another word, a picture frame.
FOLLOWS = frozenset(
    words_of(
        "of by from about with without in on at showing depicting that which where whose taken made painted drawn "
        "recorded written published dated before after since until between during for and or not but no except "
        "excluding to near under over"
    )
)
PREPOSITIONS = frozenset(
    words_of(
        "of by from about with without in on at near under over above below behind beside through across into onto "
        "between among during before after since until to for like as upon around along against"
    )
)
ABOUT = frozenset(words_of("of about showing depicting"))
DETERMINERS = frozenset(words_of("a an the any some all every each this that these those my our many more"))
CONJUNCTIONS = frozenset(["and", "or", "nor"])

MEDIA_ZH = _filed(
    (_PICTURE, "图片 照片 图像 相片 插图 圖片 圖像 插圖"),
    (_KIND_OF_PICTURE, "油画 版画 水彩画 国画 素描 木刻 海报 明信片 画 畫"),
    (_SOUND, "录音 音频 錄音 音頻 声音 聲音"),
    (_FILM, "视频 电影 影片 录像 視頻 電影"),
    (_TEXT, "文字 文本 文章"),
    (_BOOK, "书籍 图书 电子书 書籍 圖書 书 書"),
)
# These end many other words: they need 的 before them.
NEEDS_DE = frozenset(words_of("画 畫 声音 聲音 书 書 文字 电影 電影"))

LANGUAGES = dict(
    pair.split(":")
    for pair in words_of(
        "english:en german:de french:fr spanish:es italian:it portuguese:pt dutch:nl swedish:sv danish:da "
        "norwegian:no finnish:fi polish:pl czech:cs russian:ru greek:el latin:la arabic:ar hebrew:he hungarian:hu "
        "turkish:tr catalan:ca romanian:ro hindi:hi tamil:ta chinese:zh mandarin:zh japanese:ja korean:ko "
        "ukrainian:uk vietnamese:vi thai:th persian:fa"
    )
)
# What is written in a language: a French text is in French, a French painting is not.
WRITINGS = frozenset(
    words_of(
        "text texts book books ebook ebooks poem poems poetry verse letter letters manuscript manuscripts newspaper "
        "newspapers novel novels essay essays article articles document documents prose notes diary diaries writing "
        "writings language"
    )
)
_NAMES_ZH = (
    "英:en 德:de 法:fr 俄:ru 日:ja 韩:ko 西班牙:es 意大利:it 葡萄牙:pt 荷兰:nl 拉丁:la 阿拉伯:ar 希腊:el 波兰:pl"
)
LANGUAGES_ZH = {
    name + suffix: code for name, code in (pair.split(":") for pair in _NAMES_ZH.split()) for suffix in "文语語"
} | dict.fromkeys(("中文", "汉语", "漢語", "华语", "汉文"), "zh")
WRITINGS_ZH = ("文字", "书籍", "书", "诗歌", "诗", "信件", "信", "文本", "文章", "资料", "小说", "笔记", "日记", "版")

# Before a name: it is that of who made it, of where it was made, or of what it is about.
MADE_BY = frozenset(["by"])
MAKING = frozenset(
    words_of("made painted written drawn composed recorded taken photographed created engraved illustrated printed")
)
WORKS = frozenset(["works", "work", "oeuvre", "writings"])
WORKS_OF = WORKS | frozenset(["poems", "compositions", "music"])
IS_ABOUT = frozenset(words_of("of about on to for with showing depicting near like portrait portraits"))
PLACED = frozenset(words_of("in at from near around of"))
MADE_ZH = ("的作品", "所作", "所画", "所写", "画的", "写的", "拍的", "作的", "录的", "著", "作", "的")
ABOUT_ZH = ("关于", "写给", "给", "致", "像", "有关")
ABOUT_AFTER_ZH = ("的画像", "的肖像", "的传记")
# Characters beside which a name in Chinese may begin or end.
EDGES_ZH = frozenset("没不的在于由和与及、从所作画写拍著录是有里中之、，。；：")

WITHOUT = frozenset(["without", "excluding"])
NOT = frozenset(["no", "not"])
# After "no" and "not" these make another thing of them.
NOT_BEFORE = frozenset(
    words_of(
        "one longer more matter doubt time end way man only to be far yet so just even all always at mans later earlier"
    )
)

REQUESTS = tuple(
    tuple(words.split())
    for words in (
        "i am looking for",
        "i m looking for",
        "we are looking for",
        "i would like to see",
        "i would like to hear",
        "i want to see",
        "i want to hear",
        "i want",
        "i need",
        "can you find me",
        "can you find",
        "can you show me",
        "could you show me",
        "do you have",
        "do we have",
        "are there",
        "is there",
        "please find",
        "please show me",
        "please show",
        "show me",
        "find me",
        "give me",
        "looking for",
        "search for",
        "anything",
        "everything",
        "something",
    )
)
