"""The demonstration of text search by picture, VGG and LSTM, built so that it can work: by a space that both learn."""

from __future__ import annotations

from itertools import product

import torch
from torch import Tensor

from pinakes.learn.base import Batch, Task
from pinakes.learn.joint.towers import Config, Joint
from pinakes.learn.networks.recurrent import recurrent
from pinakes.learn.networks.vgg import vgg
from tests.learn.correlated import taught

COLOURS = {"red": (1.0, 0, 0), "green": (0, 1.0, 0), "blue": (0, 0, 1.0)}
GROUNDS = {"dark": -0.8, "light": 0.8}
CAPTIONS = tuple(f"a {colour} square on {ground} ground" for colour, ground in product(COLOURS, GROUNDS))
WORDS = {word: number for number, word in enumerate(sorted({*" ".join(CAPTIONS).split()}), 2)}


def pictures(kinds: Tensor, seed: int) -> Tensor:
    """Squares of a colour somewhere on noisy ground (n, 3, 32, 32)."""
    drawn = torch.Generator().manual_seed(seed)
    found = 0.2 * torch.randn(len(kinds), 3, 32, 32, generator=drawn)
    told = list(product(COLOURS.values(), GROUNDS.values()))
    for row, kind in enumerate(kinds.tolist()):
        colour, ground = told[kind]
        high, wide = torch.randint(12, (2,), generator=drawn).tolist()
        found[row] += ground
        found[row, :, high : high + 20, wide : wide + 20] = torch.tensor(colour)[:, None, None]
    return found


def texts(kinds: Tensor) -> Tensor:
    """Numbers of words, padded to seven (n, 7)."""
    told = [[WORDS[word] for word in CAPTIONS[kind].split()] for kind in kinds.tolist()]
    return torch.tensor([words + [0] * (7 - len(words)) for words in told])


def test_the_published_sizes_need_a_common_space_to_be_compared() -> None:
    with torch.device("meta"):
        image, text = vgg(), recurrent(cell="lstm", vocabulary=10_000, inner=50, hidden=50, layers=3, both=False)
        learner = Joint(Task({"image": image, "text": text}, 0, 1), Config(dim=50))
        shown = learner.embed("image", torch.zeros(2, 3, 224, 224))
        asked = learner.embed("text", torch.zeros(2, 100, dtype=torch.int64))
    assert (image.dim, text.dim) == (4096, 50)
    assert shown.shape == asked.shape == (2, 50)


def test_a_picture_finds_its_texts_best_first_with_their_cosines() -> None:
    kinds = torch.arange(96) % len(CAPTIONS)
    torch.manual_seed(0)
    image = vgg(width=0.0625, depths=(1, 1, 1, 1, 1), norm=True, side=32, dropout=0.0)
    text = recurrent(cell="lstm", vocabulary=len(WORDS) + 2, inner=16, hidden=16, both=False)
    batch = Batch(torch.arange(96), {"image": pictures(kinds, 0), "text": texts(kinds)})
    learner = Joint(Task({"image": image, "text": text}, 0, 96), Config(dim=16))
    taught(learner, batch, 40, size=32, rate=0.01)
    every, asked = torch.arange(len(CAPTIONS)), torch.arange(30) % len(CAPTIONS)
    with torch.no_grad():
        near = learner.embed("image", pictures(asked, 1)) @ learner.embed("text", texts(every)).T
    best = near.topk(5)
    assert (best.indices[:, 0] == asked).float().mean() > 0.8, "chance is a sixth"
    assert (best.values.diff(dim=1) <= 0).all()
    assert best.values.abs().max() <= 1 + 1e-5
