"""What a space that was learned by the teacher's pictures knows: where texts lie, and where it has each picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from pinakes.errors import BadInput
from pinakes.learn.builtin.couples import Couples
from pinakes.learn.builtin.sentences import Halves
from pinakes.learn.builtin.space import Space
from pinakes.learn.builtin.texts import Material
from pinakes.learn.builtin.train_space import (
    PictureVectors,
    Plan,
    couples,
    open_space,
    picture_vectors,
    text_vectors,
)
from pinakes.types import Floats
from pinakes.words.vocabulary import Vocabulary


@dataclass(frozen=True)
class Known:
    """A space that is not learned any more, and where it has all that is said of pictures (texts, dim)."""

    space: Space
    vocabulary: Vocabulary
    plan: Plan
    material: Material
    vectors: Floats

    @classmethod
    def of(cls, words: Path, material: Material) -> Known:
        """The space of a folder, with the texts that are said of any picture; the others have zeros."""
        space, vocabulary, plan = open_space(words)
        wanted = {wording.text for each in material.described.values() for wording in each.wordings}
        said = [row for row, text in enumerate(material.texts) if text in wanted]
        found = cls(space, vocabulary, plan, material, np.zeros((len(material.texts), space.dim), np.float32))
        found.vectors[said] = found.embed([material.texts[row] for row in said])
        return found

    def embed(self, texts: Sequence[str]) -> Floats:
        """Unit vectors (n, dim) of any texts."""
        return text_vectors(self.space, self.vocabulary, texts, self.plan.length)

    def couples(self, pictures: PictureVectors, plan: Plan | None = None) -> Couples:
        """Couples of pictures with texts that are read no more."""
        return replace(couples(self.material, pictures, self.vocabulary, plan or self.plan), vectors=self.vectors)

    def targets(self, pictures: PictureVectors, large: PictureVectors) -> Halves:
        """Where the space has each view of the pictures of which something is said (views, pictures, dim)."""
        views = len(pictures.vectors)
        if large.ids != pictures.ids or len(large.vectors) < views:
            raise BadInput(
                f"The large backbone saw {len(large.vectors)} views of {len(large.ids):,} pictures, the small one "
                f"{views} of {len(pictures.ids):,}.",
                "Let both see the same pictures in the same order, the large one in as many views at least.",
            )
        rows = np.array([row for row, name in enumerate(pictures.ids) if name in self.material.described], np.int64)
        return np.stack([picture_vectors(self.space, view[rows]).astype(np.float16) for view in large.vectors[:views]])
