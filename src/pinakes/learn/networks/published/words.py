"""BERT elsewhere; the first weights that were published call the numbers of a norm gamma and beta."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from pinakes.learn.networks.base import Tower
from pinakes.learn.networks.bert import Bert
from pinakes.learn.networks.published.naming import Layer, Naming, names

# Heads of tasks, and a pooler where none is wanted.
_UNUSED = (r"(bert\.)?embeddings\.position_ids", r"cls\..*", r"(bert\.)?pooler\..*")


def _bert(tower: Tower, *, old: bool) -> Iterator[Layer]:
    def norm(place: str) -> Layer:
        return (
            {"weight": f"{place}.LayerNorm.gamma", "bias": f"{place}.LayerNorm.beta"} if old else f"{place}.LayerNorm"
        )

    yield from (f"embeddings.{kind}_embeddings" for kind in ("word", "position", "token_type"))
    yield norm("embeddings")
    blocks = tower.get_submodule("blocks")
    for number, _ in enumerate(blocks.children()):
        place = f"encoder.layer.{number}"
        yield tuple(f"{place}.attention.self.{each}" for each in ("query", "key", "value"))
        yield f"{place}.attention.output.dense"
        yield norm(f"{place}.attention.output")
        yield f"{place}.intermediate.dense"
        yield f"{place}.output.dense"
        yield norm(f"{place}.output")
    if isinstance(tower, Bert) and tower.pooler is not None:
        yield "pooler.dense"


for _old in (False, True):
    names(
        Naming(
            "the hub",
            ("bert",),
            partial(_bert, old=_old),
            "classifier",
            prefix="bert.",
            unused=_UNUSED,
        )
    )
