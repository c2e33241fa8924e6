"""What a space that was learned by the teacher's pictures knows: where texts lie, and where it has each picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from pinakes.errors import BadInput
from pinakes.learn.builtin.couples import Couples
from pinakes.learn.builtin.sentences import Halves
from pinakes.learn.builtin.space import Space
from pinakes.learn.builtin.texts import Material
from pinakes.learn.builtin.train_space import PictureVectors, picture_vectors
from pinakes.types import Floats


def knowing(food: Couples, known: Space, material: Material, embed: Callable[[list[str]], Floats]) -> Couples:
    """Couples whose texts lie where the space has them, and are read no more."""
    said = sorted({text for each in food.said for text in each.texts})
    vectors = np.zeros((len(material.texts), known.dim), np.float32)
    vectors[said] = embed([material.texts[text] for text in said])
    return replace(food, vectors=vectors)


def targets_of(known: Space, material: Material, pictures: PictureVectors, large: PictureVectors) -> Halves:
    """Where the space has each view of the pictures of which something is said (views, pictures, dim)."""
    views = len(pictures.vectors)
    if large.ids != pictures.ids or len(large.vectors) < views:
        raise BadInput(
            f"The large backbone saw {len(large.vectors)} views of {len(large.ids):,} pictures, the small one {views} "
            f"of {len(pictures.ids):,}.",
            "Let both see the same pictures in the same order, the large one in as many views at least.",
        )
    rows = np.array([row for row, name in enumerate(pictures.ids) if name in material.described], np.int64)
    return np.stack([picture_vectors(known, view[rows]).astype(np.float16) for view in large.vectors[:views]])
