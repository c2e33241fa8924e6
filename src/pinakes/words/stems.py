"""Stemming by language with Snowball, and the folding of accents and of Chinese characters that follows it."""

from __future__ import annotations

import re
import threading
import unicodedata
from typing import Any

from pinakes.words.han import SIMPLIFIED

SNOWBALL = {
    "ar": "arabic", "hy": "armenian", "eu": "basque", "ca": "catalan", "da": "danish", "nl": "dutch",
    "en": "english", "fi": "finnish", "fr": "french", "de": "german", "el": "greek", "hi": "hindi",
    "hu": "hungarian", "id": "indonesian", "ga": "irish", "it": "italian", "lt": "lithuanian", "ne": "nepali",
    "no": "norwegian", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian", "es": "spanish",
    "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip

_NEAR = {"uk": "ru", "be": "ru", "nb": "no", "nn": "no", "gl": "pt"}
_stemmers = threading.local()


def short_code(language: str) -> str:
    """The two-letter code of a language given as en, en-GB, eng or English."""
    code = language.strip().lower().replace("_", "-").split("-")[0]
    return _LONGER.get(code, code[:2] if len(code) > 3 else code)


_LONGER = {name: code for code, name in SNOWBALL.items()} | {
    "eng": "en", "deu": "de", "ger": "de", "fra": "fr", "fre": "fr", "spa": "es", "ita": "it", "por": "pt",
    "nld": "nl", "dut": "nl", "zho": "zh", "chi": "zh", "jpn": "ja", "kor": "ko", "rus": "ru", "chinese": "zh",
    "japanese": "ja", "korean": "ko", "swe": "sv", "dan": "da", "nor": "no", "fin": "fi", "pol": "pl",
    "polish": "pl", "czech": "cs", "ces": "cs", "cze": "cs", "ell": "el", "gre": "el", "ara": "ar", "lat": "la",
    "latin": "la", "hun": "hu", "tur": "tr", "cat": "ca", "ron": "ro", "rum": "ro", "hin": "hi", "tam": "ta",
}  # fmt: skip


def stem_all(words: list[str], language: str) -> list[str]:
    """The stems of words of one language, accents folded; words of an unknown language stay whole."""
    stemmer = _stemmer(_NEAR.get(language, language))
    stems: list[str] = stemmer.stemWords(words) if stemmer else words
    return [stem if stem.isascii() else fold(stem) for stem in stems]


def _stemmer(language: str) -> Any:
    # A stemmer must not be shared between threads.
    if language not in SNOWBALL:
        return None
    known = _stemmers.__dict__
    if language not in known:
        import Stemmer

        # Its own cache costs more than it saves: whoever stems many words remembers them better.
        known[language] = Stemmer.Stemmer(SNOWBALL[language], 0)
    return known[language]


# Letters of scripts that keep their marks, and of which none is a Latin or Greek letter with something on it.
_KEEPS_MARKS = re.compile("[\u0400-\u052f\u0531-\u1ab0\u3041-\u9fff\uac00-\ud7a3]+")


# Latin letters that no accent makes of others, and what they are written as where a keyboard lacks them.
_PLAIN = str.maketrans({"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ħ": "h", "ı": "i"})
# Signs of catalogues' transcriptions that stand for a letter of another script: Qurʼān, ʻAbd, Gogolʹ; and of Hawaiʻi.
_PLAIN |= dict.fromkeys(map(ord, "\u02b9\u02ba\u02bb\u02bc\u02be\u02bf"), "")


# Of other scripts, what is as often left out as written, and letters of neighbouring keyboards.
_UNWRITTEN = (*range(0x591, 0x5BE), 0x5BF, 0x5C1, 0x5C2, 0x5C4, 0x5C5, 0x5C7, 0x640, *range(0x64B, 0x660), 0x670)
_ALIKE = str.maketrans(
    "\u0451\u0623\u0625\u0622\u0671\u0649\u06cc\u06a9", "\u0435\u0627\u0627\u0627\u0627\u064a\u064a\u0643"
)
_ALIKE |= dict.fromkeys(_UNWRITTEN)
_ALIKE |= SIMPLIFIED


def fold(word: str) -> str:
    """Latin and Greek letters without their accents, in plain letters, and Chinese characters in their simplified form.

    Others keep the marks that tell words apart.
    """
    if _KEEPS_MARKS.fullmatch(word):
        return _alike(unicodedata.normalize("NFC", word))
    spread = unicodedata.normalize("NFD", word.translate(_PLAIN))
    kept = []
    latin = False
    for letter in spread:
        if unicodedata.combining(letter):
            if latin:
                continue
        else:
            latin = letter < "\u0400"
        kept.append(letter)
    return _alike(unicodedata.normalize("NFC", "".join(kept))) or word


def _alike(word: str) -> str:
    return word.translate(_ALIKE) or word
