"""What the configuration of a published model says about how to use it: plain data, hashed into the fingerprint."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from pinakes.media.base import AudioWant, ImageWant

# graph: the graph itself gives one vector a text. The others make one of the vectors of its tokens.
Pooling: TypeAlias = Literal["graph", "mean", "first", "last"]
# What is done to a text before it is cut into tokens; canonical: lower case, no punctuation, single spaces.
Cleaning: TypeAlias = Literal["none", "spaces", "lower", "canonical"]


@dataclass(frozen=True, slots=True)
class TextPlan:
    """How texts become vectors."""

    graph: Path
    tokenizer: Path
    # Longest row of tokens; longer texts are cut.
    most_tokens: int
    # Looked up in the tokenizer; `pad_id` stands in where no name is given.
    pad_token: str = ""
    pad_id: int = -1
    pad_left: bool = False
    # Every row is padded to `most_tokens`: the model pools the last place, or its graph takes no other length.
    full_length: bool = False
    clean: Cleaning = "none"
    pooling: Pooling = "graph"
    query_prefix: str = ""
    passage_prefix: str = ""


@dataclass(frozen=True, slots=True)
class ImagePlan:
    """How pictures become vectors."""

    graph: Path
    want: ImageWant
    # A byte becomes (byte * scale - mean) / std of its channel.
    scale: float
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    pooling: Pooling = "graph"


@dataclass(frozen=True, slots=True)
class MelPlan:
    """The log-mel picture of a sound that CLAP takes."""

    size: int
    hop: int
    bands: int
    low: float
    high: float
    seconds: float
    # repeatpad: a short sound is repeated whole, then padded with silence; repeat: repeated and cut; pad: padded.
    padding: Literal["repeatpad", "repeat", "pad"]


@dataclass(frozen=True, slots=True)
class AudioPlan:
    """How sounds become vectors."""

    graph: Path
    want: AudioWant
    mel: MelPlan


@dataclass(frozen=True, slots=True)
class ModelPlan:
    """Everything needed to encode with a model that lies in a folder."""

    folder: Path
    family: str
    text: TextPlan | None = None
    image: ImagePlan | None = None
    audio: AudioPlan | None = None
    # Files are quantised: engines are held against the most careful way to run them.
    quantised: bool = False

    @property
    def towers(self) -> tuple[TextPlan | ImagePlan | AudioPlan, ...]:
        """What the model can encode, in the order text, picture, sound."""
        return tuple(tower for tower in (self.text, self.image, self.audio) if tower is not None)
