"""Generated texts of several languages: invented words between the small words of each, and trees of files of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from pinakes.evaluate.texts_made import vocabulary, word_numbers

LITTLE = {
    "en": ("the", "and", "of", "to", "in", "is", "that", "with", "for", "was"),
    "de": ("der", "die", "und", "das", "ist", "nicht", "mit", "ein", "von", "auf"),
    "fr": ("le", "la", "et", "les", "des", "dans", "est", "une", "pour", "que"),
    "es": ("el", "los", "y", "que", "en", "una", "con", "para", "las", "por"),
    "ru": ("и", "в", "не", "на", "что", "это", "как", "для", "мы", "из"),
}
_CYRILLIC = ("ба", "до", "ки", "лу", "ме", "но", "па", "ри", "со", "ту", "ва", "зо", "га", "ло", "му", "та")
_CHINESE = "山水红船月夜书灯海风花鸟城门雨雪木石金火田天地人心手目口耳日星云河江湖林桥路车马牛羊鱼米茶酒"


def multilingual(count: int, words: int = 100, seed: int = 0) -> Iterator[str]:
    """Texts of about so many words in six languages, in sentences and paragraphs."""
    rng = np.random.default_rng(seed)
    latin, cyrillic = vocabulary(), vocabulary(20_000, _CYRILLIC)
    languages = [*LITTLE, "zh"]
    for number in range(count):
        language = languages[number % len(languages)]
        if language == "zh":
            chosen = rng.integers(0, len(_CHINESE), words * 2)
            text = "".join(_CHINESE[one] for one in chosen.tolist())
            yield "。".join(text[at : at + 18] for at in range(0, len(text), 18)) + "。\n"
            continue
        known = cyrillic if language == "ru" else latin
        little = LITTLE[language]
        numbers = word_numbers(rng, words, len(known)).tolist()
        mixed = [little[one % len(little)] if at % 3 == 0 else known[one] for at, one in enumerate(numbers)]
        sentences = [" ".join(mixed[at : at + 12]).capitalize() + "." for at in range(0, words, 12)]
        yield "\n".join(sentences) + "\n"


def write_files(folder: Path, count: int, pictures_every: int = 0) -> Path:
    """A tree of that many small text files (and some small pictures), a hundred a folder; kept if it is there."""
    done = folder / f"done-{count}-{pictures_every}"
    if done.exists():
        return folder / "files"
    for number, text in enumerate(multilingual(count)):
        inner = folder / "files" / f"{number // 100:04}"
        if number % 100 == 0:
            inner.mkdir(parents=True, exist_ok=True)
        if pictures_every and number % pictures_every == 0:
            _write_picture(inner / f"{number:06}.jpg", number)
        else:
            (inner / f"{number:06}.txt").write_text(text, encoding="utf-8")
    done.touch()
    return folder / "files"


def _write_picture(path: Path, number: int) -> None:
    from PIL import Image

    rng = np.random.default_rng(number)
    Image.fromarray(rng.integers(0, 256, (8, 8, 3), np.uint8)).resize((160, 120)).save(path, quality=88)
