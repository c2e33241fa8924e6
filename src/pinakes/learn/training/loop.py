"""The loop: epochs of steps, each a function of the seed and of where it stands, with checkpoints that lose nothing."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch

from pinakes.errors import BadInput, BadSetting, Damaged, Interrupted, TrainingStopped
from pinakes.interrupts import unbroken
from pinakes.learn.base import Batch, Learner, Whole
from pinakes.learn.training import checkpoint, events, judging
from pinakes.learn.training.guard import check_set, check_watched, roomy, sound
from pinakes.learn.training.judging import Judge
from pinakes.learn.training.randomness import number, order, repeatable
from pinakes.learn.training.run_folder import RunFolder
from pinakes.learn.training.settings import TrainSettings, checked
from pinakes.learn.training.state import State
from pinakes.learn.training.steps import chosen_device, make_step
from pinakes.learn.training.together import Together, joined
from pinakes.types import Rows


class Food(Whole, Protocol):
    """What is learned from: a training set that also tells the batches of a plan, augmented as of an epoch."""

    def ahead(self, plan: Iterable[Rows], epoch: int | None) -> Iterator[Batch]:
        """Batches in the order of the plan."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a training ended: the learner has the weights of its best epoch."""

    learner: Learner
    # Figures of that epoch.
    figures: dict[str, float]
    best_epoch: int
    epochs: int
    steps: int
    seconds: float


def train(
    learner: Learner,
    food: Food,
    settings: TrainSettings,
    folder: RunFolder,
    judge: Judge | None = None,
    listen: events.Listener = lambda event: None,
    *,
    classes: bool = True,
) -> Outcome:
    """Train a learner in a run's folder; where the folder holds checkpoints, go on from the newest whole one.

    `classes` says that it learns from labels, so that a single class is refused.
    """
    checked(settings)
    check_set(food, classes=classes)
    if judge is None:
        check_watched(settings)
    with joined() as together, repeatable(settings.threads), roomy(settings):
        # Several processes write in one folder, of which the first has the lock.
        if together.first:
            with folder.locked():
                return _Loop(learner, food, settings, folder, judge, listen, together).run()
        return _Loop(learner, food, settings, folder, judge, listen, together).run()


class _Loop:
    def __init__(
        self,
        learner: Learner,
        food: Food,
        settings: TrainSettings,
        folder: RunFolder,
        judge: Judge | None,
        listen: events.Listener,
        together: Together,
    ) -> None:
        self.food, self.settings, self.folder = food, settings, folder
        self.judge, self.listen, self.together = judge, listen, together
        self.learner = learner.to(chosen_device(settings))
        self.state = State(self.learner, settings)
        self.plan_steps = len(self._plan(0))
        self.step = make_step(self.state, settings, together)
        self.written = time.monotonic()
        # Seconds that the last checkpoint took.
        self.cost = 0.0

    def run(self) -> Outcome:
        self._take_up()
        progressed = self.state.progressed
        try:
            while not progressed.done:
                self._epoch()
        except (KeyboardInterrupt, Interrupted):
            self._write()
            raise
        return self._ended()

    def _take_up(self) -> None:
        """Go on from the newest checkpoint that is whole, or begin."""
        damaged = []
        for found in checkpoint.whole(self.folder.checkpoints):
            if isinstance(found, Damaged):
                damaged.append(str(found))
                continue
            self.state.take(found)
            self._forget_from(self.state.progressed.epoch)
            stands = self.state.progressed
            self.listen(events.Taken(stands.epoch, stands.steps, stands.done, tuple(damaged)))
            return
        self.folder.checkpoints.mkdir(parents=True, exist_ok=True)
        self._forget_from(0)
        with torch.no_grad():
            self.learner.eval()
            self.learner.begin(self.food)
        self.together.alike(self.learner.state_dict().values())
        self.state.prepare()

    def _forget_from(self, epoch: int) -> None:
        if self.together.first:
            self.folder.forget_from(epoch)

    def _plan(self, epoch: int) -> list[Rows]:
        return planned(self.food.rows, self.settings, epoch, self.together.size)

    def _epoch(self) -> None:
        progressed, settings = self.state.progressed, self.settings
        epochs = settings.epochs if self.state.optimisers else 1
        if progressed.step == 0 and not progressed.learned:
            with unbroken(), self.state.changing():
                self._between("before", progressed.epoch)
                self.learner.before_epoch(progressed.epoch, epochs)
        plan = self._plan(progressed.epoch) if self.state.optimisers else []
        shares = [self.together.share(rows) for rows in plan[progressed.step :]]
        for rows, batch in zip(plan[progressed.step :], self.food.ahead(shares, progressed.epoch), strict=True):
            began = time.monotonic()
            with unbroken(), self.state.changing():
                losses, rate = self.step(batch, len(rows), self.plan_steps)
                progressed.seconds += time.monotonic() - began
            self._tell(losses, rate, len(rows), epochs)
            self._write_if(time.monotonic() - self.written >= settings.checkpoint_seconds)
        if not progressed.learned:
            with unbroken(), self.state.changing():
                self._between("after", progressed.epoch)
                with torch.no_grad():
                    self.learner.after_epoch(progressed.epoch, epochs)
                self.together.alike(dict(self.learner.named_buffers()).values())
                progressed.learned = True
        looked = self._looked(epochs)
        with unbroken(), self.state.changing():
            self._close(epochs, looked)
        # Where epochs are short, at most a twentieth of the time goes into checkpoints.
        waited = time.monotonic() - self.written
        self._write_if(progressed.done or waited >= min(settings.checkpoint_seconds, 20 * self.cost))

    def _between(self, place: str, epoch: int) -> None:
        """What is done between epochs is the same after a kill, chance and mode included."""
        torch.manual_seed(number(self.settings.seed, place, epoch))
        self.learner.eval()

    def _looked(self, epochs: int) -> dict[str, float] | None:
        """What the validation rows say, if this is an epoch after which they are asked; it may be broken off."""
        epoch = self.state.progressed.epoch
        if epoch + 1 < epochs and (epoch + 1) % self.settings.validate_epochs:
            return None
        if self.judge is None:
            return {}
        with torch.no_grad(), self.state.averaged():
            self._between("look", epoch)
            return {f"valid.{name}": float(value) for name, value in self.judge(self.learner).items()}

    def _close(self, epochs: int, looked: dict[str, float] | None) -> None:
        """Write down the figures, and begin the next epoch."""
        progressed = self.state.progressed
        means = {name: value / max(1, progressed.rows) for name, value in progressed.sums.items()}
        figures = {f"loss.{name}": value for name, value in means.items()} | {"loss": sum(means.values())}
        better = False
        if looked is not None:
            figures |= looked
            value = self._watched(figures)
            progressed.watched.append(value)
            better = progressed.best is None or value > progressed.best
            if better:
                progressed.best, progressed.best_epoch = value, progressed.epoch
                self._keep_best(figures)
        if self.together.first:
            line = {"epoch": progressed.epoch, "steps": progressed.steps, "seconds": round(progressed.seconds, 3)}
            self.folder.add_figures(line | figures)
        self.listen(events.Epoch(progressed.epoch, epochs, figures, better))
        progressed.epoch, progressed.step, progressed.rows, progressed.learned = progressed.epoch + 1, 0, 0, False
        progressed.sums.clear()
        progressed.done = progressed.epoch >= epochs or self._tired(progressed.watched)

    def _watched(self, figures: dict[str, float]) -> float:
        """The figure by which the best epoch is chosen: without a judge, the last one is."""
        valid = {name.removeprefix("valid."): v for name, v in figures.items() if name.startswith("valid.")}
        if not valid:
            return float(self.state.progressed.epoch)
        value = judging.watched(valid, self.settings.monitor)
        if math.isnan(value):
            raise TrainingStopped(f"What is watched became {value} in epoch {self.state.progressed.epoch + 1}.")
        return value

    def _tired(self, watched: Sequence[float]) -> bool:
        patience = self.settings.patience
        return bool(patience) and len(watched) - 1 - int(np.argmax(watched)) >= patience

    def _keep_best(self, figures: dict[str, float]) -> None:
        if self.together.first:
            with self.state.averaged():
                self.state.write_weights(self.folder.best, figures)

    def _write_if(self, due: bool) -> None:
        """Write a checkpoint if one is due in any of the processes, whose clocks differ."""
        if self.together.any(due):
            self._write()
            self.together.wait()

    def _write(self) -> None:
        """Write a checkpoint, unless what was being done was broken off in its middle or has spoiled the weights."""
        began = time.monotonic()
        if self.together.first and self.state.complete and sound(self.learner):
            tensors, plain = checkpoint.state_of(self.state.modules(), self.state.optimisers)
            checkpoint.write(self.folder.checkpoints, self.state.progressed, tensors, plain)
            checkpoint.thin_out(self.folder.checkpoints, self.settings.keep)
        self.written = time.monotonic()
        self.cost = self.written - began

    def _tell(self, losses: dict[str, float], rate: float, rows: int, epochs: int) -> None:
        progressed = self.state.progressed
        each = progressed.seconds / max(1, progressed.steps)
        left = (epochs - progressed.epoch) * self.plan_steps - progressed.step
        self.listen(
            events.Step(
                progressed.epoch,
                epochs,
                progressed.step,
                self.plan_steps,
                losses,
                rate,
                rows / max(each, 1e-9),
                left * each,
            )
        )

    def _ended(self) -> Outcome:
        progressed = self.state.progressed
        self.together.wait()
        figures = self.state.read_weights(self.folder.best)
        self.learner.eval()
        return Outcome(
            self.learner, figures, progressed.best_epoch, progressed.epoch, progressed.steps, progressed.seconds
        )


def planned(rows: int, settings: TrainSettings, epoch: int, processes: int = 1) -> list[Rows]:
    """The rows of each step of an epoch; last ones that would leave a process with a row alone join the step before."""
    least = 2 * processes
    if settings.batch < least:
        raise BadSetting(
            f"train.batch is {settings.batch}, which leaves {processes} processes with less than two rows each.",
            f"Set it to {least} at least; it counts the rows of all processes together.",
        )
    if rows < least:
        raise BadInput(
            f"There are {rows:,} rows to learn from; {processes} processes need {least}.", "Train with fewer of them."
        )
    shuffled = order(rows, settings.seed, epoch)
    ends = list(range(settings.batch, rows, settings.batch))
    if ends and rows - ends[-1] < least:
        ends.pop()
    plan: list[Rows] = np.split(shuffled, ends)
    return plan
