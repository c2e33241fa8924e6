"""The loop: the same seed gives the same, a killed run loses nothing, and bad numbers end it with a reason."""

from __future__ import annotations

import math
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from pinakes.errors import BadInput, BadSetting, Busy, TrainingStopped
from pinakes.learn.base import Learner
from pinakes.learn.training import checkpoint, events
from pinakes.learn.training.loop import planned, train
from pinakes.learn.training.run_folder import RunFolder
from pinakes.learn.training.settings import TrainSettings, from_table
from pinakes.learn.training.together import Together
from tests.learn.training.toys import Near, Pairs, lines, made, plain

SHORT = TrainSettings(epochs=4, batch=16, rate=0.01, threads=1)


def weights(learner: Learner) -> dict[str, torch.Tensor]:
    """All numbers of a learner."""
    return {name: each.clone() for name, each in learner.state_dict().items()}


def same(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    """Whether all numbers are the same to the last bit."""
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def folder(path: Path, name: str = "run") -> RunFolder:
    """A run's folder that has begun."""
    found = RunFolder(path / name)
    found.begin({"name": "toy"})
    return found


# Its rate follows from what was watched, and what is watched from the average of its weights.
FUSSY = replace(SHORT, optimiser="sgd", schedule="plateau", plateau_epochs=1, average=0.9)


def nearness(learner: Learner) -> dict[str, float]:
    """A figure that goes up and down."""
    pairs = Pairs()
    apart = (learner.embed("image", pairs.left) - learner.embed("text", pairs.right)).square().mean()
    return {"near": math.sin(1e4 * float(apart))}


class Drawing(Near):
    """Draws between epochs."""

    def before_epoch(self, epoch: int, epochs: int) -> None:
        """As to be seen in its memory."""
        self.seen += torch.rand(96) + self.training

    def after_epoch(self, epoch: int, epochs: int) -> None:
        """As to be seen in its memory."""
        self.seen += torch.rand(96) + self.training


def drawing() -> Drawing:
    """One whose first weights are always the same."""
    torch.manual_seed(0)
    return Drawing()


class Stop(Exception):
    """Stands for a kill: nothing is written when it comes."""


@pytest.mark.reliability
def test_the_same_seed_gives_the_same_weights_and_figures_to_the_last_bit(tmp_path: Path) -> None:
    """H3."""
    first = train(made(), Pairs(), SHORT, folder(tmp_path, "a"))
    second = train(made(), Pairs(), SHORT, folder(tmp_path, "b"))
    assert same(weights(first.learner), weights(second.learner))
    assert lines(tmp_path / "a") == lines(tmp_path / "b")
    names = [{path.name for path in (tmp_path / run / "checkpoints").iterdir()} for run in "ab"]
    assert len(names[0]) == 2
    other = train(made(), Pairs(), replace(SHORT, seed=1), folder(tmp_path, "c"))
    assert not same(weights(first.learner), weights(other.learner))


@pytest.mark.reliability
def test_one_thread_and_two_give_the_same_figures(tmp_path: Path) -> None:
    """H3."""
    train(made(), Pairs(), SHORT, folder(tmp_path, "a"))
    train(made(), Pairs(), replace(SHORT, threads=2), folder(tmp_path, "b"))
    for one, two in zip(lines(tmp_path / "a"), lines(tmp_path / "b"), strict=True):
        assert one == pytest.approx(two, abs=1e-6)


@pytest.mark.reliability
@pytest.mark.parametrize("settings", [SHORT, FUSSY])
def test_a_run_that_is_broken_off_anywhere_ends_as_one_that_is_not(tmp_path: Path, settings: TrainSettings) -> None:
    """H4."""
    unbroken = train(made(), Pairs(), settings, folder(tmp_path, "whole"), nearness)
    for broken_at in range(1, 24, 4):
        run = folder(tmp_path, f"at-{broken_at}")
        told = 0

        def stop(event: object, at: int = broken_at) -> None:
            nonlocal told
            told += isinstance(event, events.Step)
            if told == at:
                raise Stop

        with pytest.raises(Stop):
            train(made(), Pairs(), replace(settings, checkpoint_seconds=0.0), run, nearness, listen=stop)
        taken: list[object] = []
        again = train(made(), Pairs(), settings, run, nearness, listen=taken.append)
        assert isinstance(taken[0], events.Taken) == (broken_at > 1)
        assert same(weights(again.learner), weights(unbroken.learner))
        assert lines(run.path) == lines(tmp_path / "whole")
        assert again.steps == unbroken.steps == 24


@pytest.mark.reliability
def test_what_is_drawn_between_epochs_is_drawn_again_after_a_break(tmp_path: Path) -> None:
    """H4."""
    unbroken = train(drawing(), Pairs(), SHORT, folder(tmp_path, "whole"))
    for broken_at in (6, 7):
        run = folder(tmp_path, f"at-{broken_at}")

        def stop(event: object, at: int = broken_at) -> None:
            if isinstance(event, events.Step) and event.epoch * 6 + event.step == at:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            train(drawing(), Pairs(), SHORT, run, listen=stop)
        again = train(drawing(), Pairs(), SHORT, run)
        assert same(weights(again.learner), weights(unbroken.learner))


@pytest.mark.reliability
def test_a_damaged_checkpoint_is_told_of_and_the_one_before_it_used(tmp_path: Path) -> None:
    """H4."""
    run = folder(tmp_path)
    whole = train(made(), Pairs(), replace(SHORT, checkpoint_seconds=0.0), run)
    newest = checkpoint.newest_first(run.checkpoints)[0]
    data = bytearray(newest.read_bytes())
    data[len(data) // 2] ^= 1
    newest.write_bytes(bytes(data))
    heard: list[object] = []
    again = train(made(), Pairs(), SHORT, run, listen=heard.append)
    taken = heard[0]
    assert isinstance(taken, events.Taken)
    assert newest.name in taken.damaged[0]
    assert same(weights(again.learner), weights(whole.learner))


def test_checkpoints_are_written_by_rename_and_only_the_newest_kept(tmp_path: Path) -> None:
    run = folder(tmp_path)
    train(made(), Pairs(), replace(SHORT, checkpoint_seconds=0.0, keep=3), run)
    names = sorted(path.name for path in run.checkpoints.iterdir())
    assert [name[:14] for name in names] == ["step-000000023", "step-000000024", "step-000000024"]
    assert not list(run.path.rglob("*.part"))


@pytest.mark.reliability
def test_a_loss_that_is_no_number_ends_training_and_leaves_the_last_good_checkpoint(tmp_path: Path) -> None:
    """H8."""
    run = folder(tmp_path)
    with pytest.raises(TrainingStopped, match="near became nan in step 4 of epoch 2"):
        train(made(fails_at=10), Pairs(), SHORT, run)
    kept = next(each for each in checkpoint.whole(run.checkpoints) if isinstance(each, checkpoint.Checkpoint))
    assert kept.progressed.steps == 6
    assert all(bool(torch.isfinite(tensor).all()) for tensor in kept.tensors.values())


@pytest.mark.reliability
def test_a_gradient_that_explodes_ends_training_with_its_length(tmp_path: Path) -> None:
    """H8."""
    with pytest.raises(TrainingStopped, match=r"gradient has length .* limit is 1e\+06"):
        train(made(scale=1e9), Pairs(), SHORT, folder(tmp_path))


@pytest.mark.reliability
def test_a_single_class_is_refused_before_training(tmp_path: Path) -> None:
    """H8."""
    with pytest.raises(BadInput, match="All 96 rows have the same labels"):
        train(made(), Pairs(classes=1), SHORT, folder(tmp_path))


def test_a_single_class_is_no_hindrance_to_what_learns_from_pairs(tmp_path: Path) -> None:
    assert train(made(), Pairs(classes=1), SHORT, folder(tmp_path), classes=False).epochs == 4


@pytest.mark.parametrize("told", [{"schedule": "plateau"}, {"patience": 2}, {"monitor": "map"}])
def test_what_goes_by_validation_is_refused_where_there_is_none(tmp_path: Path, told: dict[str, object]) -> None:
    with pytest.raises(BadSetting, match="no validation rows"):
        train(made(), Pairs(), from_table(told), folder(tmp_path))


@pytest.mark.reliability
def test_a_figure_that_is_no_number_ends_training(tmp_path: Path) -> None:
    """H8."""
    with pytest.raises(TrainingStopped, match="watched became nan in epoch 1"):
        train(made(), Pairs(), SHORT, folder(tmp_path), lambda learner: {"map": math.nan})


@pytest.mark.reliability
def test_a_batch_of_one_is_refused_and_a_last_row_alone_joins_the_step_before(tmp_path: Path) -> None:
    """H8."""
    with pytest.raises(BadSetting, match="batch is 1"):
        from_table({"batch": 1})
    with pytest.raises(BadInput, match="only one row"):
        train(made(), Pairs(rows=1, classes=1), SHORT, folder(tmp_path))
    done = train(made(), Pairs(rows=97), SHORT, folder(tmp_path, "more"))
    assert done.steps == 4 * 6
    assert done.learner.get_buffer("seen").tolist() == [4.0] * 97


@pytest.mark.reliability
def test_no_process_is_left_with_a_row_alone() -> None:
    """H8."""
    for rows in range(6, 60):
        plan = planned(rows, SHORT, 0, processes=3)
        assert sum(map(len, plan)) == rows
        assert min(len(Together(rank, 3).share(step)) for step in plan for rank in range(3)) >= 2
    with pytest.raises(BadSetting, match="batch is 5, which leaves 3 processes"):
        planned(50, replace(SHORT, batch=5), 0, processes=3)
    with pytest.raises(BadInput, match="5 rows to learn from; 3 processes need 6"):
        planned(5, SHORT, 0, processes=3)


def test_every_epoch_sees_every_row_once(tmp_path: Path) -> None:
    done = train(made(), Pairs(rows=50), SHORT, folder(tmp_path))
    assert done.learner.get_buffer("seen").tolist() == [4.0] * 50


def test_the_best_epoch_is_kept_and_not_the_last(tmp_path: Path) -> None:
    marks = iter([0.2, 0.9, 0.4, 0.3])
    seen: list[dict[str, torch.Tensor]] = []

    def judge(learner: Learner) -> dict[str, float]:
        seen.append(weights(learner))
        return {"map": next(marks)}

    done = train(made(), Pairs(), SHORT, folder(tmp_path), judge)
    assert (done.best_epoch, done.epochs, done.figures["valid.map"]) == (1, 4, 0.9)
    assert same(weights(done.learner), seen[1])


def test_training_ends_when_patience_does(tmp_path: Path) -> None:
    marks = iter([0.1, 0.5, 0.4, 0.3, 0.2])
    settings = replace(SHORT, epochs=50, patience=2)
    done = train(made(), Pairs(), settings, folder(tmp_path), lambda learner: {"map": next(marks)})
    assert (done.epochs, done.best_epoch) == (4, 1)


def test_a_rate_of_a_turn_that_there_is_not_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match=r"train\.rates names images, which is no turn here\. Known: all"):
        train(Near(), Pairs(), replace(SHORT, rates={"images": 0.1}), folder(tmp_path))


def test_what_is_watched_must_be_measured(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="monitor names mpa"):
        train(made(), Pairs(), replace(SHORT, monitor="mpa"), folder(tmp_path), lambda learner: {"map": 1.0})


def test_a_method_in_closed_form_is_ready_after_its_beginning(tmp_path: Path) -> None:
    class Means(Near):
        def turns(self) -> dict[str, list[torch.nn.Parameter]]:
            return {}

    torch.manual_seed(0)
    done = train(Means(), Pairs(), SHORT, folder(tmp_path), lambda learner: {"map": 0.5})
    assert (done.steps, done.epochs, done.figures) == (0, 1, {"loss": 0, "valid.map": 0.5})
    assert done.learner.get_buffer("seen").shape == (96,)


def test_only_one_process_trains_in_a_folder(tmp_path: Path) -> None:
    run = folder(tmp_path)
    with run.locked(), pytest.raises(Busy, match="Another process trains"):
        train(made(), Pairs(), SHORT, run)


def test_a_run_may_go_on_with_other_threads_and_keep_more(tmp_path: Path) -> None:
    RunFolder(tmp_path).begin({"train": {"threads": 1, "keep": 2, "rate": 0.1}})
    RunFolder(tmp_path).begin({"train": {"threads": 2, "keep": 5, "rate": 0.1}})
    with pytest.raises(BadInput, match=r"configuration: train\.rate differ"):
        RunFolder(tmp_path).begin({"train": {"threads": 2, "keep": 5, "rate": 0.2}})


def test_another_configuration_does_not_go_on_in_the_same_folder(tmp_path: Path) -> None:
    run = folder(tmp_path)
    with pytest.raises(BadInput, match="train differ"):
        RunFolder(run.path).begin({"name": "toy", "train": {"rate": 1}})
    run = RunFolder(tmp_path / "data")
    run.begin({"fingerprint": "one"})
    with pytest.raises(BadInput, match="begun with other data"):
        run.begin({"fingerprint": "two"})


def test_a_configuration_from_which_nothing_was_learned_can_be_put_right(tmp_path: Path) -> None:
    run = folder(tmp_path)
    with pytest.raises(TrainingStopped):
        train(made(fails_at=1), Pairs(), SHORT, run)
    with run.locked(), pytest.raises(Busy):
        run.clear()
    run.clear()
    run.begin({"name": "mended"})
    train(made(), Pairs(), replace(SHORT, epochs=1), run)
    run.clear()
    assert run.config() == {"name": "mended"}


def test_steps_tell_losses_rate_and_time_left(tmp_path: Path) -> None:
    heard: list[events.Step] = []
    train(
        made(),
        Pairs(),
        SHORT,
        folder(tmp_path),
        listen=lambda e: heard.append(e) if isinstance(e, events.Step) else None,
    )
    assert [(each.epoch, each.step) for each in heard[:7]] == [(0, n) for n in range(1, 7)] + [(1, 1)]
    assert heard[0].losses.keys() == {"near", "wide"}
    assert heard[0].rate == pytest.approx(0.01)
    assert heard[-1].seconds_left == 0
    assert heard[0].seconds_left > 0 and heard[0].rows_per_second > 0


def test_mixed_precision_comes_near_to_full_precision(tmp_path: Path) -> None:
    train(made(), Pairs(), SHORT, folder(tmp_path, "a"))
    train(made(), Pairs(), replace(SHORT, precision="bfloat16"), folder(tmp_path, "b"))
    assert lines(tmp_path / "a")[-1]["loss"] == pytest.approx(lines(tmp_path / "b")[-1]["loss"], rel=0.05)


CHILD = """
import sys
from pathlib import Path
from pinakes.learn.training.loop import train
from pinakes.learn.training.run_folder import RunFolder
from pinakes.learn.training.settings import TrainSettings
from pinakes.learn.training.together import leads
from tests.learn.training.toys import Pairs, made, plain
run = RunFolder(Path(sys.argv[1]))
if leads():
    run.begin({"name": "toy"})
learner = plain(made()) if len(sys.argv) > 3 else made()
settings = TrainSettings(epochs=int(sys.argv[2]), batch=16, rate=0.01, threads=1, checkpoint_seconds=0.02)
train(learner, Pairs(), settings, run)
"""


@pytest.mark.slow
@pytest.mark.reliability
def test_training_that_is_killed_twenty_times_ends_as_one_that_is_not(tmp_path: Path) -> None:
    """H4."""
    command = [sys.executable, "-c", CHILD]
    subprocess.run([*command, str(tmp_path / "whole"), "400"], check=True, cwd=Path(__file__).parents[3])
    kills = 0
    while kills < 20:
        child = subprocess.Popen([*command, str(tmp_path / "killed"), "400"], cwd=Path(__file__).parents[3])
        before = len(lines(tmp_path / "killed"))
        while child.poll() is None and len(lines(tmp_path / "killed")) < before + 8:
            time.sleep(0.01)
        assert child.poll() is None, "the run must be long enough for all kills"
        child.send_signal(signal.SIGKILL)
        child.wait()
        kills += 1
    subprocess.run([*command, str(tmp_path / "killed"), "400"], check=True, cwd=Path(__file__).parents[3])
    assert lines(tmp_path / "killed") == lines(tmp_path / "whole")


def run_alone(path: Path) -> None:
    """Train as CHILD does, here and by this process alone."""
    run = RunFolder(path)
    run.begin({"name": "toy"})
    train(plain(made()), Pairs(), TrainSettings(epochs=3, batch=16, rate=0.01, threads=1), run)


def alike(one: Path, two: Path) -> None:
    """Whether two runs took the same steps."""
    for alone, shared in zip(lines(one), lines(two), strict=True):
        assert alone["steps"] == shared["steps"]
        assert alone["loss.near"] == pytest.approx(shared["loss.near"], abs=1e-6)
    # What is remembered of each row comes from whichever process met it.
    assert load_file(two / "best.safetensors")["learner.seen"].tolist() == [3.0] * 96


def test_two_processes_take_the_steps_of_one(tmp_path: Path) -> None:
    root = Path(__file__).parents[3]
    run_alone(tmp_path / "one")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    told = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port), "WORLD_SIZE": "2", "OMP_NUM_THREADS": "1"}
    children = [
        subprocess.Popen(
            [sys.executable, "-c", CHILD, str(tmp_path / "two"), "3", "plain"],
            cwd=root,
            env={**os.environ, **told, "RANK": str(rank)},
        )
        for rank in range(2)
    ]
    assert [child.wait(timeout=100) for child in children] == [0, 0]
    alike(tmp_path / "one", tmp_path / "two")


@pytest.mark.slow
def test_two_processes_of_the_launcher_take_the_steps_of_one(tmp_path: Path) -> None:
    root = Path(__file__).parents[3]
    run_alone(tmp_path / "one")
    script = tmp_path / "child.py"
    script.write_text(CHILD)
    environment = {**os.environ, "PYTHONPATH": str(root), "OMP_NUM_THREADS": "1"}
    launcher = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", str(script)]
    command = [*launcher, str(tmp_path / "two"), "3", "plain"]
    subprocess.run(command, check=True, cwd=root, env=environment, capture_output=True, timeout=100)
    alike(tmp_path / "one", tmp_path / "two")


def test_ctrl_c_writes_a_checkpoint_and_the_run_goes_on_from_there(tmp_path: Path) -> None:
    run = folder(tmp_path)

    def interrupt(event: object) -> None:
        if isinstance(event, events.Step) and (event.epoch, event.step) == (1, 3):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(made(), Pairs(), SHORT, run, listen=interrupt)
    heard: list[object] = []
    again = train(made(), Pairs(), SHORT, run, listen=heard.append)
    assert heard[0] == events.Taken(1, 9)
    unbroken = train(made(), Pairs(), SHORT, folder(tmp_path, "whole"))
    assert same(weights(again.learner), weights(unbroken.learner))


@pytest.mark.reliability
@pytest.mark.parametrize("epoch", [0, 2, 3])
def test_ctrl_c_ends_a_look_at_the_validation_rows_at_once_and_only_the_look_is_made_again(
    tmp_path: Path, epoch: int
) -> None:
    """H4."""
    run = folder(tmp_path)
    looks, gone_on = 0, False

    def long(learner: Learner) -> dict[str, float]:
        nonlocal looks, gone_on
        looks += 1
        if looks == epoch + 1:
            os.kill(os.getpid(), signal.SIGINT)
            gone_on = True
        return nearness(learner)

    with pytest.raises(KeyboardInterrupt):
        train(drawing(), Pairs(), FUSSY, run, long)
    assert not gone_on
    heard: list[object] = []
    again = train(drawing(), Pairs(), FUSSY, run, nearness, listen=heard.append)
    assert heard[0] == events.Taken(epoch, 6 * (epoch + 1))
    unbroken = train(drawing(), Pairs(), FUSSY, folder(tmp_path, "whole"), nearness)
    assert same(weights(again.learner), weights(unbroken.learner))
    assert lines(run.path) == lines(tmp_path / "whole")


@pytest.mark.parametrize("wanted", [lambda: np.empty((1 << 40, 1 << 7)), lambda: torch.empty(1 << 40, 1 << 10)])
def test_what_does_not_fit_into_the_memory_stops_a_training_with_a_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wanted: Callable[[], object]
) -> None:
    monkeypatch.setattr(Pairs, "batch", lambda *_: wanted())
    with pytest.raises(TrainingStopped, match=r"not enough memory for 16 rows at once: .*Lower train\.batch"):
        train(made(), Pairs(), SHORT, folder(tmp_path))


def test_other_faults_are_not_taken_for_a_lack_of_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Pairs, "batch", lambda *_: torch.ones(2) @ torch.ones(3))
    with pytest.raises(RuntimeError, match="size"):
        train(made(), Pairs(), SHORT, folder(tmp_path))
