"""What is said of pictures and documents, and the vectors that a teacher has for it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer, models, pre_tokenizers

from pinakes.encoders.base import unit_rows
from pinakes.errors import NotFound
from pinakes.learn.builtin import sentences, texts
from pinakes.learn.builtin.scenes import told
from pinakes.learn.builtin.sentences import vectors_of
from pinakes.learn.data.base import TrainingSet
from pinakes.learn.data.layouts.base import Loaded
from pinakes.learn.data.memory import Texts
from pinakes.learn.networks.bert import Bert
from pinakes.types import Floats
from pinakes.words.vocabulary import Pieces

DRESS = {"image": "1.webp", "title": "Nice Dress", "gender": "Women", "article_type": "Dresses", "colour": "Red"}


def test_an_article_is_said_by_its_title_and_as_it_is_asked_for() -> None:
    found = texts.article(["Nice Dress"], DRESS)
    said = {each.text: each.needs for each in found.wordings}
    assert list(said) == ["Nice Dress", "red dresses for women", "dresses for women", "red dresses", "dresses"]
    assert said["Nice Dress"] == frozenset()
    assert said["red dresses"] == {"article: dresses", "colour: red"}
    assert said["red dresses for women"] == found.facts


def test_a_class_of_photographs_is_named_in_a_sentence_too() -> None:
    found = texts.labelled(["Granny_Apple"])
    assert [each.text for each in found.wordings] == ["Granny Apple", "a photo of a Granny Apple"]
    assert texts.called("apple")[1] == "a photo of an apple"
    assert all(each.needs == found.facts == {"label: granny apple"} for each in found.wordings)


def test_every_phrase_of_a_scene_is_true_of_it_in_both_languages() -> None:
    scene = told(5, 0)
    found = texts.of_scene(scene)
    assert len(found.wordings) == 2 * len(scene.phrases)
    assert all(each.needs <= found.facts for each in found.wordings)
    assert dict(texts.twins_of(scene))[scene.phrases[0].zh] == scene.phrases[0].en


def test_a_sound_is_named_without_what_its_file_name_brings() -> None:
    assert texts.sounding({"category": "dog bark", "title": "rose_bark-001.WAV"}) == (
        "dog bark",
        "the sound of dog bark",
        "rose bark",
    )


def test_a_document_gives_its_title_its_sentences_and_questions_about_them() -> None:
    found = list(texts.parts("wings at speed", "the first sentence is here . a second one of words follows . no"))
    assert found[0] == "wings at speed"
    assert "the first sentence is here ." in found
    assert "the first sentence is here . a second one of words follows ." in found
    assert any("wings at speed" in each for each in found[1:])
    assert "no" not in found


def test_all_texts_are_gathered_once_and_none_of_a_query(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "cisi"
    folder.mkdir()
    (folder / "corpus.jsonl").write_text(json.dumps({"_id": "1", "title": "on books and shelves", "text": None}))
    (folder / "queries.jsonl").write_text(json.dumps({"_id": "1", "text": "unseen question"}))
    captions = [("a dog runs", "a dog runs"), ("a held out cat",)]
    views = {"text": Texts(captions), "image": Texts(captions)}
    loaded = Loaded(
        TrainingSet("few", ("flickr8k/1", "flickr8k/2"), views), {"flickr8k/1": "train", "flickr8k/2": "query"}
    )
    monkeypatch.setattr(texts, "read_pictures", lambda data, research: loaded)
    scene = told(5, 1)
    asked: list[str] = []

    def encode(some: Sequence[str]) -> Floats:
        asked.extend(some)
        return unit_rows(np.array([[len(text), 1, 2] for text in some], np.float32))

    found = texts.gather(tmp_path, tmp_path / "run", scenes={"scenes/1": scene}, encode=encode)
    assert len(set(found.texts)) == len(found.texts) == len(found.vectors)
    assert set(found.described) == {"flickr8k/1", "scenes/1"}
    assert "a dog runs" in found.texts and "on books and shelves" in found.texts
    assert not any("unseen" in text or "held out" in text for text in found.texts)
    zh, en = found.texts.index(scene.phrases[0].zh), found.texts.index(scene.phrases[0].en)
    assert (found.vectors[zh] == found.vectors[en]).all()
    assert scene.phrases[0].zh not in asked
    without = texts.gather(tmp_path, tmp_path / "run", research=False, encode=encode)
    assert "on books and shelves" not in without.texts


def test_vectors_that_are_kept_are_not_made_again(tmp_path: Path) -> None:
    calls: list[list[str]] = []

    def encode(some: Sequence[str]) -> Floats:
        calls.append(list(some))
        return np.array([[len(text), 0.5] for text in some], np.float32)

    first = vectors_of(["a", "bb", "a"], tmp_path, encode)
    again = vectors_of(["ccc", "bb"], tmp_path, encode)
    assert first.tolist() == [[1, 0.5], [2, 0.5], [1, 0.5]]
    assert again.tolist() == [[3, 0.5], [2, 0.5]]
    assert calls == [["a", "bb"], ["ccc"]]


def test_a_list_of_texts_whose_vectors_are_not_all_there_is_refused(tmp_path: Path) -> None:
    vectors_of(["a", "b"], tmp_path, lambda some: np.ones((len(some), 2), np.float32))
    path = next(tmp_path.glob("*.npy"))
    np.save(path, np.ones((1, 2), np.float16))
    with pytest.raises(sentences.BadVector, match="1 vectors for 2 texts"):
        vectors_of(["a"], tmp_path)


def test_the_teacher_gives_a_text_the_same_vector_whatever_stands_beside_it(tmp_path: Path) -> None:
    torch.manual_seed(0)
    tokenizer = Tokenizer(models.WordLevel({"[PAD]": 0, "[UNK]": 1, "a": 2, "dog": 3, "runs": 4}, "[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    tower = Bert(9, sentences.WIDTH, 1, 12, vector="mean", dropout=0.0).eval()
    read = sentences.Sentences(tower, Pieces.published(tmp_path / "tokenizer.json"))
    alone = read(["a dog"])
    beside = read(["a dog runs a dog runs", "a dog"])
    assert np.allclose(np.linalg.norm(beside, axis=1), 1, atol=1e-5)
    assert np.allclose(alone[0], beside[1], atol=0.02)
    assert read(["a " * 300]).shape == (1, sentences.WIDTH)


def test_a_teacher_that_is_not_installed_is_named_with_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sentences, "PACKAGE", "gt-no-such-model")
    with pytest.raises(NotFound, match="gt-no-such-model"):
        sentences.open_sentences()
