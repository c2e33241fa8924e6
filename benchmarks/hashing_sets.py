"""The sets of the hashing benchmark: features of two modalities and several labels, a train and a query part each.

Pictures are MobileNetV2 vectors, divided by their length; words are counted, and the logarithm of one more is taken.
All methods see the same.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

from benchmarks import backbone

# A word counts if so many train rows have it.
ROWS_OF_A_WORD = 5


@dataclass(frozen=True)
class Part:
    """Features by modality (n, dim), and labels (n, labels), both floats."""

    features: dict[str, np.ndarray]
    labels: np.ndarray

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, rows: np.ndarray) -> Part:
        """Some rows."""
        return Part({name: values[rows] for name, values in self.features.items()}, self.labels[rows])


@dataclass(frozen=True)
class Set:
    """What is learned from, what is searched, and what asks."""

    name: str
    train: Part
    collection: Part
    queries: Part


def fashion(data: Path, cache: Path) -> Set:
    """Product pictures and titles; labels are the article type and the sub-category."""
    parts = {part: _lines(data / "fashion" / f"items_{part}.jsonl") for part in ("train", "dev")}
    labels = {part: [[row["article_type"], row["sub_category"] + " "] for row in rows] for part, rows in parts.items()}
    texts = {part: [row["title"] for row in rows] for part, rows in parts.items()}
    return _pictures_and_texts("fashion", data, cache, parts, texts, labels)


def flickr8k(data: Path, cache: Path) -> Set:
    """Photographs and their five captions; labels are concepts derived from these, and rows without are left out."""
    concepts = {row["image"]: row["concepts"] for row in _lines(data / "flickr8k" / "concepts.jsonl")}
    parts = {
        part: [row for row in _lines(data / "flickr8k" / f"captions_{part}.jsonl") if concepts.get(row["image"])]
        for part in ("train", "dev")
    }
    labels = {part: [concepts[row["image"]] for row in rows] for part, rows in parts.items()}
    texts = {part: [" ".join(row["captions"]) for row in rows] for part, rows in parts.items()}
    return _pictures_and_texts("flickr8k", data, cache, parts, texts, labels)


def wiki(data: Path, cache: Path) -> Set:
    """The published features and split of the Wikipedia set: 2,173 train rows, which are searched, and 693 queries."""
    with np.load(data / "wiki_features" / "wiki.npz") as kept:
        parts = {
            part: Part(
                {"image": kept[f"I_{part}"], "text": kept[f"T_{part}"]},
                (kept[f"L_{part}"] == np.arange(1, 11)).astype(np.float32),
            )
            for part in ("tr", "te")
        }
    # Square roots of frequencies, which compare histograms as Hellinger does.
    for part in parts.values():
        for name, values in part.features.items():
            part.features[name] = np.sqrt(values / values.sum(1, keepdims=True)).astype(np.float32)
    return Set("wiki", parts["tr"], parts["tr"], parts["te"])


def mirflickr(data: Path, cache: Path) -> Set:
    """Tags alone, at the papers' sizes: 2,000 queries, and 10,000 of the 18,015 others to learn from."""
    with np.load(data / "mirflickr25k_tags_labels" / "mirflickr25k_tags_labels.npz") as kept:
        rows, tags = len(kept["labels"]), int(kept["n_tags"])
        labels = np.unpackbits(kept["labels"], axis=1)[:, : int(kept["n_labels"])].astype(np.float32)
        indices = kept["tag_indices"].astype(np.int64)
        table = csr_matrix((np.ones(len(indices), np.float32), indices, kept["tag_indptr"]), (rows, tags)).toarray()
    order = np.random.default_rng(1).permutation(rows)
    everything = Part({"text": table}, labels)
    return Set(
        "mirflickr",
        everything.take(order[2_000:12_000]),
        everything.take(order[2_000:]),
        everything.take(order[:2_000]),
    )


SETS = {"fashion": fashion, "flickr8k": flickr8k, "wiki": wiki, "mirflickr": mirflickr}


def held_out(found: Set, seed: int = 7) -> Set:
    """A tenth of train asks the other nine: for choosing settings."""
    order = np.random.default_rng(seed).permutation(len(found.train))
    tenth = len(order) // 10
    rest = found.train.take(order[tenth:])
    return Set(f"{found.name}, held out", rest, rest, found.train.take(order[:tenth]))


def _pictures_and_texts(
    name: str,
    data: Path,
    cache: Path,
    parts: dict[str, list[dict[str, Any]]],
    texts: dict[str, list[str]],
    labels: dict[str, list[list[str]]],
) -> Set:
    archives = [data / name / f"images_{part}.tar" for part in parts]
    found = backbone.features(archives, data / "mobilenet_v2", cache)
    place = {image: row for row, image in enumerate(found["names"].tolist())}
    vectors = found["vectors"].astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    words = _vocabulary(texts["train"])
    names = sorted({label for row in labels["train"] for label in row})
    made = {
        part: Part(
            {"image": vectors[[place[row["image"]] for row in rows]], "text": _bag(texts[part], words)},
            np.array([[label in row for label in names] for row in labels[part]], np.float32),
        )
        for part, rows in parts.items()
    }
    return Set(name, made["train"], made["train"], made["dev"])


def _vocabulary(texts: list[str]) -> list[str]:
    rows = Counter(word for text in texts for word in set(_words(text)))
    return sorted(word for word, count in rows.items() if count >= ROWS_OF_A_WORD)


def _bag(texts: list[str], words: list[str]) -> np.ndarray:
    place = {word: column for column, word in enumerate(words)}
    table = np.zeros((len(texts), len(words)), np.float32)
    for row, text in enumerate(texts):
        for word in _words(text):
            if word in place:
                table[row, place[word]] += 1
    return np.log1p(table)


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.lower())


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
