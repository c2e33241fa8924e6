"""ViT and TinyViT elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

from pinakes.learn.networks.base import Tower
from pinakes.learn.networks.published.naming import Layer, Naming, names
from pinakes.learn.networks.tinyvit import Inverted, WindowBlock
from pinakes.learn.networks.vit import Block


def _count(tower: Tower, kind: type[object], place: str = "") -> int:
    return sum(isinstance(part, kind) for part in tower.get_submodule(place).modules())


def _vit_timm(tower: Tower) -> Iterator[Layer]:
    yield {"first": "cls_token", "positions": "pos_embed"}
    yield "patch_embed.proj"
    for number in range(_count(tower, Block)):
        for layer in ("norm1", "attn.qkv", "attn.proj", "norm2", "mlp.fc1", "mlp.fc2"):
            yield f"blocks.{number}.{layer}"
    yield "norm"


def _vit_torchvision(tower: Tower) -> Iterator[Layer]:
    yield {"first": "class_token", "positions": "encoder.pos_embedding"}
    yield "conv_proj"
    for number in range(_count(tower, Block)):
        place = f"encoder.layers.encoder_layer_{number}"
        joined = f"{place}.self_attention.in_proj"
        yield f"{place}.ln_1"
        yield {"weight": f"{joined}_weight", "bias": f"{joined}_bias"}
        yield from (f"{place}.{layer}" for layer in ("self_attention.out_proj", "ln_2", "mlp.0", "mlp.3"))
    yield "encoder.ln"


def _vit_hub(tower: Tower) -> Iterator[Layer]:
    yield {"first": "embeddings.cls_token", "positions": "embeddings.position_embeddings"}
    yield "embeddings.patch_embeddings.projection"
    for number in range(_count(tower, Block)):
        place = f"encoder.layer.{number}"
        split = tuple(f"{place}.attention.attention.{each}" for each in ("query", "key", "value"))
        yield f"{place}.layernorm_before"
        yield split
        for layer in ("attention.output.dense", "layernorm_after", "intermediate.dense", "output.dense"):
            yield f"{place}.{layer}"
    yield "layernorm"


def _tinyvit(
    tower: Tower, convolution: str, norm: str, stem: tuple[str, str], stages: str, head: str
) -> Iterator[Layer]:
    """The names of timm and of the authors, who put the halving of a map behind a stage instead of before the next."""

    def pairs(place: str, *layers: str) -> Iterator[Layer]:
        for layer in layers:
            yield from (f"{place}.{layer}.{convolution}", f"{place}.{layer}.{norm}")

    before = stages == "stages"
    yield from pairs("patch_embed", *stem)
    for number in range(_count(tower, Inverted, "stages.stage1")):
        yield from pairs(f"{stages}.0.blocks.{number}", "conv1", "conv2", "conv3")
    for stage in range(1, 4):
        yield from pairs(f"{stages}.{stage if before else stage - 1}.downsample", "conv1", "conv2", "conv3")
        for number in range(_count(tower, WindowBlock, f"stages.stage{stage + 1}")):
            place = f"{stages}.{stage}.blocks.{number}"
            yield {"biases": f"{place}.attn.attention_biases"}
            yield from (f"{place}.attn.{layer}" for layer in ("norm", "qkv", "proj"))
            yield from pairs(place, "local_conv")
            yield from (f"{place}.mlp.{layer}" for layer in ("norm", "fc1", "fc2"))
    yield head


def _tinyvit_timm(tower: Tower) -> Iterator[Layer]:
    return _tinyvit(tower, "conv", "bn", ("conv1", "conv2"), "stages", "head.norm")


def _tinyvit_older(tower: Tower) -> Iterator[Layer]:
    return _tinyvit(tower, "conv", "bn", ("conv1", "conv2"), "stages", "head.norm_head")


def _tinyvit_authors(tower: Tower) -> Iterator[Layer]:
    return _tinyvit(tower, "c", "bn", ("seq.0", "seq.2"), "layers", "norm_head")


# Which distance a pair of cells has follows from the size of the window.
_TABLES = (r".*\.attention_bias_idxs",)

names(Naming("timm", ("vit",), _vit_timm, "head"))
names(Naming("torchvision", ("vit",), _vit_torchvision, "heads.head"))
names(Naming("the hub", ("vit",), _vit_hub, "classifier", prefix="vit.", unused=(r"(vit\.)?pooler\..*",)))
names(Naming("timm", ("tinyvit",), _tinyvit_timm, "head.fc", unused=_TABLES))
names(Naming("timm before its version 1", ("tinyvit",), _tinyvit_older, "head.fc", unused=_TABLES))
names(Naming("the authors", ("tinyvit",), _tinyvit_authors, "head", unused=_TABLES))
