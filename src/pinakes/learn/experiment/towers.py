"""From what a modality is and what the plan says of it: the reader of its rows, and the tower that they go through."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, TypeAlias, cast

import numpy as np
import torch

from pinakes.errors import BadInput, BadSetting, nearest
from pinakes.learn.augment.alike import learned
from pinakes.learn.augment.pictures import PICTURE_STEPS
from pinakes.learn.augment.steps import made
from pinakes.learn.augment.words import WORD_STEPS
from pinakes.learn.data.base import Reader, TrainingSet
from pinakes.learn.data.picture_reader import PictureReader
from pinakes.learn.data.readers import BagReader, FeatureReader, WordReader, texts_of
from pinakes.learn.experiment.plan import TowerPlan, check_bag
from pinakes.learn.networks.base import NETWORKS, Given, Network, Tower
from pinakes.learn.training.randomness import number
from pinakes.learn.training.settings import LISTED
from pinakes.types import Modality, Rows
from pinakes.words.vocabulary import Pieces, Vocabulary, Words

Which: TypeAlias = Literal["first", "any", "all"]


@dataclass(frozen=True)
class Prepared:
    """A modality ready to be learned from; `built` is what its tower is built again from."""

    reader: Reader
    tower: Tower
    built: Mapping[str, Any]
    notes: tuple[str, ...] = ()


def prepare(found: TrainingSet, modality: Modality, plan: TowerPlan, rows: Rows, seed: int) -> Prepared:
    """The reader and tower of a modality; what is fitted is fitted on the training rows alone."""
    kind = found.view(modality).kind
    torch.manual_seed(number(seed, "weights", modality))
    prepared = _KINDS[kind](found, modality, plan, rows)
    if plan.weights:
        from pinakes.learn.networks.published.loading import load

        loaded = load(plan.network, prepared.tower, Path(plan.weights))
        prepared = replace(prepared, notes=tuple(loaded.notes))
    if plan.frozen:
        prepared.tower.requires_grad_(False)
    return prepared


def rebuilt(built: Mapping[str, Any]) -> Tower:
    """A tower as it was built, without its weights."""
    if "given" in built:
        return Given(int(built["given"]))
    return NETWORKS.get(built["network"]).build(**built["settings"])


def _features(found: TrainingSet, modality: Modality, plan: TowerPlan, rows: Rows) -> Prepared:
    if plan.network:
        raise BadSetting(
            f"{modality}.network is {plan.network}, but the {modality} of {found.name} is features.",
            "Leave the network out: features go to the method as they are.",
        )
    for name in ("augment", "weights", "settings"):
        if getattr(plan, name):
            raise BadSetting(
                f"{modality}.{name} does nothing to features, as the {modality} of {found.name} is.", LISTED
            )
    reader = FeatureReader.fitted(found, modality, rows) if plan.standardise else FeatureReader()
    dim = reader.read(found.view(modality).read(np.asarray(rows[:1])), None).shape[1]
    return _given(reader, dim)


def _given(reader: Reader, dim: int) -> Prepared:
    return Prepared(reader, Given(dim), {"given": dim})


def _pixels(found: TrainingSet, modality: Modality, plan: TowerPlan, rows: Rows) -> Prepared:
    network = _network(plan, modality)
    side = plan.side or network.size
    reader = PictureReader(side, network.mean, network.std, steps=made(PICTURE_STEPS, plan.augment))
    return _built(reader, network, dict(plan.settings))


def _texts(found: TrainingSet, modality: Modality, plan: TowerPlan, rows: Rows) -> Prepared:
    texts = texts_of(found, rows, modality)
    steps = learned(made(WORD_STEPS, plan.augment), texts)
    if plan.texts not in ("any", "first", "all"):
        raise BadSetting(f"{modality}.texts is any, first or all, not {plan.texts}.", LISTED)
    if plan.network in ("", "bag"):
        check_bag(plan, modality)
        words = Words.trained(texts, plan.words, plan.least, plan.segmenter)
        bag = BagReader(words, "all" if plan.texts == "any" else cast("Which", plan.texts), steps)
        return _given(bag, bag.dim)
    vocabulary = _vocabulary(texts, plan)
    reader = WordReader(vocabulary, plan.length, cast("Which", plan.texts), steps)
    return _built(reader, _network(plan, modality), {"vocabulary": len(vocabulary), **plan.settings})


def _vocabulary(texts: list[str], plan: TowerPlan) -> Vocabulary:
    if plan.vocabulary == "words":
        return Words.trained(texts, plan.words, plan.least, plan.segmenter)
    if plan.vocabulary not in ("bpe", "wordpiece"):
        raise BadSetting(f"vocabulary is words, bpe or wordpiece, not {plan.vocabulary}.", LISTED)
    return Pieces.trained(
        texts, cast("Literal['bpe', 'wordpiece']", plan.vocabulary), plan.words, plan.least, plan.segmenter
    )


def _sounds(found: TrainingSet, modality: Modality, plan: TowerPlan, rows: Rows) -> Prepared:
    from pinakes.learn.augment.sound import SOUND_STEPS
    from pinakes.learn.data.sound_reader import SoundReader

    reader = SoundReader(seconds=plan.seconds, steps=made(SOUND_STEPS, plan.augment))
    return _built(reader, _network(plan, modality), dict(plan.settings))


def _network(plan: TowerPlan, modality: Modality) -> Network:
    if not plan.network:
        raise BadSetting(f"[{modality}] names no network.", f'Write network = "NAME" under [{modality}].')
    network = NETWORKS.get(plan.network)
    if network.modality != modality:
        raise BadSetting(f"{plan.network} is a network of {network.modality}, not of {modality}.", LISTED)
    return network


def _built(reader: Reader, network: Network, settings: dict[str, Any]) -> Prepared:
    known = inspect.signature(network.build).parameters
    loose = any(each.kind is inspect.Parameter.VAR_KEYWORD for each in known.values())
    wrong = next((name for name in settings if name not in known and not loose), None)
    if wrong is not None:
        raise BadSetting(f"{network.modality}.settings: {network.name} has no setting {wrong}.", nearest(wrong, known))
    try:
        tower = network.build(**settings)
    except TypeError as error:
        raise BadInput(
            f"The network {network.name} can not be built so: {error}.",
            "docs/reference/networks.md lists its settings.",
        ) from error
    return Prepared(reader, tower, {"network": network.name, "settings": settings})


_KINDS: Mapping[str, Callable[[TrainingSet, Modality, TowerPlan, Rows], Prepared]] = {
    "features": _features,
    "pixels": _pixels,
    "texts": _texts,
    "sounds": _sounds,
}
