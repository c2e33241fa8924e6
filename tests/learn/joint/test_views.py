"""Pictures without labels, by the views that are drawn of them."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from pinakes.errors import BadInput
from pinakes.learn.augment.draws import Draws
from pinakes.learn.augment.pictures import PICTURE_STEPS
from pinakes.learn.augment.steps import made
from pinakes.learn.base import METHODS, Batch, Learner, Task
from pinakes.learn.data.base import TrainingSet
from pinakes.learn.data.memory import Vectors
from pinakes.learn.data.picture_reader import PictureReader
from pinakes.learn.data.source import Source
from pinakes.learn.joint.dino import DINO
from pinakes.learn.joint.dino import Config as DinoConfig
from pinakes.learn.joint.food import TEACHER, Taught, Views
from pinakes.learn.joint.simclr import Config, SimCLR
from pinakes.learn.networks.base import Given, Tower
from tests.learn.correlated import CLASSES, by_label, mean_precision, taught


class Small(Tower):
    """A network that has to learn which of its inputs matter."""

    def __init__(self) -> None:
        super().__init__(12)
        self.layers = nn.Sequential(nn.Linear(40, 32), nn.GELU(), nn.Linear(32, 12))

    def forward(self, inputs: Tensor) -> Tensor:
        vectors: Tensor = self.layers(inputs)
        return vectors


def viewed(rows: int, views: int, seed: int = 0, *, shuffled: bool = False) -> Batch:
    """Views share eight of their forty numbers, of which the classes are made; the rest is drawn anew for each view."""
    world, drawn = torch.Generator().manual_seed(3), torch.Generator().manual_seed(seed)
    centres = torch.randn(CLASSES, 8, generator=world)
    numbers = torch.randint(CLASSES, (rows,), generator=drawn)
    meant = centres[numbers] + 0.2 * torch.randn(rows, 8, generator=drawn)
    turn = torch.linalg.qr(torch.randn(40, 40, generator=world)).Q
    inputs = {}
    for number in range(views):
        rest = 1.2 * torch.randn(rows, 32, generator=drawn)
        inputs["image" if not number else f"image{number + 1}"] = torch.cat([meant, rest], 1) @ turn
        if shuffled:
            meant = meant[torch.randperm(rows, generator=drawn)]
    return Batch(torch.arange(rows), inputs, nn.functional.one_hot(numbers, CLASSES).float())


def learned(name: str, batch: Batch, steps: int) -> float:
    """mAP by labels, which training never saw, after some steps on views."""
    torch.manual_seed(1)
    told = Task({"image": Small()}, 0, len(batch))
    learner: Learner = (
        SimCLR(told, Config(dim=16, hidden=32))
        if name == "simclr"
        else DINO(told, DinoConfig(prototypes=32, hidden=32, bottleneck=16, momentum=0.9))
    )
    taught(learner, replace(batch, labels=None), steps, rate=0.005)
    queries = viewed(150, 1, seed=8)
    vectors = learner.embed("image", queries.inputs["image"]).detach()
    return mean_precision(vectors, vectors, by_label(queries) & ~torch.eye(150, dtype=torch.bool))


@pytest.mark.parametrize(("name", "views", "steps"), [("simclr", 2, 50), ("simclr", 3, 50), ("dino", 3, 80)])
def test_views_teach_what_pictures_show_and_of_different_pictures_nothing(name: str, views: int, steps: int) -> None:
    # As much as chance, and as the network knows before it has learned.
    level = 0.22
    assert learned(name, viewed(300, views), steps) > level + 0.25
    assert learned(name, viewed(300, views, shuffled=True), steps) < level + 0.05


def dino(**config: float) -> DINO:
    torch.manual_seed(0)
    told = DinoConfig(prototypes=16, hidden=8, bottleneck=4, **config)  # type: ignore[arg-type]
    return DINO(Task({"image": Small()}, 0, 20), told)


def test_the_teacher_follows_its_student_and_gets_no_gradient() -> None:
    learner, batch = dino(momentum=0.9), viewed(20, 3)
    with torch.no_grad():
        for each in learner.student.parameters():
            each.add_(1.0)
    before = [each.clone() for each in learner.teacher.parameters()]
    torch.stack(list(learner.losses(batch, "all").values())).sum().backward()
    for old, new, student in zip(before, learner.teacher.parameters(), learner.student.parameters(), strict=True):
        assert torch.allclose(new, 0.9 * old + 0.1 * student, atol=1e-6)
        assert new.grad is None
        assert student.grad is not None
    assert not {id(each) for each in learner.turns()["all"]} & {id(each) for each in learner.teacher.parameters()}


def test_the_centre_follows_what_the_teacher_says_of_large_views() -> None:
    learner, batch = dino(), viewed(20, 3)
    learner.losses(batch, "all")
    told = torch.cat([learner.teacher(batch.inputs[name]) for name in ("image", "image2")])
    assert torch.allclose(learner.centre, 0.1 * told.mean(0), atol=1e-6)


def test_the_teacher_changes_less_and_less() -> None:
    learner, seen = dino(momentum=0.9), []
    for epoch in range(5):
        learner.before_epoch(epoch, 5)
        seen.append(learner.momentum.item())
    assert seen[0] == pytest.approx(0.9)
    assert all(one < other < 1 for one, other in pairwise(seen))


@pytest.mark.parametrize("name", ["simclr", "dino"])
def test_a_state_gives_the_same_vectors_back(name: str) -> None:
    method = METHODS.get(name)
    one, other = (method.build(Task({"image": Small()}, 0, 20), method.config()) for _ in range(2))
    one.losses(viewed(20, 2), "all")
    other.load_state_dict(one.state_dict())
    batch = viewed(20, 1)
    assert torch.equal(one.embed("image", batch.inputs["image"]), other.embed("image", batch.inputs["image"]))
    assert one.dim == 12


@pytest.mark.parametrize("name", ["simclr", "dino"])
def test_one_view_is_not_enough(name: str) -> None:
    method = METHODS.get(name)
    learner = method.build(Task({"image": Small()}, 0, 20), method.config())
    with pytest.raises(BadInput, match="1 of two or more views of each image"):
        learner.losses(viewed(4, 1), "all")
    with pytest.raises(BadInput, match="by itself"):
        method.build(Task({"image": Small(), "text": Given(3)}, 0, 20), method.config())
    nobody = replace(viewed(4, 2), present={"image": torch.zeros(4, dtype=torch.bool)})
    assert learner.losses(nobody, "all")["nothing"].item() == 0


def test_readers_that_change_nothing_would_give_the_same_view_again(source: Source) -> None:
    with pytest.raises(BadInput, match="augment"):
        Views.of_pictures(replace(source, readers={"image": PictureReader(32)}), 2)
    steps = made(PICTURE_STEPS, [{"step": "flip"}])
    views = Views.of_pictures(replace(source, readers={"image": PictureReader(32, steps=steps)}), 2, 1, 16)
    assert [each.readers["image"].describe()["side"] for each in views.sources] == [32, 32, 16]


class Noisy:
    """A reader that adds something of its own to each row, where it may draw."""

    def read(self, raw: np.ndarray, draws: Draws | None) -> Tensor:
        found = torch.from_numpy(raw)
        return found if draws is None else found + torch.from_numpy(draws.named("noise").uniform()).float()[:, None]

    def describe(self) -> dict[str, object]:
        return {}


@pytest.fixture
def source() -> Source:
    rows = TrainingSet("rows", tuple("abcdefgh"), {"image": Vectors(np.arange(32.0).reshape(8, 4))})
    return Source.whole(rows, {"image": Noisy()})


def test_views_are_drawn_anew_of_the_same_rows_and_the_same_again_in_the_same_epoch(source: Source) -> None:
    views = Views.drawn(source, times=2, smaller=source, smaller_times=1)
    plan = [np.array([3, 1]), np.array([0])]
    first, again, later = (list(views.ahead(plan, epoch)) for epoch in (0, 0, 1))
    assert set(first[0].inputs) == {"image", "image2", "image3"}
    assert first[0].rows.tolist() == [3, 1]
    seen = [first[0].inputs[name] for name in ("image", "image2", "image3")]
    assert all(torch.equal(seen[number], again[0].inputs[name]) for number, name in enumerate(first[0].inputs))
    assert not torch.equal(seen[0], seen[1])
    assert not torch.equal(seen[1], seen[2])
    assert not torch.equal(seen[0], later[0].inputs["image"])
    assert views.rows == 8
    assert views.labels is None
    assert [set(batch.inputs) for batch in views.batches()] == [{"image"}]


def test_a_taught_source_gives_each_row_its_teachers_vector(source: Source) -> None:
    food = Taught(source, torch.arange(16.0).reshape(8, 2))
    batch = next(iter(food.ahead([np.array([5, 2])], 0)))
    assert batch.inputs[TEACHER].tolist() == [[10, 11], [4, 5]]
    assert len(next(iter(food.batches())).inputs[TEACHER]) == food.rows == 8
    with pytest.raises(BadInput, match="7 x 2, and there are 8 rows"):
        Taught(source, torch.zeros(7, 2))
    with pytest.raises(BadInput, match="same rows"):
        Views(())
