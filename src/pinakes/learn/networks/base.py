"""What every network is to those who train it: a tower; and the registry of networks with their descriptions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from pinakes.errors import Unsupported
from pinakes.registry import Registry
from pinakes.types import Modality


class Tower(nn.Module):
    """A network from decoded media to one vector for each row and, where it has them, to the tokens behind it.

    Pictures come as floats (n, 3, side, side), already normalised; texts as token ids (n, t), where 0 is padding and 1
    an unknown word; sounds as floats (n, samples) at 16 kHz; features that were computed before as floats (n, d).
    """

    # Of the vectors, and of each token.
    dim: int
    token_dim: int

    def __init__(self, dim: int, token_dim: int | None = None) -> None:
        super().__init__()
        self.dim = dim
        self.token_dim = dim if token_dim is None else token_dim

    def forward(self, inputs: Tensor) -> Tensor:
        """Vectors (n, dim)."""
        raise NotImplementedError

    def tokens(self, inputs: Tensor) -> tuple[Tensor, Tensor]:
        """Tokens (n, t, token_dim) and which of them are real (n, t) bool; by default the vector is the one token."""
        tokens = self(inputs)[:, None]
        return tokens, torch.ones(tokens.shape[:2], dtype=torch.bool, device=tokens.device)

    def maps(self, inputs: Tensor) -> dict[str, Tensor]:
        """Feature maps (n, channels, height, width) of pictures by the name of their stage, the coarsest last."""
        raise Unsupported(
            f"{type(self).__name__} has no feature maps.",
            "Choose one of the convolutional networks, as resnet18 is.",
        )

    def with_maps(self, inputs: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """Vectors as `forward` gives and maps as `maps` does, in one go where the network can."""
        return self(inputs), self.maps(inputs)


class Given(Tower):
    """No network at all: vectors that were computed before, as they are."""

    def forward(self, inputs: Tensor) -> Tensor:
        """The inputs (n, dim)."""
        return inputs


@dataclass(frozen=True, slots=True)
class Network:
    """The description beside the code of a network."""

    name: str
    modality: Modality
    # build(width=1.0, ...): every setting has a default.
    build: Callable[..., Tower]
    # Authors, title, venue, year.
    paper: str
    # The published count at full width, with the classifier head that was published; None where none was.
    parameters: int | None
    # The usual side of the input in pixels; 0 where that does not apply.
    size: int
    about: str = ""
    # Where the published count is from.
    counted_by: str = ""
    # Of each colour from 0 to 1, what published weights expect to be subtracted and divided by.
    mean: tuple[float, float, float] = (0.5, 0.5, 0.5)
    std: tuple[float, float, float] = (0.5, 0.5, 0.5)


# Of ImageNet's pictures, as torchvision and timm normalise them: Network(..., mean=..., std=...).
IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)

# How many classes the head has with which a count is published: those of ImageNet, of AudioSet, and no head at all.
HEADS: dict[Modality, int] = {"image": 1000, "audio": 527, "text": 0}

NETWORKS: Registry[Network] = Registry("network", "pinakes.networks")


def file(network: Network) -> Network:
    """File a network under its name."""
    return NETWORKS.register(network.name)(network)
