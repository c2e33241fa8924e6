"""Recurrent layers against their equations, against packed sequences, and in the worked example of the sources."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import nn

from pinakes.learn.networks.cells import CELLS
from pinakes.learn.networks.recurrent import Stacked, turned

Array = NDArray[np.float64]


def sigmoid(x: Array) -> Array:
    return 1 / (1 + np.exp(-x))


def rnn_step(x: Array, h: Array, w: Array, u: Array, b: Array, c: Array) -> Array:
    """h_t = tanh(W x_t + U h_(t-1) + b)."""
    return np.tanh(w @ x + b + u @ h + c)


def naive(cell: str, layer: nn.RNNBase, xs: Array) -> Array:
    """The states of one layer by the equations of the papers, word by word, in torch's order of gates."""
    w, u, b, c = (value.detach().double().numpy() for value in layer._flat_weights)  # type: ignore[union-attr]
    h = np.zeros(layer.hidden_size)
    memory = np.zeros(layer.hidden_size)
    states = []
    for x in xs:
        if cell == "rnn":
            h = rnn_step(x, h, w, u, b, c)
        elif cell == "lstm":
            i, f, g, o = np.split(w @ x + b + u @ h + c, 4)
            memory = sigmoid(f) * memory + sigmoid(i) * np.tanh(g)
            h = sigmoid(o) * np.tanh(memory)
        else:
            (r, z, n), (hr, hz, hn) = np.split(w @ x + b, 3), np.split(u @ h + c, 3)
            update = sigmoid(z + hz)
            h = (1 - update) * np.tanh(n + sigmoid(r + hr) * hn) + update * h
        states.append(h)
    return np.array(states)


def test_the_worked_example_of_five_inputs() -> None:
    # Inputs 1, 0, 1, 0, 1, one number each; two hidden units; y_t = V h_t + c. Here with shapes that fit.
    w, u, v = np.array([[0.5], [-0.3]]), np.array([[0.1, 0.4], [-0.2, 0.3]]), np.array([[1.0, 2.0]])
    b, c = np.array([0.1, -0.1]), np.array([0.5])
    network, out = nn.RNN(1, 2, batch_first=True), nn.Linear(2, 1)
    with torch.no_grad():
        for ours, value in zip(network._flat_weights, (w, u, b, np.zeros(2)), strict=True):
            ours.copy_(torch.from_numpy(value))  # type: ignore[union-attr]
        out.weight.copy_(torch.from_numpy(v))
        out.bias.copy_(torch.from_numpy(c))
        states = network(torch.tensor([[[1.0], [0.0], [1.0], [0.0], [1.0]]]))[0]
        answers = out(states)[0, :, 0]
    h, wanted = np.zeros(2), []
    for x in (1, 0, 1, 0, 1):
        h = rnn_step(np.array([x]), h, w, u, b, np.zeros(2))
        wanted.append(float((v @ h + c)[0]))
    np.testing.assert_allclose(answers.numpy(), wanted, atol=1e-6)
    # By hand: h_1 = tanh(0.6, -0.4) = (0.537050, -0.379949), y_1 = 0.537050 - 2 * 0.379949 + 0.5.
    assert wanted[0] == pytest.approx(0.277152, abs=1e-6)


@pytest.mark.parametrize("cell", CELLS)
def test_states_are_those_of_the_equations(cell: str) -> None:
    torch.manual_seed(1)
    stacked = Stacked(cell, 3, 4, 1, 0.0, both=True)  # type: ignore[arg-type]
    xs = torch.randn(1, 6, 3)
    real = torch.arange(6)[None] < 5
    with torch.no_grad():
        states = stacked(xs, real)[0, :5].numpy()
    inputs = xs[0, :5].double().numpy()
    forwards = naive(cell, stacked.forwards[0], inputs)  # type: ignore[arg-type]
    backwards = naive(cell, stacked.backwards[0], inputs[::-1])[::-1]  # type: ignore[arg-type]
    np.testing.assert_allclose(states, np.concatenate([forwards, backwards], 1), atol=1e-6)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("both", [True, False])
def test_states_are_those_of_packed_sequences(cell: str, both: bool) -> None:
    torch.manual_seed(2)
    stacked = Stacked(cell, 3, 4, 2, 0.0, both=both).eval()  # type: ignore[arg-type]
    packed = CELLS[cell](3, 4, 2, batch_first=True, bidirectional=both)  # type: ignore[index]
    names = [("weight_ih", "weight_hh", "bias_ih", "bias_hh")[place] for place in range(4)]
    with torch.no_grad():
        for number in range(2):
            for end, layers in (("", stacked.forwards), ("_reverse", stacked.backwards)):
                for name in names if len(layers) else ():
                    ours = getattr(layers[number], f"{name}_l0")
                    getattr(packed, f"{name}_l{number}{end}").copy_(ours)
        xs, counts = torch.randn(4, 7, 3), torch.tensor([3, 7, 1, 5])
        real = torch.arange(7) < counts[:, None]
        row = nn.utils.rnn.pack_padded_sequence(xs, counts, batch_first=True, enforce_sorted=False)
        states, last = packed(row)
        wanted = nn.utils.rnn.pad_packed_sequence(states, batch_first=True)[0]
        found = stacked(xs, real)
        torch.testing.assert_close(found * real[:, :, None], wanted)
        last = last[0] if isinstance(last, tuple) else last
        torch.testing.assert_close(stacked.last(found, real), last[2 if both else 1 :].transpose(0, 1).flatten(1))


def test_turning_a_row_round_leaves_its_padding_behind() -> None:
    real = torch.tensor([[True, True, True, False], [True, False, False, False], [True] * 4])
    assert turned(real).tolist() == [[2, 1, 0, 3], [0, 1, 2, 3], [3, 2, 1, 0]]
