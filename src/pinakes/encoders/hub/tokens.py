"""Texts to rows of token numbers, as a model's tokenizer file says, and in batches of like length."""

from __future__ import annotations

import string
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pinakes.encoders.hub.plans import TextPlan
from pinakes.errors import Damaged, Unsupported

# Characters read for each token that may be kept: tokens are hardly ever longer.
CHARS_PER_TOKEN = 64
# Tokens in one run of the model, padding included, and the most texts in it.
BATCH_TOKENS, BATCH_TEXTS = 2_048, 64
# Row lengths are rounded up to a multiple of this, so that engines which compile for a shape see few of them.
STEP = 8
_PUNCTUATION = str.maketrans("", "", string.punctuation)


@dataclass(frozen=True, slots=True)
class Row:
    """One text's tokens."""

    ids: tuple[int, ...]
    types: tuple[int, ...]


class Tokens:
    """A model's tokenizer, ready to cut texts."""

    def __init__(self, plan: TextPlan) -> None:
        self._plan = plan
        self._tokenizer = open_tokenizer(plan.tokenizer)
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(plan.most_tokens)
        self._pad_id = self._find_pad_id()

    def _find_pad_id(self) -> int:
        plan = self._plan
        named = self._tokenizer.token_to_id(plan.pad_token) if plan.pad_token else None
        found = plan.pad_id if named is None else int(named)
        if found < 0:
            raise Unsupported(
                f"{plan.tokenizer} has no token {plan.pad_token!r} to pad with."
                if plan.pad_token
                else f"{plan.tokenizer.parent} does not say which token texts are padded with.",
                "Its tokenizer_config.json should name pad_token.",
            )
        return found

    def rows(self, texts: Sequence[str]) -> list[Row]:
        """The tokens of each text, cut to the model's length."""
        most = self._plan.most_tokens * CHARS_PER_TOKEN
        cleaned = [clean(text[:most], self._plan.clean) for text in texts]
        return [Row(tuple(e.ids), tuple(e.type_ids)) for e in self._tokenizer.encode_batch(cleaned)]

    def padded(self, rows: Sequence[Row], length: int | None) -> dict[str, NDArray[Any]]:
        """Arrays (n, length) under the names that graphs give them; without a length, that of the longest row."""
        width = length or min(-(-max(len(row.ids) for row in rows) // STEP) * STEP, self._plan.most_tokens)
        ids = np.full((len(rows), width), self._pad_id, np.int64)
        mask = np.zeros((len(rows), width), np.int64)
        types = np.zeros((len(rows), width), np.int64)
        for i, row in enumerate(rows):
            count = min(len(row.ids), width)
            span = slice(width - count, width) if self._plan.pad_left else slice(0, count)
            ids[i, span], mask[i, span], types[i, span] = row.ids[:count], 1, row.types[:count]
        return {"input_ids": ids, "text": ids, "attention_mask": mask, "token_type_ids": types}


def open_tokenizer(path: Path) -> Any:
    """The tokenizer in a `tokenizer.json`."""
    from tokenizers import Tokenizer

    try:
        return Tokenizer.from_file(str(path))
    except Exception as error:  # the library raises plain Exception
        raise Damaged(
            f"{path} can not be read as a tokenizer: {error}", "Fetch the model again: pinakes models pull NAME."
        ) from error


def clean(text: str, how: str) -> str:
    """A text as the model was trained to see it; what is no character in UTF-8 is replaced."""
    text = text.encode("utf-8", "replace").decode("utf-8")
    if how == "none":
        return text
    if how in ("lower", "canonical"):
        text = text.lower()
    if how == "canonical":
        text = text.translate(_PUNCTUATION)
    return text if how == "lower" else " ".join(text.split())


def batches(rows: Sequence[Row], most_texts: int = BATCH_TEXTS) -> Iterator[list[int]]:
    """Places of the rows, longest first, in batches that hold at most BATCH_TOKENS with padding."""
    order = sorted(range(len(rows)), key=lambda i: -len(rows[i].ids))
    at = 0
    while at < len(order):
        longest = max(1, len(rows[order[at]].ids))
        count = min(max(1, BATCH_TOKENS // longest), most_texts)
        yield order[at : at + count]
        at += count
