"""An angular margin between classes.

Deng, Guo, Xue and Zafeiriou, "ArcFace: additive angular margin loss for deep face recognition", CVPR 2019. The paper
has one class for each row. Of several labels each in turn is set against the classes that the row does not have, and
the row's loss is the mean over its labels; rows without a label are left out.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from pinakes.learn.losses.contrastive import against
from pinakes.learn.losses.pairs import Pairs, cosines

# Keeps the root of 1 - cosine squared, and its gradient, finite.
_NEAR_ONE = 1e-7


def arcface(vectors: Tensor, centres: Tensor, labels: Tensor, scale: float = 30.0, margin: float = 0.5) -> Tensor:
    """The loss of vectors (n, dim) before the centres (labels, dim), with labels (n, labels) 0 or 1."""
    near = cosines(vectors, centres)
    held = labels > 0
    return against(scale * widened(near, margin), scale * near, Pairs(held, ~held))


def widened(near: Tensor, margin: float) -> Tensor:
    """The cosines of angles made wider by the margin.

    Past 180 degrees the cosine would rise again: there a straight line goes on falling.
    """
    sines = (1 - near.square()).clamp(min=_NEAR_ONE).sqrt()
    turned = near * math.cos(margin) - sines * math.sin(margin)
    return torch.where(near > -math.cos(margin), turned, near - margin * math.sin(margin))
