"""The learned codes: bits by which the works that are near to a question are those that its vector finds near.

What is asked of a code is the order in which the vectors would stand. So each question's share of attention to all
works of a batch, by bits, is drawn towards its share by vectors, for 64 bits and for 128 that begin with them. Bits are
signs, and their gradients those of a smooth step (Bengio, Leonard and Courville, "Estimating or propagating gradients
through stochastic neurons", 2013); they begin as principal axes at random turns (after Gong and Lazebnik, CVPR 2011).
"""

from __future__ import annotations

import io
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from pinakes.encoders.hashers import random_rotations
from pinakes.learn.base import Batch, Learner, Whole
from pinakes.learn.builtin.couples import VECTORS, Couples
from pinakes.learn.builtin.space import BITS
from pinakes.learn.losses.distillation import attention
from pinakes.learn.training import events
from pinakes.learn.training.loop import train
from pinakes.learn.training.run_folder import RunFolder
from pinakes.learn.training.settings import TrainSettings
from pinakes.storage import write_whole

# Rows from which principal axes are found.
_MEASURED = 20_000


@dataclass(frozen=True)
class CodePlan:
    """How the codes are learned."""

    # Of the similarities by vectors: how far down the order still counts.
    temperature: float = 0.05
    # How sharp the step is whose gradient stands for the sign's, and how much a bit that is always the same costs.
    sharpness: float = 1.5
    even: float = 0.1
    train: TrainSettings = field(default_factory=lambda: TrainSettings(epochs=12, batch=768, rate=3e-3))


class Coding(Learner):
    """A centre and a projection, the same for texts and pictures."""

    modalities = ("text", "image")

    def __init__(self, dim: int, plan: CodePlan) -> None:
        super().__init__()
        self.dim, self.plan = BITS[-1], plan
        self.centre = nn.Parameter(torch.zeros(dim))
        self.projection = nn.Parameter(torch.zeros(dim, BITS[-1]))
        # One over the temperature of bits, for each length.
        self.scales = nn.Parameter(torch.tensor([8.0, 10.0]).log())

    def begin(self, whole: Whole) -> None:
        """The middle of texts and pictures, and their principal axes, the shorter code's turned among themselves."""
        rows: list[Tensor] = []
        for batch in whole.batches():
            rows += [batch.inputs[VECTORS], batch.inputs["image"]]
            if sum(map(len, rows)) >= _MEASURED:
                break
        vectors = torch.cat(rows)
        self.centre.copy_(vectors.mean(0))
        around = vectors - self.centre
        # Of a small set too there are as many axes as dimensions; the largest stand last.
        axes = torch.linalg.eigh(around.T @ around)[1].flip(1)
        begin = 0
        for end in BITS:
            turn = torch.from_numpy(random_rotations(end - begin, end - begin, end))
            self.projection[:, begin:end] = axes[:, begin:end] @ turn
            begin = end

    def level(self, pictures: Tensor) -> None:
        """Make all bits of such vectors (n, dim) as wide as one another: signs stay, and each counts as much."""
        self.projection.div_(self.embed("image", pictures).std(0).clamp(min=1e-9))

    def losses(self, batch: Batch, turn: str) -> dict[str, Tensor]:
        """For each length of code how attention by bits differs from that by vectors, and how uneven the bits are."""
        texts, pictures = batch.inputs[VECTORS], batch.inputs["image"]
        wanted = texts @ pictures.T / self.plan.temperature
        soft = [self.embed(name, each) for name, each in (("text", texts), ("image", pictures))]
        size = 1 / soft[0].detach().abs().mean().clamp(min=1e-9)
        smooth = [torch.tanh(self.plan.sharpness * size * each) for each in soft]
        asked, shown = (step + (each.sign() - step).detach() for step, each in zip(smooth, soft, strict=True))
        losses = {}
        for scale, bits in zip(self.scales.exp(), BITS, strict=True):
            found = asked[:, :bits] @ shown[:, :bits].T * (scale / bits)
            losses[f"{bits} bits"] = attention(found, wanted) + attention(found.T, wanted.T)
        losses["even"] = self.plan.even * torch.stack([(each.mean(0) ** 2).sum() for each in smooth]).sum()
        return losses

    def embed(self, modality: str, inputs: Tensor) -> Tensor:
        """Codes (n, 128) of vectors (n, dim) before their sign is taken."""
        return (inputs - self.centre) @ self.projection


def learn_codes(
    run: Path,
    food: Couples,
    plan: CodePlan | None = None,
    listen: events.Listener = lambda event: None,
    name: str = "codes",
) -> Coding:
    """Codes for the vectors of couples: their texts' and their pictures' places in the space, or go on with them."""
    plan = plan or CodePlan()
    if food.vectors is None:
        raise TypeError("Codes are learned of texts whose vectors are known.")
    kept = RunFolder(run / name)
    kept.begin({"plan": asdict(plan), "couples": food.rows})
    learner = Coding(food.vectors.shape[1], plan)
    train(learner, replace(food, share=0.0), plan.train, kept, None, listen, classes=False)
    with torch.no_grad():
        learner.level(torch.from_numpy(food.pictures[0, :_MEASURED].astype(np.float32)))
    return learner.eval()


def write_codes(learner: Coding, target: Path) -> None:
    """Write what makes codes of vectors: `centre` (dim,) and `projection` (dim, 128), 64 columns of it first."""
    buffer = io.BytesIO()
    numbers = (each.detach().numpy() for each in (learner.centre, learner.projection))
    centre, projection = (np.ascontiguousarray(each, np.float32) for each in numbers)
    np.savez(buffer, centre=centre, projection=projection)
    write_whole(target, [buffer.getvalue()])
