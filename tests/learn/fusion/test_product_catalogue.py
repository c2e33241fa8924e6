"""The demonstration of a catalogue of products, BERT and ResNet fused, built so that it can work: pairs come near."""

from __future__ import annotations

import torch
from torch import Tensor

from pinakes.learn.base import Batch, Task
from pinakes.learn.fusion.base import Fused, FusionConfig
from pinakes.learn.fusion.concatenation import Concatenation
from pinakes.learn.networks.bert import bert
from pinakes.learn.networks.resnet import resnet
from tests.learn.correlated import mean_precision, taught

# Red wine, white wine, green tea, a blue shirt, a red skirt, yellow noodles.
NAMES = ("红酒", "白酒", "绿茶", "蓝衫", "红裙", "黄面")
LETTERS = {letter: number for number, letter in enumerate(sorted(set("".join(NAMES))), 3)}
FIRST = 2
# How each looks: colours of two halves.
LOOKS = torch.rand(len(NAMES), 2, 3, generator=torch.Generator().manual_seed(11)) * 2 - 1


def products(count: int, seed: int) -> tuple[Batch, Tensor]:
    """Products of six kinds: a name of two characters after the mark of its beginning, and a picture of its own."""
    drawn = torch.Generator().manual_seed(seed)
    kinds = torch.arange(count) % len(NAMES)
    text = torch.tensor([[FIRST, *(LETTERS[letter] for letter in NAMES[kind])] for kind in kinds.tolist()])
    image = LOOKS[kinds].permute(0, 2, 1).repeat_interleave(16, dim=2)[..., None].expand(-1, -1, -1, 32)
    image = image + 0.3 * torch.randn(count, 3, 32, 32, generator=drawn)
    return Batch(torch.arange(count), {"text": text, "image": image}), kinds


def test_published_sizes_fit_where_the_picture_network_is_the_one_that_they_are_of() -> None:
    with torch.device("meta"):
        text, image = bert(), resnet(depths=(3, 4, 6, 3), narrow=True)
        fusion = Concatenation({"text": text, "image": image}, FusionConfig(dim=4096))
        small = resnet()
    assert (text.dim, image.dim, fusion.width) == (768, 2048, 2816)
    assert fusion.head[-1].weight.shape == (4096, 2816)
    # A ResNet-18, of which the demonstration was made, is narrower than the layer above expected.
    assert small.dim == 512


def test_a_name_or_a_picture_finds_the_products_of_its_kind_among_all() -> None:
    batch, _ = products(72, 0)
    torch.manual_seed(0)
    towers = {
        "text": bert(dim=64, depth=1, vocabulary=len(LETTERS) + 3, longest=4, dropout=0.0),
        "image": resnet(width=0.0625, depths=(1, 1, 1, 1), side=32),
    }
    config = FusionConfig(dim=16)
    learner = Fused(Task(towers, 0, len(batch)), config, Concatenation(towers, config))
    taught(learner, batch, 20, size=24, rate=0.003)
    shown, kinds = products(36, 1)
    relevant = kinds[:, None] == kinds
    with torch.no_grad():
        works = learner.fuse(shown.inputs)
        for modality in ("text", "image"):
            found = mean_precision(learner.embed(modality, shown.inputs[modality]), works, relevant)
            assert found > 0.8, f"by {modality}; chance is about 0.2"
        wine = torch.tensor([[FIRST, *(LETTERS[letter] for letter in "红酒")]])
        best = (learner.embed("text", wine) @ works.T)[0].topk(6).indices
    assert (kinds[best] == NAMES.index("红酒")).sum() >= 5
