"""The third stage: the common space, from texts with their teacher and vectors of pictures; and what is kept of it.

`train_space` makes `space` within the run's folder; `open_space` gives the learner back, `write_text` the graph of its
text tower with the description of its reader.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from pinakes.errors import BadInput
from pinakes.learn.builtin.couples import Couples, Said, Wordings
from pinakes.learn.builtin.phrase_tower import Phrases
from pinakes.learn.builtin.space import Config, Space
from pinakes.learn.builtin.texts import Material
from pinakes.learn.data.readers import WordReader
from pinakes.learn.export.graph import write_graph
from pinakes.learn.networks.bag import bag
from pinakes.learn.networks.base import Tower
from pinakes.learn.networks.recurrent import recurrent
from pinakes.learn.networks.transformer import transformer
from pinakes.learn.training import events
from pinakes.learn.training.checkpoint import give_state
from pinakes.learn.training.judging import Judge
from pinakes.learn.training.loop import train
from pinakes.learn.training.run_folder import RunFolder
from pinakes.learn.training.settings import TrainSettings
from pinakes.learn.training.state import weights_in
from pinakes.storage import explained
from pinakes.types import Floats, Rows
from pinakes.words.vocabulary import Pieces, Vocabulary, open_vocabulary, padded, save_vocabulary

FOLDER, VOCABULARY = "space", "vocabulary.json"
_NETWORKS = {"gru": recurrent, "bag": bag, "transformer": transformer}


@dataclass(frozen=True)
class PictureVectors:
    """Vectors of pictures by their ids, each in some views: (views, pictures, width)."""

    ids: tuple[str, ...]
    vectors: NDArray[Any]

    def __post_init__(self) -> None:
        if self.vectors.ndim != 3 or self.vectors.shape[1] != len(self.ids):
            shape = " x ".join(map(str, self.vectors.shape))
            raise BadInput(f"The vectors of {len(self.ids):,} pictures are {shape}.", "Give (views, pictures, width).")

    def take(self, rows: Rows) -> PictureVectors:
        """Some of the pictures."""
        return PictureVectors(tuple(self.ids[row] for row in rows.tolist()), self.vectors[:, rows])


@dataclass(frozen=True)
class Plan:
    """How the space is learned."""

    space: Config = field(default_factory=Config)
    # The text tower: its network, how wide words and states are, and how many pieces a text has at most.
    network: str = "phrases"
    inner: int = 256
    hidden: int = 256
    layers: int = 1
    pieces: int = 10_000
    length: int = 64
    # How often a picture is seen in an epoch, by the set that it is of; once where the set is not named.
    times: Mapping[str, int] = field(default_factory=lambda: {"flickr8k": 5, "fashion": 2, "scenes": 2})
    # Texts alone for each couple, and of which kinds.
    share: float = 0.4
    alone: tuple[str, ...] = ("document", "word", "sound", "label", "title", "scene")
    train: TrainSettings = field(
        default_factory=lambda: TrainSettings(
            epochs=7,
            batch=512,
            rate=2e-3,
            weight_decay=0.01,
            warmup=0.05,
            clip=1.0,
            average=0.995,
            precision="bfloat16",
        )
    )


def train_space(
    run: Path,
    material: Material,
    pictures: PictureVectors,
    plan: Plan | None = None,
    judge: Judge | None = None,
    listen: events.Listener = lambda event: None,
    name: str = FOLDER,
) -> Path:
    """Train the space of a run, or go on with it, and return its folder.

    Pictures of which nothing is said are left out. Without a judge the weights of the last epoch are kept.
    """
    plan = plan or Plan()
    folder = run / name
    with explained(folder):
        folder.mkdir(parents=True, exist_ok=True)
    vocabulary = vocabulary_of(folder / VOCABULARY, material, plan)
    food = couples(material, pictures, vocabulary, plan)
    width = int(pictures.vectors.shape[2])
    kept = RunFolder(folder)
    kept.begin({"plan": asdict(plan), "width": width, "fingerprint": fingerprint(material, pictures)})
    torch.manual_seed(plan.train.seed)
    learner = Space(text_tower(plan, len(vocabulary)), width, plan.space)
    train(learner, food, plan.train, kept, judge, listen, classes=False)
    return folder


def vocabulary_of(path: Path, material: Material, plan: Plan) -> Vocabulary:
    """The pieces that a run has, or learned from all its texts."""
    if not path.exists():
        save_vocabulary(Pieces.trained(material.texts, most=plan.pieces), path)
    return open_vocabulary(path)


def text_tower(plan: Plan, vocabulary: int) -> Tower:
    """A text tower of the plan's network."""
    if plan.network == "phrases":
        return Phrases(vocabulary, plan.inner, plan.layers)
    if plan.network == "gru":
        both = {"cell": "gru", "both": True, "hidden": plan.hidden // 2, "pooling": "mean"}
        return recurrent(vocabulary=vocabulary, inner=plan.inner, **both)  # type: ignore[arg-type]
    if plan.network == "transformer":
        return transformer(dim=plan.hidden, depth=2, vocabulary=vocabulary)
    return bag(dim=plan.hidden, layers=1, vocabulary=vocabulary, inner=plan.inner)


def couples(material: Material, pictures: PictureVectors, vocabulary: Vocabulary, plan: Plan) -> Couples:
    """What the space learns from."""
    place = {text: number for number, text in enumerate(material.texts)}
    rows = np.array([row for row, name in enumerate(pictures.ids) if name in material.described], np.int64)
    if not len(rows):
        raise BadInput("Of none of the pictures anything is said.", "Name them as read_pictures does: flickr8k/1.webp.")
    said: list[Said] = []
    needs: dict[int, frozenset[str]] = {}
    for name in (pictures.ids[row] for row in rows.tolist()):
        each = material.described[name]
        told = [wording for wording in each.wordings if wording.text in place]
        needs |= {place[wording.text]: wording.needs for wording in told if wording.needs}
        said.append(Said(tuple(place[wording.text] for wording in told), each.facts))
    times = np.array([plan.times.get(pictures.ids[row].partition("/")[0], 1) for row in rows.tolist()], np.int64)
    ids = padded([vocabulary.ids(text) for text in material.texts], plan.length).astype(np.int32)
    wordings = Wordings(ids, material.vectors, needs)
    alone = material.of(*plan.alone)
    return Couples(wordings, pictures.vectors[:, rows], said, times, alone, plan.share, plan.train.seed)


def open_space(folder: Path) -> tuple[Space, Vocabulary, Plan]:
    """The space that was trained in a folder, with its vocabulary."""
    told = RunFolder(folder).config()
    plan = plan_of(told["plan"])
    vocabulary = open_vocabulary(folder / VOCABULARY)
    space = Space(text_tower(plan, len(vocabulary)), int(told["width"]), plan.space)
    give_state(weights_in(RunFolder(folder).best)[0], space)
    return space.eval(), vocabulary, plan


def plan_of(told: Mapping[str, Any]) -> Plan:
    """A plan from plain data."""
    plain = {**told, "alone": tuple(told["alone"])}
    return Plan(**{**plain, "space": Config(**told["space"]), "train": TrainSettings(**told["train"])})


def text_vectors(space: Space, vocabulary: Vocabulary, texts: Iterable[str], length: int) -> Floats:
    """Unit vectors (n, dim) of texts, by torch."""
    ids = [vocabulary.ids(text)[:length] for text in texts]
    order = np.argsort([len(each) for each in ids], kind="stable").tolist()
    found = np.zeros((len(ids), space.dim), np.float32)
    space.eval()
    with torch.inference_mode():
        for begin in range(0, len(order), 256):
            some = order[begin : begin + 256]
            found[some] = space.embed("text", torch.from_numpy(padded([ids[each] for each in some]))).numpy()
    return found


def picture_vectors(space: Space, vectors: NDArray[Any]) -> Floats:
    """Unit vectors (n, dim) of a backbone's vectors (n, width), by torch."""
    space.eval()
    with torch.inference_mode():
        found = [
            space.embed("image", torch.from_numpy(some.astype(np.float32))).numpy()
            for some in np.split(vectors, range(1024, len(vectors), 1024))
        ]
    return np.concatenate(found)


def fingerprint(material: Material, pictures: PictureVectors) -> str:
    """What was learned from: the texts, and the ids and vectors of the pictures."""
    hasher = hashlib.sha256()
    for each in (*material.texts, *pictures.ids):
        hasher.update(each.encode("utf-8", "surrogatepass") + b"\n")
    hasher.update(np.ascontiguousarray(pictures.vectors[0]).tobytes())
    return hasher.hexdigest()


def write_text(folder: Path, target: Path, *, for_many: bool = False) -> dict[str, Any]:
    """Write the text tower of a trained space as a graph, and tell how texts are read for it: a reader's description.

    The graph takes whole numbers (n, length) of any length, 0 behind the end of a text. One `for_many` texts takes
    longer to open and less for each.
    """
    space, vocabulary, plan = open_space(folder)
    if isinstance(space.text, Phrases):
        space.text.for_many = for_many
    reader = WordReader(vocabulary, plan.length, "first")
    sample = reader.read([("a dog",), ("two dogs run along a wide beach",)], None)
    write_graph(space, "text", sample, target, any_length=True)
    return reader.describe()
