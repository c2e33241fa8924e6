"""What is particular to each fusion network."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from pinakes.errors import BadInput, BadSetting
from pinakes.learn.base import Batch, Task
from pinakes.learn.fusion.adversarial import Adversarial, Aligned, unsure
from pinakes.learn.fusion.adversarial import Config as AdversarialConfig
from pinakes.learn.fusion.attention import Attention
from pinakes.learn.fusion.base import Fused, FusionConfig, Part
from pinakes.learn.fusion.blocks import Look, TransformerConfig
from pinakes.learn.fusion.clustering import Clustered, Clustering
from pinakes.learn.fusion.clustering import Config as ClusteringConfig
from pinakes.learn.fusion.concatenation import Concatenation
from pinakes.learn.fusion.crossmodal import CrossModal, OneStream
from pinakes.learn.fusion.gated import Gated
from pinakes.learn.fusion.kmeans import kmeans
from pinakes.learn.fusion.separate import Config as SeparateConfig
from pinakes.learn.fusion.separate import Separate
from pinakes.learn.fusion.weighted import Config as WeightedConfig
from pinakes.learn.fusion.weighted import Weighted
from pinakes.learn.networks.base import Given, Tower
from tests.learn.correlated import Rows, correlated, lacking, mean_precision, task, taught


def parts(*present: tuple[bool, bool], text: int = 6, image: int = 8) -> dict[str, Part]:
    """What is known of rows, of which each has a text, a picture, both or none."""
    drawn = torch.Generator().manual_seed(4)
    found = {}
    for place, (name, width) in enumerate({"text": text, "image": image}.items()):
        there = torch.tensor([row[place] for row in present])
        vectors = torch.randn(len(present), width, generator=drawn) * there[:, None]
        found[name] = Part(vectors, there, vectors[:, None], there[:, None])
    return found


TOWERS: dict[str, Tower] = {"text": Given(6), "image": Given(8)}
BOTH, TEXT, IMAGE = (True, True), (True, False), (False, True)


def test_a_text_of_768_and_a_picture_of_2048_dimensions_are_2816_together() -> None:
    towers: dict[str, Tower] = {"text": Given(768), "image": Given(2048)}
    fusion = Concatenation(towers, FusionConfig(dim=4))
    joined = fusion.joined(parts(BOTH, TEXT, text=768, image=2048))
    assert fusion.width == 2816
    assert joined.shape == (2, 2816)
    assert torch.equal(joined[1, 768:], fusion.lacking["image"])
    assert not torch.equal(joined[0, 768:], fusion.lacking["image"])


def test_weights_of_what_a_row_has_sum_to_one() -> None:
    fusion = Weighted(TOWERS, WeightedConfig(dim=4))
    with torch.no_grad():
        fusion.logits.copy_(torch.tensor([3.0, 1.0]).log())
    assert torch.allclose(fusion.weights(parts(BOTH, TEXT, IMAGE)), torch.tensor([[0.75, 0.25], [1, 0], [0, 1]]))
    assert fusion.weights(parts((False, False))).tolist() == [[0, 0]]
    assert not Weighted(TOWERS, WeightedConfig(dim=4, learned=False)).logits.requires_grad


def test_attention_weighs_the_modalities_of_each_row_anew() -> None:
    torch.manual_seed(0)
    weights = Attention(TOWERS, FusionConfig(dim=4)).weights(parts(BOTH, BOTH, BOTH, TEXT))
    assert torch.allclose(weights.sum(1), torch.ones(4))
    assert len(set(weights[:3, 0].tolist())) == 3
    assert weights[3].tolist() == [1, 0]


def test_attention_learns_to_trust_the_modality_that_tells_something() -> None:
    batch = correlated(200)
    noise = torch.randn(200, 20, generator=torch.Generator().manual_seed(1))
    batch = Batch(batch.rows, {"text": noise, "image": batch.inputs["image"]}, batch.labels)
    torch.manual_seed(0)
    fusion = Attention(task(batch).towers, FusionConfig(dim=16))
    learner = taught(Fused(task(batch), FusionConfig(dim=16), fusion), batch, 40)
    assert isinstance(learner, Fused)
    weights = fusion.weights(learner.parts(batch.inputs, {}))
    assert weights[:, 1].mean() > 0.6


def test_gates_of_a_dimension_sum_to_one_over_what_is_there() -> None:
    fusion = Gated(TOWERS, FusionConfig(dim=4))
    known = parts(BOTH, TEXT)
    gates = fusion.open(known, fusion.projections(known))
    assert torch.allclose(gates.sum(1), torch.ones(2, 4))
    assert torch.equal(gates[1, 0], torch.ones(4))


def test_looking_is_what_plain_loops_make_of_it() -> None:
    torch.manual_seed(0)
    look = Look(4, 2)
    tokens, others, real = torch.randn(2, 3, 4), torch.randn(2, 2, 4), torch.tensor([[True, True], [True, False]])
    seen, weights = look(tokens, others, real)
    asks, (keys, values) = (
        look.asks(tokens),
        look.shows(torch.cat([look.nothing.expand(2, 1, 4), others], 1)).chunk(2, -1),
    )
    for row in range(2):
        for token in range(3):
            heads = []
            for head in (slice(0, 2), slice(2, 4)):
                shares = [
                    torch.exp(asks[row, token, head] @ keys[row, key, head] / 2**0.5)
                    for key in range(3)
                    if not key or real[row, key - 1]
                ]
                told = [share / sum(shares) for share in shares]
                heads.append(sum(share * values[row, key, head] for key, share in enumerate(told)))
                assert torch.allclose(weights[row, head.start // 2, token, : len(told) - 1], torch.stack(told[1:]))
            assert torch.allclose(seen[row, token], look.out(torch.cat(heads)), atol=1e-6)  # type: ignore[arg-type]
    assert (weights[1, :, :, 1] == 0).all()


class Regions(Tower):
    """Several tokens in each input: words, or the regions of a picture; zeros are padding."""

    def __init__(self, count: int, width: int) -> None:
        super().__init__(width)
        self.count = count

    def tokens(self, inputs: Tensor) -> tuple[Tensor, Tensor]:
        found = inputs.view(len(inputs), self.count, self.dim)
        return found, (found != 0).any(-1)

    def forward(self, inputs: Tensor) -> Tensor:
        return self.tokens(inputs)[0].mean(1)


def scenes(rows: int, seed: int = 0) -> tuple[Task, Batch]:
    """A word names one of two regions, in which its meaning stands; the other region holds something else."""
    world, drawn = torch.Generator().manual_seed(1), torch.Generator().manual_seed(seed)
    names, looks = torch.randn(8, 6, generator=world), torch.randn(8, 6, generator=world)
    numbers = torch.stack([torch.randperm(8, generator=drawn)[:2] for _ in range(rows)])
    image = looks[numbers].flatten(1)
    text = torch.cat([names[numbers[:, :1]], torch.zeros(rows, 1, 6)], 1).flatten(1)
    labels = torch.nn.functional.one_hot(numbers[:, 0], 8).float()
    return Task({"text": Regions(2, 6), "image": Regions(2, 6)}, 8, rows), Batch(
        torch.arange(rows), {"text": text, "image": image}, labels
    )


@pytest.mark.parametrize("network", [CrossModal, OneStream])
def test_words_attend_to_regions_and_their_weights_can_be_taken_out(network: type[CrossModal | OneStream]) -> None:
    told, batch = scenes(20)
    config = TransformerConfig(dim=16, heads=2, layers=2)
    torch.manual_seed(0)
    fusion = network(told.towers, config).eval()
    learner = Fused(told, config, fusion)
    looks = fusion.looks(learner.parts(batch.inputs, {}))
    assert looks["text", "image"].shape == looks["image", "text"].shape == (20, 2, 2)
    # The second word is padding: nobody looks at it.
    assert (looks["image", "text"][:, :, 1] == 0).all()
    assert (looks["image", "text"][:, :, 0] > 0).all()
    assert (looks["text", "image"].sum(-1) <= 1 + 1e-6).all()
    alone = fusion.looks(learner.parts({"text": batch.inputs["text"]}, {}))
    assert (alone["text", "image"] == 0).all()


def test_a_word_learns_to_look_at_the_region_that_it_names() -> None:
    told, batch = scenes(300)
    config = TransformerConfig(dim=16, heads=2, layers=1)
    torch.manual_seed(0)
    fusion = CrossModal(told.towers, config)
    learner = taught(Fused(told, config, fusion), batch, 70)
    assert isinstance(learner, Fused)
    _, queries = scenes(60, seed=2)
    looks = fusion.looks(learner.parts(queries.inputs, {}))["text", "image"][:, 0]
    # The region that is named always comes first.
    assert (looks[:, 0] > looks[:, 1]).float().mean() > 0.8


@pytest.mark.parametrize("merge", ["sum", "concatenation"])
def test_separate_transformers_do_not_look_at_each_other(merge: str) -> None:
    told, batch = scenes(10)
    config = SeparateConfig(dim=8, heads=2, layers=1, merge=merge)
    fusion = Separate(told.towers, config)
    learner = Fused(told, config, fusion)
    before = learner.fuse(batch.inputs)
    padded = {**batch.inputs, "text": batch.inputs["text"].clone()}
    known = learner.parts(padded, {})
    changed = Part(known["text"].vectors, known["text"].present, known["text"].tokens.flip(-1), known["text"].real)
    kept = Part(
        changed.vectors, changed.present, torch.where(changed.real[..., None], known["text"].tokens, 9.0), changed.real
    )
    after = torch.nn.functional.normalize(fusion({"text": kept, "image": known["image"]}))
    assert torch.allclose(before, after, atol=1e-5), "padding has no part"
    moved = torch.nn.functional.normalize(fusion({"text": changed, "image": known["image"]}))
    assert not torch.allclose(before, moved, atol=1e-3)
    with pytest.raises(BadSetting, match="merge is one of sum, concatenation"):
        SeparateConfig(merge="product")
    with pytest.raises(BadInput, match="divisor"):
        TransformerConfig(dim=10, heads=4)
    with pytest.raises(BadSetting, match="layers must be 1 or more"):
        TransformerConfig(layers=0)


def adversarial(weight: float) -> tuple[Adversarial, float]:
    """A learner, and how often a discriminator tells its modalities apart in rows that nobody has seen."""
    batch = correlated(200)
    config = AdversarialConfig(dim=16, adversary=weight, together="rows", judge=32)
    torch.manual_seed(0)
    learner = Adversarial(task(batch), config, Aligned(task(batch).towers, config))
    taught(learner, batch, 50)
    queries = correlated(100, seed=1)
    right = learner.guesses(queries) == torch.arange(2)
    return learner, right.float().mean().item()


def test_an_adversary_makes_modalities_hard_to_tell_apart() -> None:
    (learner, confused), (_, sure) = adversarial(2.0), adversarial(0.0)
    assert sure > confused + 0.15
    assert set(learner.turns()) == {"discriminator", "towers"}
    whose = [{id(each) for each in turn} for turn in learner.turns().values()]
    assert not whose[0] & whose[1]
    assert whose[0] | whose[1] == {id(each) for each in learner.parameters()}
    queries = correlated(80, seed=2)
    known = learner.parts(queries.inputs, {})
    vectors = learner.aligned.directions(known)
    made = learner.aligned.imagined(vectors, torch.tensor([[1.0], [0.0]]).expand(80, 2, 1))
    assert mean_precision(made[:, 1], vectors[:, 1], torch.eye(80, dtype=torch.bool)) > 0.2, "chance is 0.06"


def test_the_discriminators_turn_leaves_the_towers_alone() -> None:
    batch = lacking(correlated(20), "text")
    config = AdversarialConfig(dim=8)
    learner = Adversarial(task(batch), config, Aligned(task(batch).towers, config))
    learner.losses(batch, "discriminator")["discriminator"].backward()
    assert all(each.grad is None for each in learner.turns()["towers"])
    assert all(each.grad is not None for each in learner.turns()["discriminator"])


def test_a_guess_is_least_sure_where_all_are_as_likely() -> None:
    assert unsure(torch.zeros(3, 2)).item() == pytest.approx(0, abs=1e-6)
    assert unsure(torch.tensor([[9.0, 0.0]])).item() > 3


def test_kmeans_finds_heaps_and_stands_still_where_each_vector_is_a_centre() -> None:
    torch.manual_seed(0)
    heaps = torch.eye(4) * 9
    vectors = heaps.repeat(30, 1) + 0.1 * torch.randn(120, 4)
    centres = kmeans(vectors, 4)
    assert torch.allclose(torch.cdist(heaps, centres).amin(1), torch.zeros(4), atol=0.2)
    assert kmeans(torch.ones(3, 2), 5).tolist() == [[1, 1]] * 5
    assert torch.equal(kmeans(heaps, 4).sort(0).values, heaps.sort(0).values)


def test_clusters_begin_where_the_rows_are_and_shares_sum_to_one() -> None:
    batch = lacking(correlated(120), "image")
    config = ClusteringConfig(dim=8, clusters=6)
    torch.manual_seed(0)
    fusion = Clustering(task(batch).towers, config)
    learner = Clustered(task(batch), config, fusion)
    meant = fusion.meant(learner.parts(batch.inputs, batch.present))
    before = fusion.far(meant).amin(1).mean()
    learner.begin(Rows(batch))
    assert fusion.far(meant).amin(1).mean() < 0.6 * before
    assert torch.allclose(fusion.far(meant), torch.cdist(meant, fusion.centres).square(), atol=1e-5)
    assert torch.allclose(fusion.shares(meant).sum(1), torch.ones(120))
    assert learner.training
    with pytest.raises(BadSetting, match="clusters must be 2 or more"):
        ClusteringConfig(clusters=1)
