"""One step: the losses of each turn, their gradients, and what the optimiser makes of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

import torch
from torch import Tensor, nn

from pinakes.errors import BadSetting, TrainingStopped
from pinakes.learn.base import Batch
from pinakes.learn.training.guard import check_gradient, no_number
from pinakes.learn.training.optimisers import burden, length, shorten
from pinakes.learn.training.randomness import number
from pinakes.learn.training.schedules import Standing, factor
from pinakes.learn.training.settings import LISTED, TrainSettings
from pinakes.learn.training.state import State
from pinakes.learn.training.together import Together

# From a batch, the rows of all processes' batches, and the steps of an epoch: the losses by name, and the rate.
MakeStep: TypeAlias = Callable[[Batch, int, int], tuple[dict[str, float], float]]


def make_step(state: State, settings: TrainSettings, together: Together) -> MakeStep:
    """The step of a training as a function of its batch."""
    learner = state.learner
    told = torch.compile(learner.losses) if settings.compile else learner.losses
    device = chosen_device(settings)

    def step(batch: Batch, rows: int, steps: int) -> tuple[dict[str, float], float]:
        progressed = state.progressed
        where = f"step {progressed.step + 1} of epoch {progressed.epoch + 1}"
        share = len(batch) / rows
        standing = Standing(progressed.steps, steps * settings.epochs, progressed.epoch, progressed.watched)
        lowered = factor(standing, settings)
        batch = moved(batch, device)
        learner.train()
        torch.manual_seed(number(settings.seed, "step", progressed.epoch, progressed.step, together.rank))
        losses: dict[str, float] = {}
        for turn, optimiser in state.optimisers.items():
            with _precision(settings, device):
                found = told(batch, turn) | burden(state.parameters[turn], settings)
            _descend(found, state.parameters[turn], optimiser, settings, together, share, where)
            for group in optimiser.param_groups:
                group["lr"] = settings.rates.get(turn, settings.rate) * lowered
            optimiser.step()
            losses |= {name: float(value.detach()) for name, value in found.items()}
        return _counted(state, losses, rows, share, together), settings.rate * lowered

    return step


def _descend(
    losses: Mapping[str, Tensor],
    parameters: list[nn.Parameter],
    optimiser: torch.optim.Optimizer,
    settings: TrainSettings,
    together: Together,
    share: float,
    where: str,
) -> None:
    """Gradients of the sum of the losses, averaged over all processes and shortened."""
    wrong = no_number(losses)
    if together.any(bool(wrong)):
        raise TrainingStopped(f"{wrong or 'A loss became no number in another process,'} in {where}.")
    optimiser.zero_grad(set_to_none=True)
    torch.stack(list(losses.values())).sum().backward()  # type: ignore[no-untyped-call]
    together.average(parameters, share)
    now = float(length(parameters))
    check_gradient(now, settings, where)
    if settings.clip:
        shorten(parameters, now, settings.clip)


def _counted(state: State, losses: dict[str, float], rows: int, share: float, together: Together) -> dict[str, float]:
    """Add the step to what is known of its epoch."""
    means = dict(zip(losses, together.sum([value * share for value in losses.values()]), strict=True))
    progressed = state.progressed
    for name, value in means.items():
        progressed.sums[name] = progressed.sums.get(name, 0.0) + value * rows
    progressed.rows += rows
    progressed.step += 1
    progressed.steps += 1
    if state.average is not None:
        state.average.update(state.learner, progressed.steps)
    return means


def moved(batch: Batch, device: torch.device) -> Batch:
    """The batch where the networks are."""
    if device.type == "cpu":
        return batch
    return Batch(
        batch.rows.to(device),
        {name: each.to(device, non_blocking=True) for name, each in batch.inputs.items()},
        None if batch.labels is None else batch.labels.to(device),
        {name: each.to(device) for name, each in batch.present.items()},
    )


def _precision(settings: TrainSettings, device: torch.device) -> torch.autocast:
    return torch.autocast(device.type, torch.bfloat16, enabled=settings.precision == "bfloat16")


def chosen_device(settings: TrainSettings) -> torch.device:
    """Where to train."""
    if settings.device == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    if settings.device not in ("cpu", "cuda", "mps"):
        raise BadSetting(f"train.device is auto, cpu, cuda or mps, not {settings.device}.", LISTED)
    if settings.device == "cuda" and not torch.cuda.is_available():
        raise BadSetting("train.device is cuda, but torch finds no GPU.", "Set it to auto or cpu.")
    if settings.device == "mps" and not torch.backends.mps.is_available():
        raise BadSetting("train.device is mps, but torch finds no such GPU.", "Set it to auto or cpu.")
    return torch.device(settings.device)
