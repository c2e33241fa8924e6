"""Common spaces of several modalities: two and three towers, teachers, and pictures without labels."""

from pinakes.learn.joint import dino, distillation, simclr, towers

__all__ = ["dino", "distillation", "simclr", "towers"]
