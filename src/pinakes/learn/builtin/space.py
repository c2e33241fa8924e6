"""The common space of texts and pictures, with the codes that stand for its vectors.

A text tower learns from scratch, and a head on vectors of pictures that a backbone made. Captions and pictures find
each other among all others of a batch; texts besides keep to what a teacher of texts sees in them, by the vectors
themselves through a linear way to its width, and by how near they are to each other. Bits are learned of the same
vectors, 64 and 128 of them at once: what begins a code is a good shorter code.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from pinakes.learn.base import Batch, Learner, Whole
from pinakes.learn.builtin.couples import ALONE, ALONE_TEACHER, BELONG, TARGET, TEACHER, VECTORS
from pinakes.learn.builtin.sentences import WIDTH
from pinakes.learn.joint.objectives import Scale
from pinakes.learn.losses.contrastive import info_nce
from pinakes.learn.losses.distillation import relational, towards
from pinakes.learn.losses.hashing import correlation
from pinakes.learn.losses.pairs import Pairs, unit
from pinakes.learn.networks.base import Tower
from pinakes.words.vocabulary import PADDING, UNKNOWN

BITS = (64, 128)
# Of the projection at first: numbers of unit vectors are small, and a bit of them must be able to be sure.
_GAIN = 8.0


@dataclass(frozen=True, slots=True)
class Config:
    """The width of the space, how it is kept from learning by heart, and how much each loss counts."""

    dim: int = 256
    # Of the picture's head; 0 makes it linear.
    hidden: int = 1024
    # Of the inputs of both heads, and of the hidden layer.
    dropout: float = 0.2
    # Pieces that are made unknown while it learns, and the deviation of noise on standardised vectors of pictures.
    lost: float = 0.1
    noise: float = 0.2
    temperature: float = 0.07
    # Texts towards their teacher; pictures towards the teacher of what is said of them; and how near texts are.
    taught: float = 1.0
    shown: float = 0.5
    relational: float = 1.0
    codes: float = 0.3
    # Pictures towards where the same space has them by another backbone's vectors.
    target: float = 2.0
    # Sharpness of the teacher's similarities, and of codes: the scale of a share of equal bits from -1 to 1.
    sharpness: float = 10.0
    steepness: float = 12.0


class PictureHead(nn.Module):
    """From a backbone's vectors (n, width) to the space (n, dim), not yet of length one."""

    mean: Tensor
    std: Tensor

    def __init__(self, width: int, config: Config) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(width))
        self.register_buffer("std", torch.ones(width))
        self.noise = config.noise
        self.direct = nn.Sequential(nn.Dropout(config.dropout), nn.Linear(width, config.dim))
        self.deep = (
            nn.Sequential(
                nn.Dropout(config.dropout),
                nn.Linear(width, config.hidden),
                nn.GELU(),
                nn.Dropout(config.dropout),
                nn.Linear(config.hidden, config.dim),
            )
            if config.hidden
            else None
        )

    def measure(self, vectors: Tensor) -> None:
        """Take mean and deviation from such vectors (n, width)."""
        self.mean.copy_(vectors.mean(0))
        self.std.copy_(vectors.std(0).clamp(min=1e-3))

    def forward(self, vectors: Tensor) -> Tensor:
        """Standardised first: features come in any size."""
        normed = ((vectors - self.mean) / self.std).clamp(-6, 6)
        if self.training and self.noise:
            normed = normed + self.noise * torch.randn_like(normed)
        found: Tensor = self.direct(normed)
        return found if self.deep is None else found + self.deep(normed)


class Space(Learner):
    """The text tower, the picture's head, the way to the teacher of texts, and the codes."""

    modalities = ("text", "image")

    def __init__(self, text: Tower, width: int, config: Config) -> None:
        super().__init__()
        self.config, self.dim = config, config.dim
        self.text = text
        self.text_head = nn.Sequential(nn.Dropout(config.dropout), nn.Linear(text.dim, config.dim))
        self.picture = PictureHead(width, config)
        self.scale = Scale(config.temperature)
        self.way = nn.Linear(config.dim, WIDTH)
        self.centre = nn.Parameter(torch.zeros(config.dim))
        self.projection = nn.Parameter(nn.init.orthogonal_(torch.empty(config.dim, BITS[-1]), gain=_GAIN))

    def keep_words(self, other: Space) -> None:
        """Take over what another space knows of texts and of codes, and learn it no more."""
        for name in ("text", "text_head", "way", "scale"):
            mine: nn.Module = getattr(self, name)
            mine.load_state_dict(getattr(other, name).state_dict())
            mine.requires_grad_(False)
        for name in ("centre", "projection"):
            parameter: nn.Parameter = getattr(self, name)
            parameter.data.copy_(getattr(other, name).data)
            parameter.requires_grad_(False)

    def begin(self, whole: Whole) -> None:
        """Mean and deviation of the vectors of pictures."""
        vectors = torch.cat([batch.inputs["image"] for batch in whole.batches()])
        self.picture.measure(vectors)

    def losses(self, batch: Batch, turn: str) -> dict[str, Tensor]:
        """The finding, what the teacher tells, and the codes."""
        config = self.config
        known = VECTORS in batch.inputs
        texts = batch.inputs[VECTORS] if known else self.embed("text", self._forgetful(batch.inputs["text"]))
        pictures = self.embed("image", batch.inputs["image"])
        pairs = Pairs(batch.inputs[BELONG], ~batch.inputs[BELONG])
        found = {"finding": info_nce(texts, pictures, pairs, self.scale())}
        found["shown"] = config.shown * towards(self.way(pictures), batch.inputs[TEACHER])
        if config.codes:
            found["codes"] = config.codes * self._coded(texts, pictures, pairs)
        if TARGET in batch.inputs:
            found["target"] = config.target * towards(pictures, batch.inputs[TARGET])
        return found if known else found | self._taught(batch, texts)

    def _taught(self, batch: Batch, texts: Tensor) -> dict[str, Tensor]:
        """Texts towards their teacher, those that stand alone as much as those of pictures."""
        config, teacher = self.config, batch.inputs[TEACHER]
        taught, near = towards(self.way(texts), teacher), relational(texts, teacher, config.sharpness)
        if ALONE in batch.inputs:
            alone, wanted = self.embed("text", self._forgetful(batch.inputs[ALONE])), batch.inputs[ALONE_TEACHER]
            taught = (taught + towards(self.way(alone), wanted)) / 2
            near = (near + relational(alone, wanted, config.sharpness)) / 2
        return {"taught": config.taught * taught, "relational": config.relational * near}

    def _coded(self, texts: Tensor, pictures: Tensor, pairs: Pairs) -> Tensor:
        """The finding by relaxed bits, the mean over all lengths, and bits that say something of their own."""
        asked, shown = (torch.tanh(self.relaxed(each)) for each in (texts, pictures))
        found = [info_nce(asked[:, :bits], shown[:, :bits], pairs, self.config.steepness) for bits in BITS]
        return torch.stack(found).mean() + correlation(torch.cat([asked, shown]))

    def _forgetful(self, ids: Tensor) -> Tensor:
        """Some pieces unknown."""
        if not self.training or not self.config.lost:
            return ids
        lost = (torch.rand(ids.shape, device=ids.device) < self.config.lost) & (ids != PADDING)
        return ids.masked_fill(lost, UNKNOWN)

    def embed(self, modality: str, inputs: Tensor) -> Tensor:
        """Vectors of length one (n, dim)."""
        return unit(self.text_head(self.text(inputs)) if modality == "text" else self.picture(inputs))

    def relaxed(self, vectors: Tensor) -> Tensor:
        """Codes (n, 128) before their sign is taken."""
        return (vectors - self.centre) @ self.projection
