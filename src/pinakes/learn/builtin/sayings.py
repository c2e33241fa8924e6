"""What sounds are called: the classes of ESC-10, our own kinds, and texts that no sound is called by."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np

from pinakes.learn.builtin.scenes import scenes
from pinakes.learn.builtin.takes import called, titles
from pinakes.sources.sample.sound.sounds import SOUNDS
from pinakes.types import Floats

# From texts to unit vectors (n, dim).
Embed = Callable[[Sequence[str]], Floats]

# What classes of ESC-10 are called besides their names.
SAYINGS: Mapping[str, tuple[str, ...]] = {
    "dog bark": ("sound of a dog bark", "a dog barks", "barking dog", "dog"),
    "rain": ("sound of rain", "rain falls"),
    "sea waves": ("sound of sea waves", "waves of the sea", "surf", "waves"),
    "baby cry": ("sound of a baby cry", "a baby cries", "crying baby", "baby"),
    "clock tick": ("sound of a clock tick", "a clock ticks", "ticking clock", "clock"),
    "person sneeze": ("sound of a person sneeze", "a person sneezes", "sneeze", "sneezing"),
    "helicopter": ("sound of a helicopter", "a helicopter flies by"),
    "chainsaw": ("sound of a chainsaw", "a chainsaw cuts wood"),
    "rooster": ("sound of a rooster", "a rooster crows"),
    "fire crackling": ("sound of fire crackling", "a fire crackles", "crackling fire", "fire"),
}
CLASSES: tuple[str, ...] = tuple(SAYINGS)
# Kinds of our own sounds that are the same as a class.
SAME: Mapping[str, str] = {"dog bark": "dog", "rain": "rain", "sea waves": "waves", "clock tick": "clock"}
# Words that say nothing of what is heard.
_SMALL = frozenset(
    ("a", "an", "and", "at", "by", "from", "in", "is", "it", "its", "of", "on", "one", "that", "the", "two")
)
# Scenes whose phrases are looked through, and how many texts are kept of them.
_SCENES, _BESIDES = 300, 400


def heard() -> list[tuple[str, str]]:
    """All that sounds are called, each text with its English twin: what a text tower should have read."""
    found: dict[str, str] = {}
    for phrase in (each for kind in SOUNDS for each in (*called(kind), *titles(kind))):
        found.setdefault(phrase.en, phrase.en)
        found.setdefault(phrase.zh, phrase.en)
    for name, others in SAYINGS.items():
        found |= {text: text for text in (name, *others)}
    return list(found.items())


def sayings(label: str, *, own: bool = True) -> tuple[str, ...]:
    """What a label is called: a kind of our own sounds, a class of ESC-10, or both at once."""
    texts = [text for name in CLASSES if label in (name, SAME.get(name)) for text in (name, *SAYINGS[name])]
    if own and label in SOUNDS:
        phrases = (*called(label), *titles(label))
        texts += [*(each.en for each in phrases), *(each.zh for each in phrases)]
    return tuple(dict.fromkeys(texts))


def silent(labels: Iterable[str], most: int = _BESIDES) -> tuple[str, ...]:
    """Phrases of scenes that share no word with what sounds are called."""
    sounding = {word for label in labels for text in sayings(label) for word in _words(text)} - _SMALL
    shown = dict.fromkeys(phrase.en for each in scenes(_SCENES, 0) for phrase in each.phrases)
    return tuple([text for text in shown if not sounding & set(_words(text))][:most])


def word_vectors(embed_texts: Embed, labels: Sequence[str], *, own: bool = True) -> tuple[list[Floats], Floats]:
    """For each label the vectors (k, dim) of what it is called, and vectors (m, dim) of what no sound is called."""
    texts = [sayings(label, own=own) for label in labels]
    besides = silent(labels)
    vectors = np.asarray(embed_texts([*(text for several in texts for text in several), *besides]), np.float32)
    *said, others = np.split(vectors, np.cumsum([len(several) for several in texts]))
    return said, others


def _words(text: str) -> list[str]:
    return "".join(letter if letter.isalnum() else " " for letter in text.lower()).split()
