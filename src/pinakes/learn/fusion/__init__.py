"""Networks that make one vector of several modalities, behind one interface, and their comparison."""

from pinakes.learn.fusion import (
    adversarial,
    association,
    attention,
    clustering,
    concatenation,
    crossmodal,
    gated,
    separate,
    weighted,
)

__all__ = [
    "adversarial",
    "association",
    "attention",
    "clustering",
    "concatenation",
    "crossmodal",
    "gated",
    "separate",
    "weighted",
]
