"""The MobileNets and ShuffleNetV2 elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise

from torch import nn

from pinakes.errors import Unsupported
from pinakes.learn.networks import mobilenet_v2, mobilenet_v3
from pinakes.learn.networks.base import Tower
from pinakes.learn.networks.published.naming import Layer, Naming, names
from pinakes.learn.networks.shufflenet_v2 import Halves
from pinakes.learn.networks.squeeze import SqueezeExcitation

Block = mobilenet_v2.Inverted | mobilenet_v3.Searched
# How timm groups the blocks of the published networks (V2, V3 large and small), by how many blocks there are.
_GROUPS = {17: (1, 2, 3, 4, 3, 3, 1), 15: (1, 2, 3, 4, 2, 3), 11: (1, 2, 3, 2, 3)}


def _rows(tower: Tower) -> list[nn.Module]:
    """The layers of all stages, one after the other."""
    return [layer for stage in tower.get_submodule("stages").children() for layer in stage.children()]


def _blocks(tower: Tower) -> list[Block]:
    return [layer for layer in _rows(tower) if isinstance(layer, Block)]


def _parts(block: Block) -> list[str]:
    """What each part of a block's branch is: widening, filtering, squeezing, narrowing."""
    convolved = sum(isinstance(part, nn.Sequential) for part in block.branch)
    kinds = iter(("widen", "filter", "narrow")[3 - convolved :])
    return ["squeeze" if isinstance(part, SqueezeExcitation) else next(kinds) for part in block.branch]


def _v2_torchvision(tower: Tower) -> Iterator[Layer]:
    yield from ("features.0.0", "features.0.1")
    blocks = _blocks(tower)
    for number, block in enumerate(blocks, start=1):
        place = f"features.{number}.conv"
        for step, kind in enumerate(_parts(block)):
            # The last convolution has no activation, and therefore stands with its norm in the row itself.
            pair = (f"{place}.{step}", f"{place}.{step + 1}")
            yield from pair if kind == "narrow" else (f"{place}.{step}.0", f"{place}.{step}.1")
    yield from (f"features.{len(blocks) + 1}.0", f"features.{len(blocks) + 1}.1")


def _v3_torchvision(tower: Tower) -> Iterator[Layer]:
    yield from ("features.0.0", "features.0.1")
    blocks = _blocks(tower)
    for number, block in enumerate(blocks, start=1):
        for step, kind in enumerate(_parts(block)):
            place = f"features.{number}.block.{step}"
            yield from (f"{place}.fc1", f"{place}.fc2") if kind == "squeeze" else (f"{place}.0", f"{place}.1")
    yield from (f"features.{len(blocks) + 1}.0", f"features.{len(blocks) + 1}.1", "classifier.0")


def _timm(block: Block, place: str) -> Iterator[Layer]:
    """The names of one block in timm: without widening, the last convolution is called otherwise."""
    parts = _parts(block)
    called = {"widen": "conv_pw", "filter": "conv_dw", "narrow": "conv_pwl" if "widen" in parts else "conv_pw"}
    norms = iter(("bn1", "bn2", "bn3"))
    for kind in parts:
        if kind == "squeeze":
            yield from (f"{place}.se.conv_reduce", f"{place}.se.conv_expand")
        else:
            yield from (f"{place}.{called[kind]}", f"{place}.{next(norms)}")


def _placed(groups: Sequence[Sequence[Block]]) -> Iterator[Layer]:
    for stage, group in enumerate(groups):
        for number, block in enumerate(group):
            yield from _timm(block, f"blocks.{stage}.{number}")


def _v2_timm(tower: Tower) -> Iterator[Layer]:
    yield from ("conv_stem", "bn1")
    yield from _placed(_groups(tower))
    yield from ("conv_head", "bn2")


def _v3_timm(tower: Tower) -> Iterator[Layer]:
    yield from ("conv_stem", "bn1")
    groups = _groups(tower)
    yield from _placed(groups)
    # The last convolution is a stage of its own, and the layer after pooling a convolution of one cell.
    yield from (f"blocks.{len(groups)}.0.conv", f"blocks.{len(groups)}.0.bn1", "conv_head")


def _groups(tower: Tower) -> list[list[Block]]:
    blocks = _blocks(tower)
    if len(blocks) not in _GROUPS:
        raise Unsupported(
            f"No published MobileNet has {len(blocks)} blocks.", "Build it with the depths that it has by default."
        )
    return [blocks[start:end] for start, end in pairwise([0, *accumulate(_GROUPS[len(blocks)])])]


def _v1_hub(tower: Tower) -> Iterator[Layer]:
    yield from ("conv_stem.convolution", "conv_stem.normalization")
    for number in range(2 * (len(_rows(tower)) - 1)):
        yield from (f"layer.{number}.convolution", f"layer.{number}.normalization")


def _v2_hub(tower: Tower) -> Iterator[Layer]:
    """There the first block is a part of the stem."""
    called = {"widen": "expand_1x1", "filter": "conv_3x3", "narrow": "reduce_1x1"}
    yield from ("conv_stem.first_conv.convolution", "conv_stem.first_conv.normalization")
    for number, block in enumerate(_blocks(tower)):
        place = f"layer.{number - 1}" if number else "conv_stem"
        for kind in _parts(block):
            yield from (f"{place}.{called[kind]}.convolution", f"{place}.{called[kind]}.normalization")
    yield from ("conv_1x1.convolution", "conv_1x1.normalization")


def _shuffle(tower: Tower) -> Iterator[Layer]:
    yield from ("conv1.0", "conv1.1")
    for stage in range(1, 4):
        units = [unit for unit in tower.get_submodule(f"stages.stage{stage}").children() if isinstance(unit, Halves)]
        for number, unit in enumerate(units):
            place = f"stage{stage + 1}.{number}"
            yield from () if unit.beside is None else (f"{place}.branch1.{step}" for step in range(4))
            yield from (f"{place}.branch2.{step}" for step in (0, 1, 3, 4, 5, 6))
    yield from ("conv5.0", "conv5.1")


names(Naming("the hub", ("mobilenet_v1",), _v1_hub, "classifier", prefix="mobilenet_v1.", epsilon=1e-3))
names(Naming("torchvision", ("mobilenet_v2",), _v2_torchvision, "classifier.1"))
names(Naming("timm", ("mobilenet_v2",), _v2_timm, "classifier"))
names(Naming("the hub", ("mobilenet_v2",), _v2_hub, "classifier", prefix="mobilenet_v2.", epsilon=1e-3))
names(Naming("torchvision", ("mobilenet_v3",), _v3_torchvision, "classifier.3"))
names(Naming("timm", ("mobilenet_v3",), _v3_timm, "classifier", epsilon=1e-5))
names(Naming("torchvision", ("shufflenet_v2",), _shuffle, "fc"))
