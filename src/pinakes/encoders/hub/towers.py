"""The towers of a published model: texts, pictures or sounds through one open graph to vectors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from pinakes.encoders.hub import clap, pixels, tokens
from pinakes.encoders.hub.plans import AudioPlan, ImagePlan, Pooling, TextPlan
from pinakes.encoders.mel import clean, is_silent
from pinakes.encoders.runtime.base import Feeds, Session
from pinakes.errors import BadInput, BadVector, Unsupported
from pinakes.types import Floats

# Pictures and sounds in one run of a graph at most.
MOST_PICTURES, MOST_SOUNDS = 16, 8
ONE_VECTOR = ("text_embeds", "image_embeds", "audio_embeds", "sentence_embedding", "embeddings", "embedding")
PER_TOKEN = ("last_hidden_state", "token_embeddings")


class Tower(Protocol):
    """Turns a batch of one modality into vectors."""

    def encode(self, batch: Sequence[Any]) -> Floats:
        """Vectors (n, dim), not yet of length one; a row of zeros where there was nothing to encode."""


class TextTower:
    """Texts through a tokenizer and a graph."""

    def __init__(self, plan: TextPlan, session: Session) -> None:
        self._plan, self._session = plan, session
        self._tokens = tokens.Tokens(plan)
        self._output = chosen_output(session, plan.pooling)
        ports = {port.name: port for port in session.inputs}
        ids = ports.get("input_ids") or ports.get("text")
        if ids is None or not set(ports) <= {"input_ids", "text", "attention_mask", "token_type_ids"}:
            raise Unsupported(
                f"{plan.graph} wants the inputs {', '.join(ports)}, which Pinakes can not make from text."
            )
        self._inputs = tuple(ports)
        self._length = ids.shape[1] or (plan.most_tokens if plan.full_length else None)
        self._most = ids.shape[0] or tokens.BATCH_TEXTS

    def encode(self, batch: Sequence[str]) -> Floats:
        """Vectors (n, dim) of texts; empty texts give zeros."""
        places = [i for i, text in enumerate(batch) if tokens.clean(text[:4096], self._plan.clean).strip()]
        rows = self._tokens.rows([batch[i] for i in places])
        found: list[tuple[int, Floats]] = []
        for some in tokens.batches(rows, self._most):
            arrays = self._tokens.padded([rows[i] for i in some], self._length)
            feeds = {name: arrays[name] for name in self._inputs}
            vectors = pooled(self._session.run(feeds, self._output), self._plan.pooling, arrays["attention_mask"])
            found += [(places[i], vector) for i, vector in zip(some, vectors, strict=True)]
        return _placed(found, len(batch))


class ImageTower:
    """Pictures through a graph."""

    def __init__(self, plan: ImagePlan, session: Session) -> None:
        self._plan, self._session = plan, session
        self._table = pixels.tables(plan)
        self._input, self._most = _only_input(session, plan.graph.name, MOST_PICTURES)
        self._output = chosen_output(session, plan.pooling)

    def encode(self, batch: Sequence[Any]) -> Floats:
        """Vectors (n, dim) of pictures in the geometry that the plan wants."""
        found: list[tuple[int, Floats]] = []
        for at in range(0, len(batch), self._most):
            some = batch[at : at + self._most]
            feeds: Feeds = {self._input: pixels.normalised(some, self._plan, self._table)}
            vectors = pooled(self._session.run(feeds, self._output), self._plan.pooling, None)
            found += list(enumerate(vectors, at))
        return _placed(found, len(batch))


class AudioTower:
    """Sounds through a graph that takes log-mel pictures."""

    def __init__(self, plan: AudioPlan, session: Session) -> None:
        self._plan, self._session = plan, session
        self._input, self._most = _only_input(session, plan.graph.name, MOST_SOUNDS)
        self._output = chosen_output(session, "graph")

    def encode(self, batch: Sequence[Any]) -> Floats:
        """Vectors (n, dim) of sounds at the rate that the plan wants; silence gives zeros."""
        found = [(i, self._one(sound)) for i, samples in enumerate(batch) if not is_silent(sound := _sound(samples))]
        return _placed(found, len(batch))

    def _one(self, samples: Floats) -> Floats:
        spans = clap.windows(samples, clap.window_length(self._plan))
        pictures = np.stack([clap.features(span, self._plan) for span in spans])[:, None]
        runs = [
            self._session.run({self._input: pictures[at : at + self._most]}, self._output)
            for at in range(0, len(pictures), self._most)
        ]
        vectors = np.concatenate(runs)
        mean: Floats = (vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)).mean(0)
        return mean


def tower(plan: TextPlan | ImagePlan | AudioPlan, session: Session) -> Tower:
    """The tower of a plan, with its graph open."""
    if isinstance(plan, TextPlan):
        return TextTower(plan, session)
    return ImageTower(plan, session) if isinstance(plan, ImagePlan) else AudioTower(plan, session)


def chosen_output(session: Session, pooling: Pooling) -> str:
    """The output to take, by its name: graphs list their outputs in any order."""
    names = [port.name for port in session.outputs]
    wanted: tuple[str, ...] = (*ONE_VECTOR, "pooler_output", *PER_TOKEN)
    if pooling != "graph":
        # A pooler is trained for other ends; the sentence's vector, if the graph has it, is pooled already.
        wanted = ("sentence_embedding", *PER_TOKEN)
    found = next((name for name in wanted if name in names), names[0] if len(names) == 1 else "")
    if not found:
        raise Unsupported(f"The graph gives {', '.join(names)}; none of them is known to be its vectors.")
    return found


def pooled(values: Floats, pooling: Pooling, mask: NDArray[np.int64] | None) -> Floats:
    """One vector a row: (n, dim) of what a graph gave, (n, dim), (n, tokens, dim) or (n, channels, height, width)."""
    vectors: Floats = values
    if values.ndim == 4:
        vectors = values.mean((2, 3))
    elif values.ndim == 3 and (mask is None or pooling == "first"):
        vectors = values[:, 0]
    elif values.ndim == 3 and mask is not None and pooling == "mean":
        weights = mask[..., None].astype(np.float32)
        vectors = (values * weights).sum(1) / np.maximum(weights.sum(1), 1)
    elif values.ndim == 3 and mask is not None and pooling == "last":
        last = mask.shape[1] - 1 - mask[:, ::-1].argmax(1)
        vectors = values[np.arange(len(values)), last]
    if vectors.ndim == 2:
        return vectors
    raise Unsupported("The graph gives a vector for each token, and its files do not say how to pool them.")


def _only_input(session: Session, graph: str, most: int) -> tuple[str, int]:
    if len(session.inputs) != 1 or len(session.inputs[0].shape) != 4:
        names = ", ".join(port.name for port in session.inputs)
        raise Unsupported(f"{graph} wants the inputs {names}; Pinakes can make one of four dimensions.")
    port = session.inputs[0]
    return port.name, port.shape[0] or most


def _sound(samples: Any) -> Floats:
    sound = np.asarray(samples)
    if sound.ndim != 1 or sound.dtype.kind != "f":
        raise BadInput(f"A sound must be one row of floating-point samples, not {sound.ndim} of {sound.dtype}.")
    return clean(sound.astype(np.float32, copy=False))


def _placed(found: Sequence[tuple[int, Floats]], count: int) -> Floats:
    """Vectors in their places among `count` rows; rows without one are zeros."""
    if not found:
        return np.zeros((count, 0), np.float32)
    if any(vector.ndim != 1 or not np.isfinite(vector).all() for _, vector in found):
        raise BadVector(
            "The model gave vectors that hold NaN or infinity, or have a wrong shape.",
            "Fetch the model again, or set precision = full.",
        )
    result = np.zeros((count, len(found[0][1])), np.float32)
    for place, vector in found:
        result[place] = vector
    return result
