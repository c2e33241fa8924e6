"""Tiny models of random weights, in exactly the layouts of published ones, with their reference implementation."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

warnings.filterwarnings("ignore", category=DeprecationWarning, module=r"(torch|transformers|onnx).*")
torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")
pytest.importorskip("onnx")

from PIL import Image  # noqa: E402
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors  # noqa: E402

Vectors = np.ndarray
SIDE, PATCH, DIM = 32, 8, 24
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,:!?'-äü红酒一瓶"


@dataclass
class Tiny:
    """A model folder and what its reference implementation gives; all vectors of length one."""

    folder: Path
    text: Callable[[Sequence[str]], Vectors] | None = None
    image: Callable[[Sequence[Image.Image]], Vectors] | None = None
    audio: Callable[[Sequence[np.ndarray]], Vectors] | None = None
    extra: dict[str, Any] = field(default_factory=dict)


def unit(vectors: Any) -> Vectors:
    array = np.asarray(vectors, np.float64)
    return array / np.linalg.norm(array, axis=1, keepdims=True)


def write_json(path: Path, content: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")


def write_tokenizer(
    path: Path,
    first: str,
    last: str,
    pad: str,
    unknown: str = "<unk>",
    *,
    lower: bool = False,
    front: tuple[str, ...] = (),
) -> Any:
    """A tokenizer whose tokens are single letters, with a first and a last token round each text."""
    special = list(dict.fromkeys([*front, *(token for token in (pad, first, last, unknown) if token)]))
    vocabulary = special + list(LETTERS) + ["##" + letter for letter in LETTERS]
    tokenizer = Tokenizer(models.WordPiece({token: i for i, token in enumerate(vocabulary)}, unk_token=unknown))
    if lower:
        tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    template = " ".join(filter(None, [first, "$A", last]))
    ends = [(token, vocabulary.index(token)) for token in (first, last) if token]
    tokenizer.post_processor = processors.TemplateProcessing(single=template, special_tokens=ends)
    tokenizer.add_special_tokens(special)
    path.parent.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(path))
    return transformers.PreTrainedTokenizerFast(
        tokenizer_file=str(path), pad_token=pad, unk_token=unknown, eos_token=last or None, bos_token=first or None
    )


def export(network: Any, inputs: dict[str, Any], output: str, path: Path, axes: dict[str, dict[int, str]]) -> None:
    """Write a network that takes its inputs in order and gives one or more arrays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    outputs = output.split()
    dynamic = {**axes, **{name: {0: "batch"} for name in outputs if name not in axes}}
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            network,
            tuple(inputs.values()),
            str(path),
            input_names=list(inputs),
            output_names=outputs,
            dynamic_axes=dynamic,
            opset_version=17,
            dynamo=False,
        )


class Calls(torch.nn.Module):
    """A network's forward as a function of its inputs in order."""

    def __init__(self, network: Any, call: Callable[..., Any]) -> None:
        super().__init__()
        self.network, self.call = network, call
        # The exporter puts all parts back into the mode of the whole.
        self.eval()

    def forward(self, *inputs: Any) -> Any:
        return self.call(self.network, *inputs)


TEXT_AXES = {0: "batch", 1: "tokens"}


def prepared(network: Any) -> Any:
    """Weights that spread: freshly made ones are so small that all vectors would look alike."""
    generator = torch.Generator().manual_seed(7)
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            if parameter.ndim > 1:
                fan = parameter[0].numel()
                parameter.copy_(torch.randn(parameter.shape, generator=generator) * (1.5 / fan**0.5))
            elif "norm" not in name.lower() and "bn" not in name.lower():
                parameter.copy_(torch.randn(parameter.shape, generator=generator) * 0.1)
    return network.eval()


# CLIP and SigLIP -----------------------------------------------------------------------------------------------------


def clip_network() -> Any:
    torch.manual_seed(0)
    vision = {"hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2, "num_attention_heads": 2}
    text = {**vision, "vocab_size": 200, "max_position_embeddings": 20, "eos_token_id": 1, "bos_token_id": 0}
    config = transformers.CLIPConfig(
        text_config={**text, "pad_token_id": 1},
        vision_config={**vision, "image_size": SIDE, "patch_size": PATCH},
        projection_dim=DIM,
        attn_implementation="eager",
    )
    return prepared(transformers.CLIPModel(config))


CLIP_PIXELS = {
    "image_processor_type": "CLIPFeatureExtractor",
    "size": SIDE,
    "crop_size": SIDE,
    "do_center_crop": True,
    "do_resize": True,
    "do_normalize": True,
    "resample": 3,
    "image_mean": [0.48145466, 0.4578275, 0.40821073],
    "image_std": [0.26862954, 0.26130258, 0.27577711],
}


def clip(folder: Path) -> Tiny:
    """CLIP in the transformers.js layout."""
    network = clip_network()
    tokenizer = write_tokenizer(folder / "tokenizer.json", "<start>", "<end>", "<end>", front=("<start>", "<end>"))
    write_json(
        folder / "tokenizer_config.json",
        {"pad_token": "<end>", "model_max_length": 20, "tokenizer_class": "CLIPTokenizer"},
    )
    write_json(folder / "config.json", network.config.to_dict())
    write_json(folder / "preprocessor_config.json", CLIP_PIXELS)
    ids = torch.tensor([[0, 5, 6, 1], [0, 7, 1, 1]])
    export(
        Calls(network, lambda n, ids, mask: n.text_projection(n.text_model(ids, mask).pooler_output)),
        {"input_ids": ids, "attention_mask": torch.tensor([[1, 1, 1, 1], [1, 1, 1, 0]])},
        "text_embeds",
        folder / "onnx" / "text_model.onnx",
        {"input_ids": TEXT_AXES, "attention_mask": TEXT_AXES},
    )
    export(
        Calls(
            network,
            lambda n, p: (n.vision_model(p).last_hidden_state, n.visual_projection(n.vision_model(p).pooler_output)),
        ),
        {"pixel_values": torch.randn(2, 3, SIDE, SIDE)},
        "last_hidden_state image_embeds",
        folder / "onnx" / "vision_model.onnx",
        {"pixel_values": {0: "batch"}},
    )
    processor = transformers.CLIPImageProcessorPil(
        size={"shortest_edge": SIDE}, crop_size={"height": SIDE, "width": SIDE}, resample=3
    )
    return Tiny(folder, _clip_text(network, tokenizer, 20), _clip_image(network, processor), extra={"network": network})


def _clip_text(network: Any, tokenizer: Any, length: int) -> Callable[[Sequence[str]], Vectors]:
    def text(texts: Sequence[str]) -> Vectors:
        inputs = tokenizer(list(texts), padding="max_length", truncation=True, max_length=length, return_tensors="pt")
        with torch.no_grad():
            pooled = network.text_model(inputs["input_ids"], inputs["attention_mask"]).pooler_output
            return unit(network.text_projection(pooled))

    return text


def _clip_image(network: Any, processor: Any) -> Callable[[Sequence[Image.Image]], Vectors]:
    def image(pictures: Sequence[Image.Image]) -> Vectors:
        pixels = torch.cat([torch.as_tensor(np.array(processor(p)["pixel_values"])) for p in pictures])
        with torch.no_grad():
            return unit(network.visual_projection(network.vision_model(pixels).pooler_output))

    return image


def immich_clip(folder: Path) -> Tiny:
    """CLIP in Immich's layout: fixed length, 32-bit numbers, names of its own."""
    network = clip_network()
    tokenizer = write_tokenizer(
        folder / "textual" / "tokenizer.json", "<start>", "<end>", "<end>", front=("<start>", "<end>")
    )
    write_json(folder / "textual" / "tokenizer_config.json", {"pad_token": {"content": "<end>"}})
    write_json(
        folder / "config.json",
        {"embed_dim": DIM, "text_cfg": {"context_length": 20}, "vision_cfg": {"image_size": SIDE}},
    )
    _immich_visual(folder, network, {"resize_mode": "shortest"})
    ids = torch.zeros((1, 20), dtype=torch.int32)
    export(
        Calls(network, lambda n, ids: n.text_projection(n.text_model(ids.long()).pooler_output)),
        {"text": ids},
        "text_embedding",
        folder / "textual" / "model.onnx",
        {"text": {0: "batch"}},
    )
    processor = transformers.CLIPImageProcessorPil(
        size={"shortest_edge": SIDE}, crop_size={"height": SIDE, "width": SIDE}, resample=3
    )
    return Tiny(folder, _clip_text(network, tokenizer, 20), _clip_image(network, processor))


def _immich_visual(folder: Path, network: Any, more: dict[str, Any]) -> None:
    write_json(
        folder / "visual" / "preprocess_cfg.json",
        {
            "size": [SIDE, SIDE],
            "interpolation": "bicubic",
            "mean": CLIP_PIXELS["image_mean"],
            "std": CLIP_PIXELS["image_std"],
            **more,
        },
    )
    export(
        Calls(network, lambda n, p: n.visual_projection(n.vision_model(p).pooler_output)),
        {"image": torch.randn(1, 3, SIDE, SIDE)},
        "image_embedding",
        folder / "visual" / "model.onnx",
        {"image": {0: "batch"}},
    )


def multilingual_clip(folder: Path) -> Tiny:
    """M-CLIP in Immich's layout: an XLM-R text tower, pooled by the mean and projected, beside CLIP's picture tower."""
    network = clip_network()
    torch.manual_seed(1)
    config = transformers.XLMRobertaConfig(
        vocab_size=200, hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=2,
        max_position_embeddings=24, pad_token_id=1, attn_implementation="eager",
    )  # fmt: skip
    tower = prepared(transformers.XLMRobertaModel(config, add_pooling_layer=False))
    project = prepared(torch.nn.Linear(32, DIM))
    both = torch.nn.ModuleDict({"tower": tower, "project": project})
    front = ("<s>", "<pad>", "</s>", "<unk>")
    tokenizer = write_tokenizer(folder / "textual" / "tokenizer.json", "<s>", "</s>", "<pad>", front=front)
    write_json(folder / "textual" / "tokenizer_config.json", {"pad_token": "<pad>"})
    write_json(folder / "config.json", {"embed_dim": DIM, "text_cfg": {"context_length": 20, "hf_model_name": "xlm"}})
    _immich_visual(folder, network, {})

    def encoded(network: Any, ids: Any, mask: Any) -> Any:
        hidden = network["tower"](ids.long(), mask.long()).last_hidden_state
        weights = mask.unsqueeze(-1).float()
        return network["project"]((hidden * weights).sum(1) / weights.sum(1))

    ids = torch.full((1, 20), 5, dtype=torch.int32)
    export(
        Calls(both, encoded),
        {"input_ids": ids, "attention_mask": (torch.arange(20)[None] < 9).int()},
        "embedding_of_text",
        folder / "textual" / "model.onnx",
        {"input_ids": {0: "batch"}, "attention_mask": {0: "batch"}},
    )

    def text(texts: Sequence[str]) -> Vectors:
        inputs = tokenizer(list(texts), padding=True, truncation=True, max_length=20, return_tensors="pt")
        with torch.no_grad():
            return unit(encoded(both, inputs["input_ids"], inputs["attention_mask"]))

    processor = transformers.CLIPImageProcessorPil(
        size={"shortest_edge": SIDE}, crop_size={"height": SIDE, "width": SIDE}, resample=3
    )
    return Tiny(folder, text, _clip_image(network, processor))


def siglip(folder: Path, version: int = 1) -> Tiny:
    """SigLIP, or SigLIP 2 with its Gemma tokenizer: squashed pictures, texts filled up to a fixed length."""
    torch.manual_seed(2)
    size = {"hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2, "num_attention_heads": 2}
    config = transformers.SiglipConfig(
        text_config={**size, "vocab_size": 200, "max_position_embeddings": 16, "projection_size": 32},
        vision_config={**size, "image_size": SIDE, "patch_size": PATCH},
        attn_implementation="eager",
    )
    network = prepared(transformers.SiglipModel(config))
    if version == 1:
        tokenizer = write_tokenizer(folder / "tokenizer.json", "", "</s>", "</s>", front=("<pad>", "</s>"))
        write_json(folder / "tokenizer_config.json", {"pad_token": "</s>", "tokenizer_class": "SiglipTokenizer"})
    else:
        tokenizer = write_tokenizer(folder / "tokenizer.json", "", "<eos>", "<pad>", front=("<pad>", "<eos>"))
        write_json(folder / "tokenizer_config.json", {"pad_token": "<pad>", "tokenizer_class": "GemmaTokenizer"})
    write_json(folder / "config.json", network.config.to_dict())
    write_json(
        folder / "preprocessor_config.json",
        {
            "image_processor_type": "SiglipImageProcessor",
            "size": {"height": SIDE, "width": SIDE},
            "resample": 3 if version == 1 else 2,
            "image_mean": [0.5] * 3,
            "image_std": [0.5] * 3,
        },
    )
    ids = torch.randint(0, 60, (2, 16))
    export(
        Calls(network, lambda n, ids: tuple(n.text_model(ids)[:2])),
        {"input_ids": ids},
        "last_hidden_state pooler_output",
        folder / "onnx" / "text_model.onnx",
        {"input_ids": TEXT_AXES, "last_hidden_state": TEXT_AXES},
    )
    export(
        Calls(network, lambda n, p: tuple(n.vision_model(p)[:2])),
        {"pixel_values": torch.randn(2, 3, SIDE, SIDE)},
        "last_hidden_state pooler_output",
        folder / "onnx" / "vision_model.onnx",
        {"pixel_values": {0: "batch"}},
    )
    processor = transformers.SiglipImageProcessorPil(
        size={"height": SIDE, "width": SIDE}, resample=3 if version == 1 else 2
    )

    def text(texts: Sequence[str]) -> Vectors:
        lowered = [t.lower() for t in texts]
        inputs = tokenizer(lowered, padding="max_length", truncation=True, max_length=16, return_tensors="pt")
        with torch.no_grad():
            return unit(network.text_model(inputs["input_ids"]).pooler_output)

    def image(pictures: Sequence[Image.Image]) -> Vectors:
        pixels = torch.cat([torch.as_tensor(np.array(processor(p)["pixel_values"])) for p in pictures])
        with torch.no_grad():
            return unit(network.vision_model(pixels).pooler_output)

    return Tiny(folder, text, image)


# Sound ---------------------------------------------------------------------------------------------------------------


def clap(folder: Path) -> Tiny:
    """CLAP without fusion in the transformers.js layout."""
    torch.manual_seed(3)
    text = {"vocab_size": 200, "hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2}
    sound = {
        "num_mel_bins": 64, "spec_size": 256, "patch_size": 4, "patch_stride": [4, 4], "window_size": 8,
        "patch_embeds_hidden_size": 8, "hidden_size": 16, "depths": [1, 1], "num_attention_heads": [2, 2],
        "num_hidden_layers": 2, "enable_fusion": False, "projection_dim": DIM,
    }  # fmt: skip
    config = transformers.ClapConfig(
        text_config={
            **text,
            "num_attention_heads": 2,
            "max_position_embeddings": 34,
            "pad_token_id": 1,
            "projection_dim": DIM,
        },
        audio_config=sound,
        projection_dim=DIM,
        attn_implementation="eager",
    )
    network = prepared(transformers.ClapModel(config))
    front = ("<s>", "<pad>", "</s>", "<unk>")
    tokenizer = write_tokenizer(folder / "tokenizer.json", "<s>", "</s>", "<pad>", front=front)
    write_json(folder / "tokenizer_config.json", {"pad_token": "<pad>", "model_max_length": 1e30})
    write_json(folder / "config.json", network.config.to_dict())
    extractor = transformers.ClapFeatureExtractor(truncation="rand_trunc", padding="repeatpad", max_length_s=4)
    write_json(
        folder / "preprocessor_config.json", {**extractor.to_dict(), "feature_extractor_type": "ClapFeatureExtractor"}
    )
    ids = torch.tensor([[0, 5, 6, 2], [0, 7, 2, 1]])
    export(
        Calls(network, lambda n, ids, mask: n.text_projection(n.text_model(ids, mask).pooler_output)),
        {"input_ids": ids, "attention_mask": (ids != 1).long()},
        "text_embeds",
        folder / "onnx" / "text_model.onnx",
        {"input_ids": TEXT_AXES, "attention_mask": TEXT_AXES},
    )
    frames = extractor(np.zeros(100, np.float32), sampling_rate=48_000)["input_features"][0].shape[-2]

    def heard(network: Any, features: Any) -> Any:
        return network.audio_projection(network.audio_model(features).pooler_output)

    export(
        Calls(network, heard),
        {"input_features": torch.randn(2, 1, frames, 64)},
        "audio_embeds",
        folder / "onnx" / "audio_model.onnx",
        {"input_features": {0: "batch"}},
    )

    def spoken(texts: Sequence[str]) -> Vectors:
        inputs = tokenizer(list(texts), padding=True, truncation=True, max_length=32, return_tensors="pt")
        with torch.no_grad():
            return unit(
                network.text_projection(network.text_model(inputs["input_ids"], inputs["attention_mask"]).pooler_output)
            )

    def audio(sounds: Sequence[np.ndarray]) -> Vectors:
        inputs = extractor(list(sounds), sampling_rate=48_000, return_tensors="pt")
        with torch.no_grad():
            return unit(heard(network, inputs["input_features"]))

    return Tiny(folder, spoken, audio=audio, extra={"extractor": extractor})


# Sentences -----------------------------------------------------------------------------------------------------------


def sentences(folder: Path, pooling: str = "mean", family: str = "bert", place: str = "onnx/model.onnx") -> Tiny:
    """A sentence encoder in the layout of sentence-transformers (or, at the root, of fastembed)."""
    torch.manual_seed(4)
    size = {
        "vocab_size": 200,
        "hidden_size": DIM,
        "intermediate_size": 48,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
    }
    if family == "bert":
        config = transformers.BertConfig(
            **size, max_position_embeddings=32, pad_token_id=0, attn_implementation="eager"
        )
        network = prepared(transformers.BertModel(config))
        front, first, last, pad = ("[PAD]", "[CLS]", "[SEP]", "[UNK]"), "[CLS]", "[SEP]", "[PAD]"
    else:
        config = transformers.XLMRobertaConfig(
            **size, max_position_embeddings=34, pad_token_id=1, attn_implementation="eager"
        )
        network = prepared(transformers.XLMRobertaModel(config))
        front, first, last, pad = ("<s>", "<pad>", "</s>", "<unk>"), "<s>", "</s>", "<pad>"
    tokenizer = write_tokenizer(folder / "tokenizer.json", first, last, pad, front[3], front=front)
    write_json(folder / "tokenizer_config.json", {"pad_token": pad, "model_max_length": 512})
    write_json(folder / "config.json", network.config.to_dict())
    write_json(folder / "sentence_bert_config.json", {"max_seq_length": 24})
    write_json(
        folder / "modules.json",
        [
            {"idx": 0, "path": "", "type": "sentence_transformers.models.Transformer"},
            {"idx": 1, "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
            {"idx": 2, "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"},
        ],
    )
    write_json(
        folder / "1_Pooling" / "config.json",
        {
            f"pooling_mode_{name}": name.startswith(pooling)
            for name in ("mean_tokens", "cls_token", "max_tokens", "lasttoken")
        },
    )
    ids = torch.tensor([[1, 5, 6, 2], [1, 7, 2, 0]])
    names = ["input_ids", "attention_mask", *(["token_type_ids"] if family == "bert" else [])]
    inputs = {name: torch.zeros_like(ids) if name == "token_type_ids" else ids.clamp(1) for name in names}
    # A full mask would be traced away.
    inputs["attention_mask"] = (ids != 0).long()
    export(
        Calls(network, lambda n, *given: n(**dict(zip(names, given, strict=True))).last_hidden_state),
        inputs,
        "last_hidden_state",
        folder / place,
        dict.fromkeys([*names, "last_hidden_state"], TEXT_AXES),
    )

    def text(texts: Sequence[str]) -> Vectors:
        rows = []
        for one in texts:
            # One at a time: no padding that could leak into the result.
            given = tokenizer(one, truncation=True, max_length=24, return_tensors="pt")
            with torch.no_grad():
                hidden = network(
                    input_ids=given["input_ids"], attention_mask=given["attention_mask"]
                ).last_hidden_state[0]
            rows.append({"mean": hidden.mean(0), "cls": hidden[0], "lasttoken": hidden[-1]}[pooling].numpy())
        return unit(rows)

    return Tiny(folder, text)
