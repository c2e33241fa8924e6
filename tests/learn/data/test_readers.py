"""Readers: their tensors, and that each is made again from what it tells as JSON."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch

from pinakes.errors import BadInput, BadSetting, UnknownName
from pinakes.learn.augment import sound
from pinakes.learn.augment.draws import Draws, keys_of
from pinakes.learn.augment.pictures import USUAL
from pinakes.learn.augment.words import Delete
from pinakes.learn.data.base import Reader
from pinakes.learn.data.picture_reader import PictureReader
from pinakes.learn.data.readers import BagReader, FeatureReader, WordReader, reader_of, texts_of
from pinakes.learn.data.sound_reader import SoundReader
from pinakes.words.vocabulary import Pieces, Words
from tests.learn.data.makers import made

CAPTIONS = [("a dog runs", "the dog"), ("a cat",), ()]


def draws(rows: int, seed: int = 0) -> Draws:
    return Draws(keys_of([f"{seed}-{row}" for row in range(rows)]))


def words() -> Words:
    return Words.trained(text for several in CAPTIONS for text in several)


def test_texts_become_ids_cut_and_padded() -> None:
    found = WordReader(words(), 2, "first").read(CAPTIONS, None)
    assert found.tolist() == [[2, 3], [2, 4], [0, 0]]
    assert WordReader(words(), 4, "all").read(CAPTIONS, None)[0].tolist() == [2, 3, 5, 6]
    assert WordReader(words(), 4).read([], None).shape == (0, 4)


def test_one_of_several_texts_is_drawn_where_a_model_learns_and_the_first_is_read_else() -> None:
    reader = WordReader(words(), 3)
    assert reader.read(CAPTIONS, None)[0].tolist() == [2, 3, 5]
    seen = {tuple(reader.read(CAPTIONS, draws(3, n))[0].tolist()) for n in range(20)}
    assert seen == {(2, 3, 5), (6, 3, 0)}
    changed = {tuple(WordReader(words(), 3, "first", (Delete(0.5),)).read(CAPTIONS, draws(3, n))[0]) for n in range(9)}
    assert len(changed) > 1


def test_a_bag_has_a_one_for_each_word_that_occurs_in_any_text_of_a_row() -> None:
    reader = BagReader(words())
    assert reader.dim == 5
    assert reader.read([*CAPTIONS, ("owl",)], None).tolist() == [[1, 1, 0, 1, 1], [1, 0, 1, 0, 0], [0] * 5, [0] * 5]


def test_features_are_standardised_by_the_training_rows_alone() -> None:
    found = made(rows=10)
    matrix = found.view("image").read(np.arange(10))
    reader = FeatureReader.fitted(found, "image", np.arange(6))
    read = reader.read(matrix, None)
    assert torch.allclose(read[:6].mean(0), torch.zeros(4), atol=1e-6)
    assert torch.allclose(read[:6].std(0, correction=0), torch.ones(4), atol=1e-5)
    assert torch.equal(FeatureReader().read(matrix, None), torch.from_numpy(matrix))
    with pytest.raises(BadInput, match="3 columns; the model has learned from 4"):
        reader.read(matrix[:, :3], None)


def test_a_column_that_never_changes_is_not_divided_by_nothing() -> None:
    from pinakes.learn.data.base import TrainingSet
    from pinakes.learn.data.memory import Vectors

    found = TrainingSet("made", ("a", "b"), {"image": Vectors(np.array([[1.0, 2.0], [1.0, 4.0]]))})
    read = FeatureReader.fitted(found, "image", np.arange(2)).read(np.array([[1, 2], [5, 4]], np.float32), None)
    assert read.tolist() == [[0, -1], [4, 1]]


def test_pictures_are_the_normalised_middle_where_nothing_is_drawn() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (2, 10, 10, 3), np.uint8)
    reader = PictureReader(8, (0.1, 0.2, 0.3), (0.5, 0.6, 0.7), short=10)
    found = reader.read(pixels, None)
    naive = (pixels[:, 1:9, 1:9] / 255 - [0.1, 0.2, 0.3]) / [0.5, 0.6, 0.7]
    assert found.is_contiguous() and np.allclose(found.permute(0, 2, 3, 1).numpy(), naive, atol=1e-6)
    assert reader.read([], None).shape == (0, 3, 8, 8)


def test_pictures_of_any_size_are_cut_to_squares() -> None:
    random = np.random.default_rng(0)
    raw = [random.integers(0, 256, (h, w, 3), np.uint8) for h, w in ((20, 9), (8, 30), (1, 1))]
    assert PictureReader(7).read(raw, None).shape == (3, 3, 7, 7)
    some = PictureReader(7, steps=USUAL)
    whole = some.read(raw, draws(3))
    assert torch.equal(whole, some.read(raw, draws(3))) and not torch.equal(whole, some.read(raw, draws(3, 1)))


def test_sounds_are_cut_or_end_in_silence_and_any_part_is_drawn() -> None:
    raw = [np.arange(20, dtype=np.float32) / 20, np.ones(5, np.float32), np.zeros(0, np.float32)]
    reader = SoundReader(0.01)
    found = reader.read([*raw, np.arange(1_000, dtype=np.float32) / 1_000], None)
    assert found.shape == (4, 160) and found[0, :20].tolist() == raw[0].tolist() and found[1, 4:7].tolist() == [1, 0, 0]
    long = [np.arange(1_000, dtype=np.float32) / 1_000] * 30
    starts = reader.read(long, draws(30))[:, 0]
    assert starts.max() <= 0.841 and starts.max() > 0.7 and starts.min() < 0.1
    assert reader.read([], None).shape == (0, 160) and reader.read([], draws(0)).shape == (0, 160)
    with pytest.raises(BadSetting, match="0 seconds"):
        SoundReader(0)


def test_without_steps_what_is_drawn_changes_nothing() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (2, 16, 16, 3), np.uint8)
    reader = PictureReader(14)
    assert torch.allclose(reader.read(pixels, draws(2)), reader.read(pixels, None), atol=1e-5)


@pytest.mark.parametrize(
    "reader",
    [
        FeatureReader((0.5, 1.0), (1.0, 2.0)),
        WordReader(words(), 5, "first", (Delete(0.2),)),
        BagReader(words(), "any", (Delete(0.2),)),
        PictureReader(8, (0.1, 0.2, 0.3), (1.0, 1.0, 1.0), 9, USUAL),
        SoundReader(0.5, sound.USUAL),
    ],
    ids=lambda reader: type(reader).__name__,
)
def test_a_reader_is_made_again_from_what_it_tells(reader: Reader) -> None:
    assert reader_of(json.loads(json.dumps(reader.describe()))) == reader


def test_pieces_of_words_are_read_too() -> None:
    pieces = Pieces.trained(["a dog runs", "a dog"] * 3, most=40)
    reader = WordReader(pieces, 6, "first")
    assert reader.read(CAPTIONS, None).shape == (3, 6)
    again = reader_of(json.loads(json.dumps(reader.describe())))
    assert torch.equal(again.read(CAPTIONS, None), reader.read(CAPTIONS, None))


def test_wrong_settings_of_readers_are_refused() -> None:
    with pytest.raises(BadSetting, match="which = 'best'"):
        WordReader(words(), 3, "best")  # type: ignore[arg-type]
    with pytest.raises(BadSetting, match="0 words"):
        WordReader(words(), 0)
    with pytest.raises(BadSetting, match="side 8 can not be cut"):
        PictureReader(8, short=7)
    with pytest.raises(BadSetting, match="deviation above 0"):
        PictureReader(8, std=(1.0, 0.0, 1.0))
    pieces = Pieces.trained(["a dog runs", "a dog"] * 3, most=40).describe()
    with pytest.raises(BadInput, match="whole words"):
        reader_of({"reader": "bag", "which": "all", "steps": [], "words": pieces})
    with pytest.raises(UnknownName, match="no reader named taste"):
        reader_of({"reader": "taste"})


def test_texts_of_rows_are_those_that_vocabularies_are_learned_from() -> None:
    assert texts_of(made(), np.array([3, 1])) == ["the row 3 of all", "the row 1 of all"]
    with pytest.raises(BadInput, match="is features, not texts"):
        texts_of(made(), np.array([0]), "image")
