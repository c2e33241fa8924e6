"""What the small files of published models say, and the ways in which they say it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pinakes import errors
from pinakes.encoders.hub.configs import Config, read
from pinakes.encoders.hub.geometry import image_plan
from pinakes.encoders.hub.layouts import read_plan
from pinakes.encoders.hub.published import Hints
from pinakes.limits import Limits
from pinakes.media.base import ImageWant

LIMITS = Limits()


def want(**fields: Any) -> ImageWant:
    return image_plan(Config("preprocessor_config.json", fields), Path("g.onnx"), "graph").want


def refused(match: str, **fields: Any) -> None:
    with pytest.raises(errors.Unsupported, match=match):
        want(**fields)


def model(folder: Path, files: dict[str, Any]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content))
    return folder


CLIP = {"image_processor_type": "CLIPImageProcessor"}
BERT = {
    "config.json": {"model_type": "bert", "max_position_embeddings": 512, "pad_token_id": 0},
    "tokenizer.json": "{}",
    "onnx/model.onnx": "",
}


def test_sizes_may_be_numbers_or_objects() -> None:
    wanted = ImageWant(224, 224, "crop", "bicubic", 256)
    assert want(**CLIP, size=256, crop_size=224) == wanted
    assert want(**CLIP, size={"shortest_edge": 256}, crop_size={"height": 224, "width": 224}) == wanted


def test_clip_crops_unless_told_otherwise_and_others_squash() -> None:
    assert want(feature_extractor_type="CLIPFeatureExtractor", size=224) == ImageWant(224, 224, "crop", "bicubic", 224)
    assert want(image_processor_type="ViTFeatureExtractor", size=224) == ImageWant(224, 224, "squash", "bilinear")
    siglip = want(image_processor_type="SiglipImageProcessor", size={"height": 256, "width": 256}, resample=3)
    assert siglip == ImageWant(256, 256, "squash", "bicubic")


def test_a_squash_that_is_cut_out_whole_is_a_squash() -> None:
    fields = {"size": {"height": 224, "width": 224}, "crop_size": 224, "do_center_crop": True, "resample": 1}
    assert want(**fields) == ImageWant(224, 224, "squash", "lanczos")


def test_a_crop_given_as_a_share_enlarges_the_shorter_side() -> None:
    fields = {"size": {"shortest_edge": 224}, "crop_pct": 0.875, "do_center_crop": True, "crop_size": 224}
    assert want(**fields).short == 256


def test_what_the_decoder_can_not_deliver_is_refused() -> None:
    refused("resample", **CLIP, resample=0)
    refused("crop_size", **CLIP, size=200, crop_size=224)
    refused("size", **CLIP, size={"height": 256, "width": 256}, crop_size=224)
    refused("size", **CLIP, size={"longest_edge": 224})
    refused("size", **CLIP, size="224")
    refused("size", **CLIP, size=0)
    refused("size", **CLIP, size=10**6)
    refused("do_resize", **CLIP, do_resize=False)
    refused("NaFlex", image_processor_type="Siglip2ImageProcessor", max_num_patches=256)
    refused("image_std", **CLIP, image_std=[0, 1, 1])
    refused("image_mean", **CLIP, image_mean=[0.5])


def test_numbers_are_left_alone_where_the_model_wants_them_so() -> None:
    plan = image_plan(Config("c", {**CLIP, "do_normalize": False}), Path("g"), "graph")
    assert (plan.scale, plan.mean, plan.std) == (1 / 255, (0, 0, 0), (1, 1, 1))
    assert image_plan(Config("c", {**CLIP, "do_rescale": False}), Path("g"), "graph").scale == 1


def test_an_absurd_length_of_a_tokenizer_is_ignored(tmp_path: Path) -> None:
    for length in (1e30, 0, None, 10**30):
        plan = read_plan(model(tmp_path, {**BERT, "tokenizer_config.json": {"model_max_length": length}}), LIMITS)
        assert plan.text is not None
        assert plan.text.most_tokens == 512


def test_families_that_number_places_from_two_have_two_fewer(tmp_path: Path) -> None:
    config = {"model_type": "xlm-roberta", "max_position_embeddings": 514, "pad_token_id": 1}
    plan = read_plan(model(tmp_path, {**BERT, "config.json": config}), LIMITS)
    assert plan.text is not None
    assert plan.text.most_tokens == 512


def test_the_length_that_the_sentence_encoder_states_wins(tmp_path: Path) -> None:
    files = {
        **BERT,
        "sentence_bert_config.json": {"max_seq_length": 128},
        "tokenizer_config.json": {"model_max_length": 99},
    }
    plan = read_plan(model(tmp_path, files), LIMITS)
    assert plan.text is not None
    assert plan.text.most_tokens == 128


def test_pooling_is_read_in_its_old_and_new_form(tmp_path: Path) -> None:
    for content, pooling in (
        ({"pooling_mode": "cls"}, "first"),
        ({"pooling_mode": ["lasttoken"]}, "last"),
        ({"pooling_mode_mean_tokens": True}, "mean"),
    ):
        plan = read_plan(model(tmp_path, {**BERT, "1_Pooling/config.json": content}), LIMITS)
        assert plan.text is not None
        assert plan.text.pooling == pooling


def test_pooling_that_is_not_known_is_refused(tmp_path: Path) -> None:
    for content in ({"pooling_mode": "max"}, {"pooling_mode_mean_tokens": True, "pooling_mode_cls_token": True}):
        with pytest.raises(errors.Unsupported, match="pools by"):
            read_plan(model(tmp_path, {**BERT, "1_Pooling/config.json": content}), LIMITS)


def test_layers_after_the_graph_are_refused(tmp_path: Path) -> None:
    modules = [{"type": "sentence_transformers.models.Transformer"}, {"type": "sentence_transformers.models.Dense"}]
    with pytest.raises(errors.Unsupported, match="Dense"):
        read_plan(model(tmp_path, {**BERT, "modules.json": modules}), LIMITS)


def test_the_table_says_what_the_files_do_not(tmp_path: Path) -> None:
    plan = read_plan(model(tmp_path, BERT), LIMITS, hints=Hints("cls", "query: ", "passage: "))
    assert plan.text is not None
    assert (plan.text.pooling, plan.text.query_prefix, plan.text.passage_prefix) == ("first", "query: ", "passage: ")


def test_only_quantised_variants_are_run_with_care(tmp_path: Path) -> None:
    files = {**BERT, "onnx/model_fp16.onnx": "", "onnx/model_quantized.onnx": ""}
    careful = {v: read_plan(model(tmp_path, files), LIMITS, v).quantised for v in ("", "fp16", "quantized")}
    assert careful == {"": False, "fp16": False, "quantized": True}


def test_a_model_of_fused_sounds_is_refused(tmp_path: Path) -> None:
    files = {
        "config.json": {"model_type": "clap", "audio_config": {"enable_fusion": True}},
        "preprocessor_config.json": {"feature_extractor_type": "ClapFeatureExtractor"},
        "onnx/audio_model.onnx": "",
    }
    with pytest.raises(errors.Unsupported, match="unfused"):
        read_plan(model(tmp_path, files), LIMITS)


@pytest.mark.parametrize(
    "fields", [{"hop_length": 0}, {"frequency_max": 1e9}, {"max_length_s": 1e9}, {"fft_window_size": 10**9}]
)
def test_numbers_that_describe_no_spectrum_are_refused(tmp_path: Path, fields: dict[str, Any]) -> None:
    files = {
        "config.json": {"model_type": "clap"},
        "preprocessor_config.json": {"feature_extractor_type": "ClapFeatureExtractor", **fields},
        "onnx/audio_model.onnx": "",
    }
    with pytest.raises(errors.Unsupported, match="mel spectrum"):
        read_plan(model(tmp_path, files), LIMITS)


def test_immich_sizes_and_modes_are_read(tmp_path: Path) -> None:
    visual = {"size": 224, "interpolation": "bilinear", "mean": [0, 0, 0], "std": [1, 1, 1], "resize_mode": "squash"}
    files = {"config.json": {}, "visual/preprocess_cfg.json": visual, "visual/model.onnx": ""}
    plan = read_plan(model(tmp_path, files), LIMITS)
    assert plan.image is not None
    assert plan.image.want == ImageWant(224, 224, "squash", "bilinear")
    for wrong in ({"size": [1, 2, 3]}, {"interpolation": "nearest"}, {"resize_mode": "longest"}, {"std": [0, 0, 0]}):
        model(tmp_path, {"visual/preprocess_cfg.json": {**visual, **wrong}})
        with pytest.raises(errors.Unsupported):
            read_plan(tmp_path, LIMITS)


def test_a_folder_without_a_known_layout_is_told_what_is_needed(tmp_path: Path) -> None:
    with pytest.raises(errors.Unsupported, match=r"transformers\.js"):
        read_plan(tmp_path, LIMITS)


def test_a_pooling_folder_out_of_the_model_is_refused(tmp_path: Path) -> None:
    modules = [{"type": "sentence_transformers.models.Pooling", "path": "../elsewhere"}]
    with pytest.raises(errors.Unsupported, match="out of the model"):
        read_plan(model(tmp_path, {**BERT, "modules.json": modules}), LIMITS)


def test_damaged_configuration_is_named(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    for content in (b"{", b"\xff\xfe", b"[1]", b"[" * 100_000):
        path.write_bytes(content)
        with pytest.raises(errors.Damaged, match=r"config\.json"):
            read(path, LIMITS)


def test_fields_of_a_wrong_type_are_named() -> None:
    config = Config("config.json", {"a": "x", "b": True, "c": [1, 2], "d": {"content": "[PAD]"}, "e": 3.0})
    for call in (lambda: config.whole("a"), lambda: config.whole("b"), lambda: config.number("b", 0)):
        with pytest.raises(errors.Unsupported, match=r"config\.json"):
            call()
    for call in (lambda: config.triple("c", (0, 0, 0)), lambda: config.table("a"), lambda: config.flag("a", True)):
        with pytest.raises(errors.Unsupported, match=r"config\.json"):
            call()
    assert (config.text("d"), config.whole("e")) == ("[PAD]", 3)
