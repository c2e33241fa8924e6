"""How well the classical encoders find what is alike: pictures, sounds and texts with known classes and judgements.

Pictures: each of the dev part is a query against the train part. Sounds: each clip of folds 2 to 4 against the others
of these folds (fold 1 was used to choose the settings). Texts: latent semantic analysis beside plain TF-IDF vectors.
"""

from __future__ import annotations

import io
import json
import tarfile
import time
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import numpy as np
import soundfile
from PIL import Image

import pinakes.encoders.classical  # noqa: F401  # files the encoders
from benchmarks.frame import Figures, Options
from pinakes.encoders.base import ENCODERS
from pinakes.encoders.classical import lsa
from pinakes.settings import Settings
from pinakes.types import Floats
from pinakes.words.analyse import analyser

PICTURES = ("dtd_10", "tf_flowers", "caltech101")
TEXTS = ("cranfield", "cisi")


def run(options: Options) -> Figures:
    """All figures, for the data sets that the data folder has."""
    told = Figures()
    if options.data is None:
        told.note("Name the folder of data sets with --data.")
        return told
    pictures = [name for name in PICTURES if (options.data / "photos" / name).is_dir()]
    for name in pictures[:1] if options.quick else pictures:
        _pictures(told, name, options.data / "photos" / name)
    if (options.data / "esc10").is_dir():
        _sounds(told, options.data / "esc10")
    for name in TEXTS:
        if (options.data / name).is_dir():
            _texts(told, name, options.data / name)
    return told


def _pictures(told: Figures, name: str, folder: Path) -> None:
    pictures, labels, dev = read_pictures(folder)
    gallery, queries = labels[~dev], labels[dev]
    told.add(f"{name}, chance mAP", (queries[:, None] == gallery).mean(), "")
    for encoder_name in ("colour", "gradient", "texture"):
        encoder = ENCODERS.get(encoder_name)(Settings())
        encoder.encode("image", pictures[:4])
        start = time.process_time()
        vectors = encoder.encode("image", pictures)
        each = 1000 * (time.process_time() - start) / len(pictures)
        _alike(told, f"{name}, {encoder_name}", vectors[dev] @ vectors[~dev].T, queries, gallery)
        told.add(f"{name}, {encoder_name}, a picture", each, "ms")


def _sounds(told: Figures, folder: Path) -> None:
    sounds, labels, folds = read_sounds(folder)
    for name in ("mfcc", "logmel"):
        start = time.process_time()
        vectors = ENCODERS.get(name)(Settings()).encode("audio", sounds)
        each = 1000 * (time.process_time() - start) / len(sounds)
        some = folds != 1
        scores = vectors[some] @ vectors[some].T
        np.fill_diagonal(scores, -np.inf)
        _alike(told, f"esc10, {name}", scores, labels[some], labels[some], left_out=1)
        told.add(f"esc10, {name}, a clip of 5 s", each, "ms")


def _texts(told: Figures, name: str, folder: Path) -> None:
    cut = analyser(Settings())
    texts, queries, gains = read_judged(folder)
    start = time.process_time()
    model = lsa.fit(texts, lambda text: cut.terms(text, "en"))
    told.add(f"{name}, lsa, fit", time.process_time() - start, "s")
    scores = model.encode("text", queries) @ model.encode("text", texts).T
    told.add(f"{name}, lsa, nDCG@10", ndcg(scores, gains), "")
    # With every term its own topic, what is left is the plain vector space.
    plain = replace(model, topics=np.eye(len(model.rows), dtype=np.float32))
    scores = plain.encode("text", queries) @ plain.encode("text", texts).T
    told.add(f"{name}, tf-idf, nDCG@10", ndcg(scores, gains), "")


def _alike(
    told: Figures, name: str, scores: Floats, queries: np.ndarray, gallery: np.ndarray, left_out: int = 0
) -> None:
    """Mean average precision and precision at 10 of scores (queries, gallery)."""
    order = np.argsort(-scores, axis=1, kind="stable")
    order = order[:, : order.shape[1] - left_out]
    right = gallery[order] == queries[:, None]
    found = np.cumsum(right, axis=1)
    precision = (found / np.arange(1, right.shape[1] + 1) * right).sum(1) / np.maximum(right.sum(1), 1)
    told.add(f"{name}, mAP", precision.mean(), "")
    told.add(f"{name}, P@10", right[:, :10].mean(), "")
    told.add(f"{name}, P@1", right[:, 0].mean(), "")


def ndcg(scores: Floats, gains: list[dict[int, float]], depth: int = 10) -> float:
    """Mean normalised discounted gain of scores (queries, texts); queries without judgements are left out."""
    discounts = 1 / np.log2(np.arange(depth) + 2)
    values = []
    for row, gain in zip(scores, gains, strict=True):
        if gain:
            got = np.array([gain.get(int(place), 0.0) for place in np.argsort(-row, kind="stable")[:depth]])
            best = np.sort(list(gain.values()))[::-1][:depth]
            values.append((got * discounts).sum() / (best * discounts[: len(best)]).sum())
    return float(np.mean(values))


def read_pictures(folder: Path) -> tuple[list[np.ndarray], np.ndarray, np.ndarray]:
    """Pictures as the encoders want them, their classes, and which are of the dev part."""
    rows = [json.loads(line) for line in (folder / "labels.jsonl").read_text(encoding="utf-8").splitlines()]
    with tarfile.open(folder / "images.tar") as archive:
        pictures = [read_picture(archive, row["image"]) for row in rows]
    return pictures, np.array([row["label"] for row in rows]), np.array([row["split"] == "dev" for row in rows])


def read_picture(archive: tarfile.TarFile, name: str) -> np.ndarray:
    member = archive.extractfile(name)
    assert member is not None
    with Image.open(io.BytesIO(member.read())) as picture:
        return np.asarray(picture.convert("RGB").resize((128, 128), Image.Resampling.BILINEAR))


def read_sounds(folder: Path) -> tuple[list[Floats], np.ndarray, np.ndarray]:
    rows = [json.loads(line) for line in (folder / "clips.jsonl").read_text(encoding="utf-8").splitlines()]
    sounds = []
    with tarfile.open(folder / "audio.tar") as archive:
        for row in rows:
            member = archive.extractfile(row["audio"])
            assert member is not None
            samples, rate = soundfile.read(io.BytesIO(member.read()), dtype="float32")
            assert rate == 16_000
            sounds.append(samples)
    return sounds, np.array([row["label"] for row in rows]), np.array([row["fold"] for row in rows])


def read_judged(folder: Path) -> tuple[list[str], list[str], list[dict[int, float]]]:
    """Texts, queries, and for each query the gain of each text by its place."""
    corpus = [json.loads(line) for line in (folder / "corpus.jsonl").read_text(encoding="utf-8").splitlines()]
    asked = [json.loads(line) for line in (folder / "queries.jsonl").read_text(encoding="utf-8").splitlines()]
    place = {row["_id"]: i for i, row in enumerate(corpus)}
    judged: dict[str, dict[int, float]] = defaultdict(dict)
    for line in (folder / "qrels.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        query, text, score = line.split("\t")
        judged[query][place[text]] = float(score)
    texts = [f"{row['title']} {row['text'] or ''}" for row in corpus]
    return texts, [row["text"] for row in asked], [judged.get(row["_id"], {}) for row in asked]
