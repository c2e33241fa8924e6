"""Contrast of what belongs together with what does not: InfoNCE, its form for views, and SigLIP's sigmoid.

A row may have several positives. Each of them in turn is set against the negatives of the row, the other positives left
out, and the row's loss is the mean: so a second copy of a caption is never pushed away.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional

from pinakes.learn.losses.pairs import Pairs, by_rows, cosines, exact


def info_nce(first: Tensor, second: Tensor, pairs: Pairs, scale: Tensor | float) -> Tensor:
    """InfoNCE in both directions, of vectors (n, dim) and (m, dim); `scale` is one over the temperature.

    van den Oord, Li and Vinyals, "Representation learning with contrastive predictive coding", 2018; symmetric as in
    Radford and others, "Learning transferable visual models from natural language supervision", ICML 2021.
    """
    logits = cosines(first, second) * scale
    return (against(logits, logits, pairs) + against(logits.T, logits.T, pairs.turned())) / 2


def nt_xent(views: Sequence[Tensor], rows: Tensor, scale: Tensor | float) -> Tensor:
    """Each view (n, dim) of a row finds the other views of that row among all views of all rows.

    Chen, Kornblith, Norouzi and Hinton, "A simple framework for contrastive learning of visual representations", ICML
    2020.
    """
    vectors = torch.cat(list(views))
    logits = cosines(vectors, vectors) * scale
    return against(logits, logits, by_rows(rows.repeat(len(views))).among_themselves())


def sigmoid(first: Tensor, second: Tensor, pairs: Pairs, scale: Tensor | float, bias: Tensor | float) -> Tensor:
    """Each pair judged alone, together or apart; summed over the pairs, for each row of the first side.

    Zhai, Mustafa, Kolesnikov and Beyer, "Sigmoid loss for language image pre-training", ICCV 2023.
    """
    logits = cosines(first, second) * scale + bias
    told = functional.logsigmoid(torch.where(pairs.positive, logits, -logits))
    return -(told * (pairs.positive | pairs.negative)).sum() / max(len(first), 1)


def against(near: Tensor, far: Tensor, pairs: Pairs) -> Tensor:
    """The mean over rows of minus the log of the share that a positive has of itself and the row's negatives.

    `near` (n, m) are the logits of positives, `far` of negatives; rows without a positive are left out, and a row
    without a negative costs nothing.
    """
    near, far = exact(near), exact(far)
    crowd = torch.where(pairs.negative, far, torch.finfo(far.dtype).min).logsumexp(1, keepdim=True)
    costs = torch.where(pairs.positive, -functional.logsigmoid(near - crowd), 0)
    counts = pairs.positive.sum(1)
    return (costs.sum(1) / counts.clamp(min=1)).sum() / (counts > 0).sum().clamp(min=1)
