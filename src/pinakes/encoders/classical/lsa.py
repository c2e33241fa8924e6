"""Latent semantic analysis: texts by the topics of the library's own words, so that related words find one another.

Deerwester et al., "Indexing by latent semantic analysis", JASIS 1990; term weights after Dumais, 1991 (logarithm of the
count times the inverse document frequency). Fitted on a bounded sample of the library's texts.
"""

from __future__ import annotations

import hashlib
import io
import json
import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pinakes.encoders.base import Description, unit_rows
from pinakes.encoders.classical.sparse import Sparse, right_singular
from pinakes.errors import BadInput, Damaged, NewerLibrary, NoContent, NotFound
from pinakes.storage import write_whole
from pinakes.types import Floats, Modality

# Cuts a text into terms; the same must be used for fitting and for encoding.
Analyse = Callable[[str], list[str]]

ARRAYS, META = "lsa.npz", "encoder.json"
FORMAT = 1
# Characters of one text that are read for fitting and for encoding.
TEXT_CHARS = 50_000


@dataclass(frozen=True)
class Lsa:
    """A fitted space of topics."""

    description: Description
    # Term -> row of `topics`.
    rows: dict[str, int]
    # Inverse document frequency of each term, (terms,).
    rarity: Floats
    # Each term's share in each topic, (terms, dim).
    topics: Floats
    analyse: Analyse
    # Names the analysis; another one would look up other terms.
    analysis: str

    def encode(self, modality: Modality, batch: Sequence[str]) -> Floats:
        """Unit vectors (n, dim) of texts; a row of zeros for a text without a known term."""
        if modality != "text":
            raise BadInput(f"The encoder lsa reads text, not {modality}.")
        counts = [Counter(self.analyse(text[:TEXT_CHARS])) for text in batch]
        return unit_rows(_weighted(counts, self.rows, self.rarity).dot(self.topics))

    def save(self, folder: Path) -> None:
        """Write arrays and description into a folder; the description comes last and makes it whole."""
        folder.mkdir(parents=True, exist_ok=True)
        arrays = _pack(rarity=self.rarity, topics=self.topics)
        meta = _Meta("lsa", FORMAT, hashlib.sha256(arrays).hexdigest(), self.analysis, list(self.rows))
        write_whole(folder / ARRAYS, [arrays])
        write_whole(folder / META, [json.dumps(asdict(meta), ensure_ascii=False).encode()])


def fit(
    texts: Iterable[str],
    analyse: Analyse,
    dim: int = 256,
    *,
    analysis: str = "",
    most_texts: int = 50_000,
    most_terms: int = 50_000,
    least_texts: int = 2,
    seed: int = 0,
) -> Lsa:
    """Fit topics on a sample of at most `most_texts` texts and their `most_terms` commonest terms.

    A term must occur in `least_texts` texts. Few texts give fewer topics than `dim`.
    """
    sample = reservoir(texts, most_texts, seed)
    counts = [Counter(analyse(text)) for text in sample]
    spread = Counter(term for count in counts for term in count)
    common = sorted((-n, term) for term, n in spread.items() if n >= least_texts)[:most_terms]
    if len(common) < 2:
        raise NoContent(
            f"{len(sample)} texts hold {len(common)} words that occur in {least_texts} of them; 2 are needed.",
            "Add more texts to the library first.",
        )
    rows = {term: row for row, term in enumerate(sorted(term for _, term in common))}
    texts_with = np.array([spread[term] for term in rows], np.float32)
    rarity = (np.log((1 + len(counts)) / (1 + texts_with)) + 1).astype(np.float32)
    topics, _ = right_singular(_weighted(counts, rows, rarity), dim, seed)
    if topics.shape[1] == 0:
        raise NoContent("The texts have no topics to find.", "Add more texts to the library first.")
    return _lsa(rows, rarity, np.ascontiguousarray(topics, np.float32), analyse, analysis)


def load(folder: Path, analyse: Analyse, analysis: str = "") -> Lsa:
    """A fitted space from its folder; an analysis of another name than it was fitted with is refused."""
    meta, data = _read(folder)
    if analysis != meta.analysis:
        raise BadInput(
            f"The topics in {folder} were fitted on words cut by {meta.analysis}, not {analysis}.",
            "Fit the encoder again, or set the segmenter back.",
        )
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        rarity, topics = arrays["rarity"], arrays["topics"]
    rows = {term: row for row, term in enumerate(meta.terms)}
    return _lsa(rows, rarity, topics, analyse, analysis)


@dataclass(frozen=True)
class _Meta:
    kind: str
    format: int
    sha256: str
    analysis: str
    terms: list[str]


def _read(folder: Path) -> tuple[_Meta, bytes]:
    """The checked description and the arrays' bytes."""
    try:
        meta = _Meta(**json.loads((folder / META).read_bytes()))
        data = (folder / ARRAYS).read_bytes()
    except FileNotFoundError:
        raise NotFound(f"There is no fitted encoder in {folder}.", "Fit it again.") from None
    except (OSError, ValueError, TypeError) as error:
        raise Damaged(f"{folder / META} can not be read: {error}", "Fit the encoder again.") from error
    if meta.format != FORMAT:
        raise NewerLibrary(f"{folder} was written in format {meta.format}; this version reads {FORMAT}.")
    if hashlib.sha256(data).hexdigest() != meta.sha256:
        raise Damaged(f"{folder / ARRAYS} does not match its checksum.", "Fit the encoder again.")
    return meta, data


def reservoir(texts: Iterable[str], most: int, seed: int) -> list[str]:
    """A uniform sample of at most `most` texts, each cut to TEXT_CHARS, read in one pass (Vitter 1985, algorithm R)."""
    chance = random.Random(seed)  # noqa: S311  # sampling, not secrecy
    kept: list[str] = []
    for seen, text in enumerate(texts):
        if seen < most:
            kept.append(text[:TEXT_CHARS])
        elif (place := chance.randrange(seen + 1)) < most:
            kept[place] = text[:TEXT_CHARS]
    return kept


def _weighted(counts: Sequence[Counter[str]], rows: dict[str, int], rarity: Floats) -> Sparse:
    """Unit rows (texts, terms) of (1 + log count) x rarity."""
    known = [[(rows[term], n) for term, n in count.items() if term in rows] for count in counts]
    lengths = [len(pairs) for pairs in known]
    flat = np.array([pair for pairs in known for pair in pairs], np.int64).reshape(-1, 2)
    values = (1 + np.log(flat[:, 1])).astype(np.float32) * rarity[flat[:, 0]]
    starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    text = np.repeat(np.arange(len(counts)), lengths)
    sizes = np.sqrt(np.bincount(text, values.astype(np.float64) ** 2, minlength=len(counts)))
    values = (values / np.maximum(sizes[text], 1e-12)).astype(np.float32)
    return Sparse(starts, flat[:, 0].astype(np.int32), values, len(rows))


def _lsa(rows: dict[str, int], rarity: Floats, topics: Floats, analyse: Analyse, analysis: str) -> Lsa:
    digest = hashlib.sha256(json.dumps([FORMAT, analysis, list(rows)]).encode())
    digest.update(rarity.tobytes())
    digest.update(topics.tobytes())
    description = Description(
        name="lsa",
        modalities=("text",),
        dim=topics.shape[1],
        metric="cosine",
        licence="Apache-2.0",
        size=rarity.nbytes + topics.nbytes,
        fingerprint=digest.hexdigest(),
        about=f"{topics.shape[1]} topics of the library's own words (Deerwester et al. 1990).",
    )
    return Lsa(description, rows, rarity, topics, analyse, analysis)


def _pack(**arrays: Any) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()
