"""Vectors of published layouts against the reference implementation, at float32, to 1e-4."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pinakes.encoders.hub.load import load
from pinakes.encoders.queries import encode_queries

from ..conftest import as_wanted

TEXTS = [
    "a red boat",
    "A Red, Red Boat!",
    "x",
    "the catalogue of the library of Alexandria, which no one has seen",
    "红酒",
    "a  wide   space",
]
SOUNDS = {"short": 0.7, "half": 2.3, "whole": 4.0}


def encoder(build: Any, install: Any, settings: Any, kind: str, **options: Any) -> tuple[Any, Any]:
    tiny = build(kind, **options)
    model = install(tiny.folder)
    return tiny, load(model.name, model.folder.parent, settings)


@pytest.mark.parametrize("kind", ["clip", "immich_clip", "multilingual_clip", "siglip", "clap", "sentences"])
def test_texts_give_the_vectors_of_the_reference(build: Any, install: Any, settings: Any, kind: str) -> None:
    tiny, mine = encoder(build, install, settings, kind)
    texts = [text.replace(",", "").replace("!", "") for text in TEXTS] if kind == "siglip" else TEXTS
    assert np.abs(mine.encode("text", texts) - tiny.text(texts)).max() < 1e-4


@pytest.mark.parametrize("kind", ["clip", "immich_clip", "multilingual_clip", "siglip"])
def test_pictures_give_the_vectors_of_the_reference(
    build: Any, install: Any, settings: Any, pictures: Any, kind: str
) -> None:
    tiny, mine = encoder(build, install, settings, kind)
    wanted = [as_wanted(picture, mine.description.image) for picture in pictures]
    assert np.abs(mine.encode("image", wanted) - tiny.image(pictures)).max() < 1e-4


def test_siglip_2_lowers_texts_and_fills_them_to_the_full_length(
    build: Any, install: Any, settings: Any, pictures: Any
) -> None:
    tiny, mine = encoder(build, install, settings, "siglip", version=2)
    assert np.abs(mine.encode("text", TEXTS) - tiny.text(TEXTS)).max() < 1e-4
    wanted = [as_wanted(picture, mine.description.image) for picture in pictures]
    assert np.abs(mine.encode("image", wanted) - tiny.image(pictures)).max() < 1e-4


@pytest.mark.parametrize("length", list(SOUNDS.values()), ids=list(SOUNDS))
def test_sounds_give_the_vectors_of_the_reference(build: Any, install: Any, settings: Any, length: float) -> None:
    tiny, mine = encoder(build, install, settings, "clap")
    chance = np.random.default_rng(1)
    time = np.arange(int(length * 48_000)) / 48_000
    sounds = [
        (0.3 * np.sin(2 * np.pi * 440 * time)).astype(np.float32),
        chance.normal(0, 0.1, len(time)).astype(np.float32),
    ]
    assert mine.description.audio.rate == 48_000
    assert np.abs(mine.encode("audio", sounds) - tiny.audio(sounds)).max() < 1e-4


@pytest.mark.parametrize("pooling", ["mean", "cls", "lasttoken"])
@pytest.mark.parametrize("family", ["bert", "xlm"])
def test_sentences_are_pooled_as_their_files_say(
    build: Any, install: Any, settings: Any, pooling: str, family: str
) -> None:
    tiny, mine = encoder(build, install, settings, "sentences", pooling=pooling, family=family)
    assert np.abs(mine.encode("text", TEXTS) - tiny.text(TEXTS)).max() < 1e-4


def test_the_root_layout_of_fastembed_is_read(build: Any, install: Any, settings: Any) -> None:
    tiny, mine = encoder(build, install, settings, "sentences", place="model.onnx")
    assert np.abs(mine.encode("text", TEXTS) - tiny.text(TEXTS)).max() < 1e-4


def test_a_text_has_the_same_vector_alone_and_in_a_mixed_batch(build: Any, install: Any, settings: Any) -> None:
    _, mine = encoder(build, install, settings, "sentences")
    chance = np.random.default_rng(0)
    texts = ["".join(chance.choice(list("abcdefg "), size)) + "z" for size in chance.integers(1, 90, 150)]
    together = mine.encode("text", texts)
    alone = np.concatenate([mine.encode("text", [text]) for text in texts])
    assert np.abs(together - alone).max() < 1e-5


def test_prefixes_stand_before_queries_and_passages(build: Any, install: Any, settings: Any) -> None:
    tiny = build("sentences")
    model = install(tiny.folder)
    record = model.folder / "config_sentence_transformers.json"
    record.write_text('{"prompts": {"query": "query: ", "passage": "passage: "}}')
    mine = load(model.name, model.folder.parent, settings)
    assert np.abs(encode_queries(mine, ["boat"]) - tiny.text(["query: boat"])).max() < 1e-4
    assert np.abs(mine.encode("text", ["boat"]) - tiny.text(["passage: boat"])).max() < 1e-4
