"""What the text tower reads while it learns: captions, titles, names, and documents with their sentences and words.

Queries of the retrieval sets are never read: only documents are.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pinakes.learn.builtin import phrases
from pinakes.learn.builtin.pictures import read_pictures
from pinakes.learn.builtin.scenes import Told
from pinakes.learn.builtin.sentences import Encode, Halves, vectors_of
from pinakes.learn.data.layouts.base import Loaded
from pinakes.types import Rows
from pinakes.words.segment import forms

KEPT = "sentences"
DOCUMENTS = ("cisi", "cranfield")
# Sentences of a passage, and of how many it goes on; what is cut off by itself is at least so many words.
_PASSAGE, _STEP, _LEAST = 3, 2, 3
# How often a word must occur to be a text by itself.
_OFTEN = 2
_ENDS = re.compile(r"(?<=[.!?])\s+")
_KINDS = {"flickr8k": "caption", "fashion": "title", "scenes": "scene"}
_WHO = {"men": "men", "women": "women", "boys": "boys", "girls": "girls", "unisex": "men and women"}
# Things as questions ask for them: made of titles and of parts of sentences, so that questions are no strangers.
_ASKED = (
    "what is known about {}",
    "{}",
    "how is {} determined",
    "what are the effects of {}",
    "papers on {}",
    "has anyone investigated {}",
    "methods for {}",
    "what problems are there in {}",
)


@dataclass(frozen=True, slots=True)
class Wording:
    """A text that is said of a picture, and the facts that make it true; without any it is said of that one alone."""

    text: str
    needs: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Described:
    """All that is said of a picture, and what is a fact of it."""

    wordings: tuple[Wording, ...]
    facts: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Material:
    """Texts, of what kind each is, the teacher's vectors of them (n, 384), and what is said of each picture."""

    texts: tuple[str, ...]
    kinds: tuple[str, ...]
    vectors: Halves
    # By the ids of `read_pictures` and `read_scenes`.
    described: Mapping[str, Described]

    def of(self, *kinds: str) -> Rows:
        """The positions of some kinds."""
        return np.flatnonzero(np.isin(np.array(self.kinds), kinds))


def gather(
    data: Path,
    run: Path,
    *,
    research: bool = True,
    scenes: Mapping[str, Told] | None = None,
    heard: Sequence[tuple[str, str]] = (),
    encode: Encode | None = None,
) -> Material:
    """All texts below a folder of data, with the teacher's vectors, which are kept in the run's folder.

    `scenes` are scenes of our own by their ids, `heard` further texts of our own, each with its English twin: what is
    said in Chinese takes the vector of its twin, for the teacher reads English alone. Documents are given for research
    alone, as most pictures are.
    """
    described = describe(data, research=research) | {name: of_scene(each) for name, each in (scenes or {}).items()}
    by_kind = collected(data, described, research=research)
    asked: dict[str, str] = {}
    kinds: dict[str, str] = {}
    twins = {zh: en for each in (scenes or {}).values() for zh, en in twins_of(each)} | dict(heard)
    for kind, texts in (*by_kind.items(), ("sound", [text for text, _ in heard])):
        for text in texts:
            if text.strip() and text not in asked:
                asked[text], kinds[text] = twins.get(text, text), kind
    vectors = vectors_of(list(asked.values()), run / KEPT, encode)
    return Material(tuple(asked), tuple(kinds.values()), vectors, described)


def collected(data: Path, described: Mapping[str, Described], *, research: bool = True) -> dict[str, list[str]]:
    """Texts by kind: caption, title, label, scene, sound, document, word."""
    found: dict[str, list[str]] = {kind: [] for kind in ("caption", "title", "label", "scene", "sound", "document")}
    for name, each in described.items():
        kind = _KINDS.get(name.partition("/")[0], "label")
        found[kind] += [wording.text for wording in each.wordings]
    found["sound"] += [text for told in lines(data / "esc10" / "clips.jsonl") for text in sounding(told)]
    for name in DOCUMENTS if research else ():
        for told in lines(data / name / "corpus.jsonl"):
            found["document"] += parts(told["title"], told["text"] or "")
    found["word"] = frequent(text for texts in found.values() for text in texts)
    return found


def describe(
    data: Path, *, research: bool = True, part: str = "train", loaded: Loaded | None = None
) -> dict[str, Described]:
    """What is said of every picture of a part, by the ids of `read_pictures`."""
    loaded = loaded or read_pictures(data, research=research)
    table = "items_train.jsonl" if part == "train" else "items_dev.jsonl"
    goods = {f"fashion/{told['image']}": told for told in lines(data / "fashion" / table)}
    rows = [row for row, name in enumerate(loaded.set.ids) if loaded.folds[name] == part]
    found: dict[str, Described] = {}
    for row, texts in zip(rows, loaded.set.view("text").read(np.array(rows, np.int64)), strict=True):
        name = loaded.set.ids[row]
        corpus = name.partition("/")[0]
        if name in goods:
            found[name] = article(texts, goods[name])
        elif corpus == "flickr8k":
            found[name] = Described(tuple(map(Wording, texts)))
        else:
            found[name] = labelled(texts)
    return found


def article(titles: Sequence[str], told: Mapping[str, Any]) -> Described:
    """An article by its titles, and as it is asked for: "red dress for women", "red dress", "dress"."""
    kind, colour = str(told["article_type"]).lower(), str(told["colour"]).lower()
    who = _WHO.get(str(told["gender"]).lower(), "")
    facts = {text: f"{name}: {text}" for name, text in (("article", kind), ("colour", colour), ("who", who))}
    named = f"{colour} {kind}" if colour not in ("", "na", "nan") else kind
    wanted = {
        f"{named} for {who}" if who else named: (kind, colour, who),
        f"{kind} for {who}" if who else kind: (kind, who),
        named: (kind, colour),
        kind: (kind,),
    }
    asked = [Wording(text, frozenset(facts[each] for each in needs)) for text, needs in wanted.items()]
    return Described((*map(Wording, titles), *asked), frozenset(facts.values()))


def labelled(labels: Sequence[str]) -> Described:
    """A photograph by the name of its class, and in a sentence."""
    facts = {label: f"label: {label.replace('_', ' ').lower()}" for label in labels}
    said = [Wording(text, frozenset((fact,))) for label, fact in facts.items() for text in called(label)]
    return Described(tuple(said), frozenset(facts.values()))


def called(label: str) -> tuple[str, ...]:
    """The name of a class by itself, and in a sentence."""
    name = label.replace("_", " ").strip()
    indefinite = "an" if name[:1].lower() in "aeiou" else "a"
    return (name, f"a photo of {indefinite} {name}")


def of_scene(told: Told) -> Described:
    """A drawn scene, in both languages."""
    said = [
        Wording(text, frozenset(f"scene: {need}" for need in each.needs))
        for each in told.phrases
        for text in (each.en, each.zh)
    ]
    return Described(tuple(said), frozenset(f"scene: {each}" for each in phrases.facts(told.seen)))


def twins_of(told: Told) -> Iterator[tuple[str, str]]:
    """What is said of a scene in Chinese, with the same in English."""
    yield from ((each.zh, each.en) for each in told.phrases)


def sounding(told: Mapping[str, Any]) -> tuple[str, ...]:
    """A sound by the name of its class, in a sentence, and by its title without what file names bring."""
    name = str(told["category"]).replace("_", " ")
    title = re.sub(r"\.(wav|aiff?|mp3|ogg|flac)$", "", str(told["title"]), flags=re.IGNORECASE)
    title = re.sub(r"[\W_\d]+", " ", title).strip()
    return (name, f"the sound of {name}", *([title] if title else []))


def parts(title: str, text: str) -> Iterator[str]:
    """A document's title, sentences and passages, and some of them asked for."""
    sentences = sentences_of(text)
    yield title
    yield from sentences
    yield from passages_of(sentences)
    yield from asked_for(title, sentences)


def sentences_of(text: str) -> list[str]:
    """The sentences of a text, without the shortest."""
    return [each for each in _ENDS.split(" ".join(text.split())) if len(each.split()) >= _LEAST]


def passages_of(sentences: Sequence[str]) -> list[str]:
    """Some sentences together; the next passage begins with the last of them."""
    begins = range(0, max(1, len(sentences) - 1), _STEP)
    return [passage for begin in begins if (passage := " ".join(sentences[begin : begin + _PASSAGE]))]


def asked_for(title: str, sentences: Sequence[str]) -> Iterator[str]:
    """Questions about a document: its title and the middle of some sentences within the words of a question."""
    things = [title, *(_middle(each) for each in sentences[:: max(1, len(sentences) // 3)])]
    for number, thing in enumerate(things):
        words = thing.strip(" .?!").split()
        if len(words) >= _LEAST:
            yield _ASKED[(len(title) + number) % len(_ASKED)].format(" ".join(words))


def _middle(sentence: str, most: int = 9) -> str:
    words = sentence.strip(" .?!").split()
    begin = max(0, (len(words) - most) // 2)
    return " ".join(words[begin : begin + most])


def frequent(texts: Iterable[str], least: int = _OFTEN) -> list[str]:
    """The words of texts that occur often enough."""
    counts = Counter(word for text in texts for word in forms(text))
    return sorted(word for word, count in counts.items() if count >= least and len(word) > 1)


def lines(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a file that has one on each line; none where there is no file."""
    if path.is_file():
        with path.open(encoding="utf-8") as file:
            yield from (json.loads(line) for line in file if line.strip())
