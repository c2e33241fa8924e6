"""A student that sees parts of a picture and guesses what its teacher, an average of itself, makes of others.

Caron and others, "Emerging properties in self-supervised vision transformers" (DINO), ICCV 2021.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from pinakes.learn.losses.pairs import exact


def self_distillation(
    student: Sequence[Tensor], teacher: Sequence[Tensor], centre: Tensor, cool: float = 0.1, cold: float = 0.04
) -> Tensor:
    """The cross-entropy of each view's guess and the teacher's for every other view, the mean over pairs of views.

    Logits of a view are (n, prototypes); the teacher sees the first of the student's views. `centre` (prototypes,) is
    taken from the teacher's, against one prototype winning always; `cold` sharpens, against all winning alike.
    """
    guesses = [(exact(logits) / cool).log_softmax(1) for logits in student]
    told = [((exact(logits) - centre) / cold).softmax(1).detach() for logits in teacher]
    costs = [
        -(wanted * guess).sum(1).mean()
        for place, wanted in enumerate(told)
        for other, guess in enumerate(guesses)
        if other != place
    ]
    return torch.stack(costs).mean()
