"""Published models in use: what they refuse, and what counts as nothing to encode."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from pinakes import errors
from pinakes.encoders.hub import clap, tokens, towers
from pinakes.encoders.hub.load import load, load_folder
from pinakes.encoders.hub.pixels import normalised, tables
from pinakes.encoders.hub.plans import ImagePlan, TextPlan
from pinakes.media.base import ImageWant


@pytest.fixture()
def sentence_encoder(build: Any, install: Any, settings: Any) -> Any:
    return load_folder(install(build("sentences").folder), settings)


@pytest.fixture()
def clip_encoder(build: Any, install: Any, settings: Any) -> Any:
    return load_folder(install(build("clip").folder), settings)


@pytest.mark.reliability
def test_empty_texts_and_silence_give_rows_of_zeros(build: Any, install: Any, settings: Any) -> None:
    """A15: nothing to encode is said by a row of zeros, never by NaN."""
    encoder = load_folder(install(build("clap").folder), settings)
    texts = encoder.encode("text", ["", "boat", " \n\t"])
    assert [bool(row.any()) for row in texts] == [False, True, False]
    sounds = encoder.encode("audio", [np.zeros(48_000, np.float32), np.zeros(0, np.float32)])
    assert sounds.shape == (2, encoder.description.dim)
    assert not sounds.any()
    assert encoder.encode("text", []).shape == (0, encoder.description.dim)


@examples(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(st.characters(), max_size=60), max_size=5))
def test_any_text_gives_a_unit_row_or_zeros(sentence_encoder: Any, texts: list[str]) -> None:
    lengths = np.linalg.norm(sentence_encoder.encode("text", texts), axis=1)
    assert all(abs(length - 1) < 1e-5 or length == 0 for length in lengths)


def test_a_lone_surrogate_and_a_very_long_text_are_encoded(sentence_encoder: Any) -> None:
    assert sentence_encoder.encode("text", ["\ud800 boat", "boat " * 200_000]).any(axis=1).all()


def test_a_modality_without_a_tower_is_refused(sentence_encoder: Any) -> None:
    with pytest.raises(errors.BadInput, match="reads text, not audio"):
        sentence_encoder.encode("audio", [np.zeros(10, np.float32)])


def test_pictures_of_another_geometry_are_refused(clip_encoder: Any) -> None:
    for wrong in (np.zeros((32, 31, 3), np.uint8), np.zeros((32, 32, 3), np.float32), np.zeros((32, 32), np.uint8)):
        with pytest.raises(errors.BadInput, match="32 x 32 x 3 bytes"):
            clip_encoder.encode("image", [wrong])


def test_a_blank_picture_has_a_vector(clip_encoder: Any) -> None:
    assert clip_encoder.encode("image", [np.zeros((32, 32, 3), np.uint8)]).any()


def test_a_long_sound_is_the_mean_of_windows_that_cover_it() -> None:
    sound = np.arange(1000, dtype=np.float32)
    spans = clap.windows(sound, 300)
    assert [len(span) for span in spans] == [300] * 4
    assert (spans[0][0], spans[-1][-1]) == (0, 999)
    assert len(clap.windows(np.zeros(10_000, np.float32), 300)) == clap.MOST_WINDOWS
    assert len(clap.windows(sound, 1000)) == 1


def test_a_long_sound_gives_one_unit_vector_of_sound_numbers(build: Any, install: Any, settings: Any) -> None:
    encoder = load_folder(install(build("clap").folder), settings)
    sound = np.random.default_rng(0).normal(0, 0.1, 48_000 * 11).astype(np.float32)
    sound[5] = np.nan
    (vector,) = encoder.encode("audio", [sound])
    assert abs(np.linalg.norm(vector) - 1) < 1e-5


def test_a_model_whose_vectors_have_another_size_is_named(build: Any, install: Any, settings: Any) -> None:
    from dataclasses import replace

    model = install(build("sentences").folder)
    other = replace(model, record=replace(model.record, dim=7))
    with pytest.raises(errors.BadVector, match="24 numbers instead of 7"):
        load_folder(other, settings).encode("text", ["boat"])


def test_vectors_that_are_not_numbers_are_refused() -> None:
    with pytest.raises(errors.BadVector, match="NaN"):
        towers._placed([(0, np.array([1.0, np.nan], np.float32))], 1)


def test_towers_of_different_sizes_are_refused_when_installed(build: Any, install: Any, tmp_path: Path) -> None:
    import shutil

    folder = tmp_path / "mixed"
    shutil.copytree(build("clip").folder, folder)
    # A picture graph of another model: same inputs, other size.
    shutil.copyfile(build("siglip").folder / "onnx" / "vision_model.onnx", folder / "onnx" / "vision_model.onnx")
    with pytest.raises(errors.Unsupported, match="different sizes"):
        install(folder)


def test_several_threads_encode_at_once(clip_encoder: Any) -> None:
    chance = np.random.default_rng(0)
    pictures = [chance.integers(0, 255, (32, 32, 3), np.uint8) for _ in range(8)]
    truth = clip_encoder.encode("image", pictures)
    found: list[Any] = []
    threads = [threading.Thread(target=lambda: found.append(clip_encoder.encode("image", pictures))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(np.abs(one - truth).max() < 1e-5 for one in found)
    assert len(found) == 4


@examples(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 900), max_size=60), st.integers(1, 64))
def test_batches_hold_every_text_once_and_stay_within_bounds(lengths: list[int], most: int) -> None:
    rows = [tokens.Row((0,) * length, (0,) * length) for length in lengths]
    batches = list(tokens.batches(rows, most))
    assert sorted(place for batch in batches for place in batch) == list(range(len(rows)))
    for batch in batches:
        longest = max(lengths[place] for place in batch)
        assert len(batch) == 1 or (len(batch) <= most and len(batch) * longest <= tokens.BATCH_TOKENS)


def test_bytes_become_numbers_as_the_plain_formula_says() -> None:
    plan = ImagePlan(Path("g"), ImageWant(5, 4), 1 / 255, (0.1, 0.2, 0.3), (0.4, 0.5, 0.6))
    pictures = np.random.default_rng(0).integers(0, 256, (3, 4, 5, 3), np.uint8)
    naive = ((pictures / 255 - np.array(plan.mean)) / np.array(plan.std)).transpose(0, 3, 1, 2)
    assert np.abs(normalised(list(pictures), plan, tables(plan)) - naive).max() < 1e-6


@pytest.mark.parametrize(("how", "cleaned"), [
    ("none", " A  Red-Boat! "),
    ("spaces", "A Red-Boat!"),
    ("lower", " a  red-boat! "),
    ("canonical", "a redboat"),
])  # fmt: skip
def test_texts_are_cleaned_as_the_model_was_trained(how: str, cleaned: str) -> None:
    assert tokens.clean(" A  Red-Boat! ", how) == cleaned


def test_padding_stands_on_the_side_that_the_model_wants(build: Any) -> None:
    folder = build("sentences").folder
    plan = TextPlan(folder / "onnx" / "model.onnx", folder / "tokenizer.json", 24, pad_token="[PAD]", pad_left=True)
    cut = tokens.Tokens(plan)
    arrays = cut.padded(cut.rows(["a", "abc"]), 8)
    assert arrays["attention_mask"].tolist() == [[0] * 5 + [1] * 3, [0] * 3 + [1] * 5]


def test_a_tokenizer_without_padding_or_that_is_damaged_is_named(build: Any, tmp_path: Path) -> None:
    folder = build("sentences").folder
    with pytest.raises(errors.Unsupported, match="pad"):
        tokens.Tokens(TextPlan(folder, folder / "tokenizer.json", 24, pad_token="[NONE]"))
    (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises(errors.Damaged, match="tokenizer"):
        tokens.Tokens(TextPlan(folder, tmp_path / "tokenizer.json", 24))


def test_outputs_are_chosen_by_name() -> None:
    class Graph:
        def __init__(self, *names: str) -> None:
            from pinakes.encoders.runtime.base import Port

            self.outputs = [Port(name, (None, 4), "float32") for name in names]

    def chosen(pooling: Any, *names: str) -> str:
        return towers.chosen_output(Graph(*names), pooling)  # type: ignore[arg-type]

    assert chosen("graph", "last_hidden_state", "text_embeds") == "text_embeds"
    assert chosen("graph", "last_hidden_state", "pooler_output") == "pooler_output"
    assert chosen("mean", "pooler_output", "last_hidden_state") == "last_hidden_state"
    assert chosen("mean", "token_embeddings", "sentence_embedding") == "sentence_embedding"
    assert chosen("graph", "anything") == "anything"
    with pytest.raises(errors.Unsupported, match="logits"):
        chosen("graph", "logits", "scores")


def test_the_dimension_and_geometry_are_described(clip_encoder: Any) -> None:
    description = clip_encoder.description
    assert (description.dim, description.modalities, description.metric) == (24, ("text", "image"), "cosine")
    assert description.image == ImageWant(32, 32, "crop", "bicubic", 32)


def test_loading_by_name_needs_the_model(settings: Any) -> None:
    with pytest.raises(errors.UnknownName, match="pinakes models pull"):
        load("nothing", Path(settings.models), settings)
