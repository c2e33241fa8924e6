"""The losses of all hashing methods beside their naive twins, and their gradients by differences."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise

import pytest
import torch
from torch import Tensor

from pinakes.errors import BadInput
from pinakes.learn.hashing import dadh, dchmt, djsrh, idcmh, mith, ucch
from pinakes.learn.hashing.memory import Memory
from pinakes.learn.losses import hashing, robust


@pytest.fixture
def codes() -> tuple[Tensor, Tensor]:
    """Of two modalities (5, 4), in double precision, with gradients."""
    torch.manual_seed(2)
    first, second = torch.randn(2, 5, 4, dtype=torch.float64)
    return first.requires_grad_(), second.requires_grad_()


@pytest.fixture
def labels() -> Tensor:
    """Several, one or none (5, 3)."""
    return torch.tensor([[1, 0, 0], [1, 1, 0], [0, 0, 1], [0, 0, 0], [0, 1, 1]]).double()


def pairs(first: Tensor, second: Tensor, value: Callable[[Tensor, Tensor, int, int], float]) -> float:
    """The mean over all pairs, one after the other."""
    told = [value(a, b, i, j) for i, a in enumerate(first) for j, b in enumerate(second)]
    return sum(told) / len(told)


def cos(a: Tensor, b: Tensor) -> float:
    return (a @ b / (a.norm() * b.norm())).item()


def test_who_shares_a_label_and_how_much(labels: Tensor) -> None:
    sets = [{int(label) for label in row.nonzero()} for row in labels]
    for i, one in enumerate(sets):
        for j, other in enumerate(sets):
            assert hashing.shares(labels, labels)[i, j] == bool(one & other)
            assert hashing.jaccard(labels, labels)[i, j] == pytest.approx(len(one & other) / max(len(one | other), 1))


def test_likelihood_is_the_mean_over_pairs(codes: tuple[Tensor, Tensor], labels: Tensor) -> None:
    alike = hashing.shares(labels, labels)

    def naive(a: Tensor, b: Tensor, i: int, j: int) -> float:
        chance = 1 / (1 + math.exp(-(a @ b).item() / 2))
        return -math.log(chance if alike[i, j] else 1 - chance)

    assert hashing.likelihood(*codes, alike).item() == pytest.approx(pairs(*codes, naive))
    longer = [torch.cat([each, each], 1) for each in codes]
    assert hashing.likelihood(*longer, alike, 0.25).item() == pytest.approx(pairs(*codes, naive))


def test_balance_and_correlation_are_what_their_words_say(codes: tuple[Tensor, Tensor]) -> None:
    rows = codes[0].detach()
    means = [sum(rows[:, bit]) / 5 for bit in range(4)]
    assert hashing.balance(rows).item() == pytest.approx(sum(float(each) ** 2 for each in means) / 4)
    together = [float(rows[:, a] @ rows[:, b] / 5) ** 2 for a in range(4) for b in range(4) if a != b]
    assert hashing.correlation(rows).item() == pytest.approx(sum(together) / 12)
    assert hashing.correlation(torch.tensor([[1.0, 1, 1], [-1, -1, -1]])) == 1
    assert hashing.balance(torch.tensor([[1.0], [-1.0]])) == 0


def test_djsrhs_matrix_and_loss_are_those_of_the_paper(codes: tuple[Tensor, Tensor]) -> None:
    config = djsrh.Config(first=0.7, neighbours=0.3)
    first, second = (each.detach() for each in codes)
    once = [
        [2 * (0.7 * cos(first[i], first[j]) + 0.3 * cos(second[i], second[j])) - 1 for j in range(5)] for i in range(5)
    ]
    twice = [
        [0.7 * once[i][j] + 0.3 * sum(once[i][k] * once[j][k] for k in range(5)) / 5 for j in range(5)]
        for i in range(5)
    ]
    matrix = djsrh.joint(first, second, config)
    assert matrix.flatten().tolist() == pytest.approx([value for row in twice for value in row])
    told = djsrh.parts(first, second, matrix, config)
    wanted = pairs(first, second, lambda a, b, i, j: (cos(a, b) - 1.5 * twice[i][j]) ** 2)
    assert told["across"].item() == pytest.approx(wanted)
    wanted = pairs(first, first, lambda a, b, i, j: (cos(a, b) - 1.5 * twice[i][j]) ** 2)
    assert told["within first"].item() == pytest.approx(0.1 * wanted)


def test_ucchs_contrast_and_ranking_count_every_row(codes: tuple[Tensor, Tensor]) -> None:
    first, second = (each.detach() for each in codes)
    drawn = torch.randn(3, 4, dtype=torch.float64)
    told = 0.0
    for row, own in zip(first, second, strict=True):
        near = [math.exp(cos(row, other) / 0.5) for other in (own, *drawn)]
        told -= math.log(near[0] / sum(near)) / 5
    assert ucch.contrastive(first, second, drawn, 0.5).item() == pytest.approx(told)
    late = 0.0
    for i in range(5):
        for j in range(5):
            if i != j:
                late += max(0.0, 0.2 + cos(first[i], second[j]) - cos(first[i], second[i]))
                late += max(0.0, 0.2 + cos(first[j], second[i]) - cos(first[i], second[i]))
    assert ucch.ranking(first, second, 0.2).item() == pytest.approx(late / 20)


def test_dadhs_triplets_are_weighted_by_how_much_more_alike_they_are(
    codes: tuple[Tensor, Tensor], labels: Tensor
) -> None:
    first, second = (each.detach() for each in codes)
    alike = hashing.cosine(labels, labels)
    above = below = 0.0
    for i in range(5):
        for j in range(5):
            for k in range(5):
                more = max(0.0, (alike[i, j] - alike[i, k]).item())
                above += more * max(0.0, 0.4 - cos(first[i], second[j]) + cos(first[i], second[k]))
                below += more
    assert dadh.triplets(first, second, alike, 0.4).item() == pytest.approx(above / below)


def test_a_judge_of_dadh_is_as_steep_as_1_or_pays_for_it(codes: tuple[Tensor, Tensor]) -> None:
    first, second = (each.detach() for each in codes)
    judge = torch.nn.Linear(first.shape[1], 1).to(first.dtype)
    found = dadh.steepness(judge, first, second)
    assert found.item() == pytest.approx((judge.weight.norm().item() - 1) ** 2)
    found.backward()
    direction = 2 * (judge.weight.norm() - 1) * judge.weight / judge.weight.norm()
    torch.testing.assert_close(judge.weight.grad, direction.detach())


def test_dadhs_discrete_codes_never_make_their_objective_worse() -> None:
    torch.manual_seed(0)
    total, labels = torch.randn(30, 6, dtype=torch.float64), torch.eye(3, dtype=torch.float64).repeat(10, 1)
    total, centred, start = 0.1 * total, labels - labels.mean(0), torch.where(total < 0, -1.0, 1.0).double()

    def objective(bits: Tensor) -> float:
        ridge = bits.T @ bits + torch.eye(6, dtype=torch.float64)
        read = torch.linalg.solve(ridge, bits.T @ centred)
        return ((bits @ read - centred).square().sum() + read.square().sum() - 2 * (bits * total).sum()).item()

    solved = [dadh.discrete(total, labels, start, 1.0, sweeps) for sweeps in range(4)]
    assert set(solved[-1].flatten().tolist()) == {-1.0, 1.0}
    values = [objective(bits) for bits in solved]
    assert all(later <= sooner + 1e-9 for sooner, later in pairwise(values))
    assert values[-1] < values[0]


def test_idcmhs_losses_are_those_that_its_equations_mean(codes: tuple[Tensor, Tensor], labels: Tensor) -> None:
    first, second = (each.detach() for each in codes)
    common = hashing.jaccard(labels, labels)
    wanted = pairs(first, second, lambda a, b, i, j: (max(0.0, cos(a, b)) - common[i, j].item()) ** 2)
    assert idcmh.meets(first, second, common).item() == pytest.approx(wanted)

    def smooth(error: float) -> float:
        return 0.5 * error**2 if abs(error) < 1 else abs(error) - 0.5

    told = sum(smooth(float(a - b)) for a, b in zip(first[:, :3].flatten(), labels.flatten(), strict=True)) / 5
    assert idcmh.reads(first[:, :3], labels).item() == pytest.approx(told)
    undecided = sum((float(value) - (1 if value >= 0 else -1)) ** 2 for value in first.flatten()) / 20
    assert idcmh.decided(first).item() == pytest.approx(undecided)
    opposite = torch.tensor([[0.5, -0.5]])
    assert idcmh.decided(opposite) > 0, "signed differences would cancel out"


def test_dchmts_distances_count_to_the_threshold(codes: tuple[Tensor, Tensor], labels: Tensor) -> None:
    first, second = (each.detach() for each in codes)
    alike = hashing.shares(labels, labels)

    def naive(a: Tensor, b: Tensor, i: int, j: int) -> float:
        apart = math.sqrt(((a - b).square().sum() / 16).item() + 1e-6)
        return apart**2 if alike[i, j] else max(0.0, math.sqrt(0.5) - apart) ** 2

    assert dchmt.thresholded(first, second, alike, 0.5).item() == pytest.approx(pairs(first, second, naive))


def test_miths_alignment_tells_each_pair_from_all_others(codes: tuple[Tensor, Tensor]) -> None:
    first, second = (each.detach() for each in codes)
    told = 0.0
    for one, other in ((first, second), (second, first)):
        for i in range(5):
            near = [math.exp(cos(one[i], row) / 0.2) for row in other]
            told -= math.log(near[i] / sum(near)) / 10
    assert mith.aligned(first, second, 0.2).item() == pytest.approx(told)
    assert mith.distilled(first, second).item() == pytest.approx(2 * (first - second).square().mean().item())


def test_miths_likelihood_is_as_steep_for_long_codes_as_for_short_ones(labels: Tensor) -> None:
    codes = torch.randn(5, 16, generator=torch.Generator().manual_seed(0)).tanh()
    alike, told = hashing.shares(labels, labels), []
    for times in (1, 2, 4):
        memory, longer = Memory(["image", "text"], 5, 16 * times, 3), codes.repeat(1, times)
        for name in ("image", "text"):
            memory.note(name, torch.arange(5), longer)
        told.append(mith.across([longer, longer], memory, ("image", "text"), alike.float()).item())
    assert told[0] == pytest.approx(4 * hashing.likelihood(codes, codes, alike.float()).item())
    assert told == pytest.approx([told[0]] * 3)


def test_robust_losses_are_those_of_their_papers(labels: Tensor) -> None:
    logits = torch.linspace(-3, 3, 15, dtype=torch.float64).view(5, 3)
    for logit, label, general, both in zip(
        logits.flatten(),
        labels.flatten(),
        robust.generalised(logits, labels, 0.7).flatten(),
        robust.symmetric(logits, labels, 0.5, -4.0).flatten(),
        strict=True,
    ):
        yes = 1 / (1 + math.exp(-logit.item()))
        right = yes if label else 1 - yes
        assert general.item() == pytest.approx((1 - right**0.7) / 0.7)
        # Of the two answers the wrong one has the label 0, whose logarithm is the floor.
        assert both.item() == pytest.approx(-math.log(right) + 0.5 * 4 * (1 - right))
    with pytest.raises(BadInput, match="power of 0"):
        robust.generalised(logits, labels, 0.0)


def test_of_a_wrong_label_generalised_cross_entropy_is_bounded() -> None:
    logits, labels = torch.tensor([[-200.0]], requires_grad=True), torch.ones(1, 1)
    told = robust.generalised(logits, labels)
    assert told.item() == pytest.approx(1 / 0.7)
    told.sum().backward()
    assert logits.grad is not None
    assert torch.isfinite(logits.grad).all()


def test_flipped_labels_are_as_many_as_told_and_the_same_for_a_seed() -> None:
    labels = torch.eye(50)
    for share in (0.0, 0.2, 0.4, 1.0):
        changed = robust.flipped(labels, share, 3)
        assert (changed != labels).any(1).sum() == round(share * 50)
        assert torch.equal(changed.sum(0), labels.sum(0)), "how often a label is, stays"
    assert torch.equal(robust.flipped(labels, 0.4, 3), robust.flipped(labels, 0.4, 3))
    assert not torch.equal(robust.flipped(labels, 0.4, 3), robust.flipped(labels, 0.4, 4))
    with pytest.raises(BadInput, match=r"1\.5 is not a share"):
        robust.flipped(labels, 1.5, 0)


ALIKE = torch.tensor([[1, 1, 0, 0, 0], [1, 1, 0, 0, 1], [0, 0, 1, 0, 1], [0, 0, 0, 0, 0], [0, 1, 1, 0, 1.0]]).double()
BITS = torch.tensor([[1.0, -1, 1, 1]]).double().expand(5, 4)
DIFFERENTIABLE: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "likelihood": lambda a, b: hashing.likelihood(a, b, ALIKE),
    "quantisation": lambda a, b: hashing.quantisation(a, BITS) + hashing.quantisation(b, BITS),
    "balance": lambda a, b: hashing.balance(a) + hashing.balance(b),
    "correlation": lambda a, b: hashing.correlation(a) + hashing.correlation(b),
    "djsrh": lambda a, b: torch.stack(list(djsrh.parts(a, b, ALIKE, djsrh.Config()).values())).sum(),
    "contrastive": lambda a, b: ucch.contrastive(a, b, BITS[:2] + ALIKE[:2, :4], 0.3),
    "ranking": lambda a, b: ucch.ranking(a, b, 0.2),
    "triplets": lambda a, b: dadh.triplets(a, b, ALIKE, 0.4),
    "apart": lambda a, b: dadh.apart(a, b),
    "meets": lambda a, b: idcmh.meets(a, b, ALIKE),
    "reads": lambda a, b: idcmh.reads(a + b, BITS),
    "decided": lambda a, b: idcmh.decided(a) + idcmh.decided(b),
    "thresholded": lambda a, b: dchmt.thresholded(a, b, ALIKE, 0.5),
    "aligned": lambda a, b: mith.aligned(a, b, 0.2),
    "generalised": lambda a, b: robust.generalised(a, (b.detach() > 0).double()),
    "symmetric": lambda a, b: robust.symmetric(a, (b.detach() > 0).double()),
}


@pytest.mark.parametrize("name", DIFFERENTIABLE)
def test_gradients_are_those_of_differences(name: str, codes: tuple[Tensor, Tensor]) -> None:
    assert torch.autograd.gradcheck(DIFFERENTIABLE[name], codes)
