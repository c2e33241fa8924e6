"""The parts of the loop: schedules, settings, checkpoints' names, shares of batches, and the log of figures."""

from __future__ import annotations

import math
import struct
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from pinakes.errors import BadInput, BadSetting, Damaged
from pinakes.learn.training import board, checkpoint, randomness
from pinakes.learn.training.averaging import Average
from pinakes.learn.training.optimisers import burden, length, shorten
from pinakes.learn.training.schedules import Standing, factor
from pinakes.learn.training.settings import TrainSettings, from_table
from pinakes.learn.training.state import State, weights_in
from pinakes.learn.training.together import Together
from pinakes.settings import MOST_AT_ONCE
from tests.learn.training.toys import made


def rates(name: str, **settings: object) -> list[float]:
    """The factors of twenty steps, five to an epoch."""
    chosen = from_table({"schedule": name, **settings})
    return [factor(Standing(step, 20, step // 5), chosen) for step in range(20)]


def test_the_rate_falls_along_half_a_wave() -> None:
    assert rates("cosine") == pytest.approx([0.5 * (1 + math.cos(math.pi * step / 20)) for step in range(20)])


def test_no_more_threads_are_asked_for_than_any_machine_has_cores() -> None:
    assert from_table({"threads": MOST_AT_ONCE}).threads == MOST_AT_ONCE
    with pytest.raises(BadSetting, match="threads must be 1,024 at most, not 1,025"):
        from_table({"threads": MOST_AT_ONCE + 1})


def test_the_rate_rises_from_nothing_while_training_warms_up() -> None:
    found = rates("constant", warmup=0.25)
    assert found == pytest.approx([0.2, 0.4, 0.6, 0.8] + [1.0] * 16)
    assert rates("cosine", warmup=0.25)[4] == pytest.approx(1.0)


def test_the_rate_falls_in_steps() -> None:
    assert rates("step", step_epochs=2, decay=0.5) == pytest.approx([1.0] * 10 + [0.5] * 10)


def test_the_rate_goes_up_and_down_once() -> None:
    found = rates("one-cycle")
    top = int(np.argmax(found))
    assert 4 <= top <= 7
    assert found[:top] == sorted(found[:top]) and found[top:] == sorted(found[top:], reverse=True)
    assert found[0] == pytest.approx(1 / 25) and found[-1] < 1e-4


def test_the_rate_falls_where_nothing_becomes_better() -> None:
    chosen = from_table({"schedule": "plateau", "plateau_epochs": 2, "decay": 0.1})
    watched = [0.1, 0.2, 0.2, 0.15, 0.3, 0.1, 0.1]
    found = [factor(Standing(0, 1, 0, watched[:n]), chosen) for n in range(len(watched) + 1)]
    assert found == pytest.approx([1, 1, 1, 1, 0.1, 0.1, 0.1, 0.01])


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ({"ratee": 1.0}, "no setting ratee. Did you mean rate"),
        ({"rate": "fast"}, "train.rate is 'fast', where a number belongs"),
        ({"epochs": 2.5}, "where a whole number belongs"),
        ({"epochs": True}, "where a whole number belongs"),
        ({"epochs": 0}, "must be more than 0"),
        ({"clip": -1.0}, "must not be negative"),
        ({"warmup": 1.0}, "lies from 0 to below 1"),
        ({"keep": 1}, "Set it to 2 at least"),
        ({"precision": "float8"}, "float32 or bfloat16"),
        ({"rate": math.nan}, "train.rate is no number. docs/reference/training.md lists every setting."),
        ({"rates": {"image": "fast"}}, "train.rates holds 'fast', where a number belongs"),
        ({"rates": {"image": math.nan}}, "train.rates is no number"),
        ({"rates": {"image": -0.1}}, "train.rates.image must not be negative"),
    ],
)
def test_settings_that_can_not_be_are_refused_by_name(table: dict[str, object], told: str) -> None:
    with pytest.raises(BadSetting) as caught:
        from_table(table)
    assert told in str(caught.value)


def test_whole_numbers_will_do_for_fractions() -> None:
    assert from_table({"rate": 1}).rate == 1.0


def test_an_order_holds_every_row_and_differs_by_epoch_and_seed() -> None:
    one = randomness.order(100, 1, 0)
    assert sorted(one.tolist()) == list(range(100))
    assert one.tolist() == randomness.order(100, 1, 0).tolist()
    assert one.tolist() != randomness.order(100, 1, 1).tolist()
    assert one.tolist() != randomness.order(100, 2, 0).tolist()


def test_what_was_set_of_torch_before_holds_again_afterwards() -> None:
    before = torch.are_deterministic_algorithms_enabled(), torch.get_num_threads(), torch.get_rng_state()
    with randomness.repeatable(1):
        assert torch.are_deterministic_algorithms_enabled() and torch.get_num_threads() == 1
        torch.manual_seed(3)
    assert (torch.are_deterministic_algorithms_enabled(), torch.get_num_threads()) == before[:2]
    assert torch.equal(torch.get_rng_state(), before[2])


def test_gradients_are_shortened_to_a_length() -> None:
    layer = nn.Linear(3, 2)
    layer(torch.ones(4, 3)).sum().backward()
    naive = math.sqrt(sum(float(each.grad.square().sum()) for each in layer.parameters()))  # type: ignore[union-attr]
    assert float(length(layer.parameters())) == pytest.approx(naive)
    shorten(layer.parameters(), naive, 0.5)
    assert float(length(layer.parameters())) == pytest.approx(0.5)


def test_weights_burden_the_loss_by_their_size_and_biases_do_not() -> None:
    layer = nn.Linear(3, 2)
    found = burden(list(layer.parameters()), TrainSettings(l1=0.5, l2=2.0))
    assert found["l1"].item() == pytest.approx(0.5 * layer.weight.abs().sum().item())
    assert found["l2"].item() == pytest.approx(layer.weight.square().sum().item())
    assert burden([layer.bias], TrainSettings(l1=0.5, l2=2.0)) == {}


def test_an_average_of_weights_follows_them_and_gives_them_back() -> None:
    layer = nn.Linear(2, 1, bias=False)
    nn.init.zeros_(layer.weight)
    average = Average(layer, 0.9)
    with torch.no_grad():
        layer.weight.fill_(1.0)
    average.update(layer, 1000)
    average.swap(layer)
    assert layer.weight.tolist() == [[pytest.approx(0.1)] * 2]
    average.swap(layer)
    assert layer.weight.tolist() == [[1.0, 1.0]]


def test_shares_of_a_batch_are_disjoint_and_complete() -> None:
    rows = np.arange(11)
    shares = [Together(rank, 3).share(rows) for rank in range(3)]
    assert sorted(np.concatenate(shares).tolist()) == rows.tolist()
    assert {len(share) for share in shares} == {3, 4}


def test_a_checkpoint_of_another_network_is_refused_by_the_name_that_differs() -> None:
    tensors, _ = checkpoint.state_of({"learner": nn.Linear(3, 2)}, {})
    with pytest.raises(BadInput, match=r"weight is \(2, 3\) in the checkpoint, and \(5, 3\)"):
        checkpoint.give_state(tensors, nn.Linear(3, 5))
    with pytest.raises(BadInput, match=r"has no 0\.bias and 1 more"):
        checkpoint.give_state(tensors, nn.Sequential(nn.Linear(3, 2)))


def test_weights_that_two_parts_of_a_network_share_are_taken_up_again() -> None:
    one, other = nn.Linear(3, 2), nn.Linear(3, 2)
    tensors, _ = checkpoint.state_of({"learner": nn.ModuleDict({"a": one, "b": one})}, {})
    checkpoint.give_state(tensors, nn.ModuleDict({"a": other, "b": other}))
    assert torch.equal(one.weight, other.weight) and torch.equal(one.bias, other.bias)


def test_a_file_that_only_looks_like_a_checkpoint_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "step-000000001-0123456789abcdef.safetensors"
    path.write_bytes(b"no tensors")
    with pytest.raises(Damaged, match="its content is not what its name tells"):
        checkpoint.read(path)


def test_checksums_of_the_log_are_castagnolis() -> None:
    assert board.crc32c(b"123456789") == 0xE3069283


def test_the_log_holds_each_number_as_tensorboard_reads_it(tmp_path: Path) -> None:
    board.append(tmp_path, 3, {"loss": 0.5})
    board.append(tmp_path, 300, {"loss": 0.25, "valid.map": 1.0})
    data, events = next(tmp_path.iterdir()).read_bytes(), []
    while data:
        size = struct.unpack("<Q", data[:8])[0]
        assert data[8:12] == board._masked(data[:8]) and data[12 + size : 16 + size] == board._masked(
            data[12 : 12 + size]
        )
        events.append(data[12 : 12 + size])
        data = data[16 + size :]
    assert len(events) == 3 and events[0].endswith(b"brain.Event:2")
    # Field 2, the step, as a varint; field 5, the summary; in it field 1, the value, with its name and its number.
    assert events[1][9:11] == b"\x10\x03" and events[2][9:12] == b"\x10\xac\x02"
    assert events[1].endswith(b"\x0a\x04loss\x15" + struct.pack("<f", 0.5))


def test_weights_that_rotted_are_told_of_and_not_used(tmp_path: Path) -> None:
    state = State(made(), TrainSettings())
    path = tmp_path / "best.safetensors"
    state.write_weights(path, {"valid.map": 0.5})
    tensors, figures = weights_in(path)
    assert figures == {"valid.map": 0.5} and torch.equal(tensors["learner.text.bias"], state.learner.text.bias)
    data = bytearray(path.read_bytes())
    data[-3] ^= 1
    path.write_bytes(bytes(data))
    with pytest.raises(Damaged, match="their sum is another"):
        weights_in(path)
    path.write_bytes(b"nothing")
    with pytest.raises(Damaged, match="can not be read"):
        weights_in(path)


def test_weights_of_which_one_is_empty_are_kept(tmp_path: Path) -> None:
    learner = made()
    learner.register_buffer("none", torch.from_numpy(np.array([], np.int64)))
    State(learner, TrainSettings()).write_weights(tmp_path / "best.safetensors", {})
    tensors, _ = weights_in(tmp_path / "best.safetensors")
    assert tensors["learner.none"].shape == (0,)
