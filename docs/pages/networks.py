"""The page of the networks that can be trained: what each is, how large, from which paper, with which settings."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import TYPE_CHECKING

from docs.pages.markdown import code, page, table
from pinakes.types import MODALITIES, Modality

if TYPE_CHECKING:
    from pinakes.learn.networks.base import Network

TITLES: dict[Modality, str] = {"text": "Texts", "image": "Pictures", "audio": "Sounds"}
NOTES: dict[Modality, str] = {
    "image": "A count includes a head of 1,000 classes where one was published, and none elsewhere. MobileNet's paper "
    "rounds it to 4.2 million; ShuffleNet's paper counts operations only. `alexnet` is the one column of 2014, which "
    "is called AlexNet today; `alexnet_2012` is the one of two columns.\n\n"
    "The setting `squeeze` puts squeeze-and-excitation into a convolutional network: 16 is the published reduction (4 "
    "in MobileNetV3, which has blocks of its own), 0 is none. `classes` adds the published head; without it a network "
    "gives the vector that its head takes. `side` is the side of the pictures in pixels.",
    "text": "A count includes the vectors of the vocabulary, and no head.",
    "audio": "A count includes a head of 527 classes, AudioSet's, where one was published, and none elsewhere.",
}


def networks() -> str:
    """The page."""
    # Here and not above: who reads other pages need not have torch.
    from pinakes.learn.networks.base import NETWORKS

    every = [NETWORKS.get(name) for name in NETWORKS]
    pieces: list[str] = []
    for modality in MODALITIES:
        of_modality = [network for network in every if network.modality == modality]
        if of_modality:
            pieces += _section(modality, of_modality)
    return page(
        "Networks",
        "What can be trained, by name. Every network is built with `width=1.0`, the published size, or any other: at "
        "0.25 it has a quarter of the channels and about a sixteenth of the parameters. Parameters are counted at full "
        "width, ours beside those that were published. Training needs `pip install 'pinakes[train]'`.",
        *pieces,
    )


def own_count(network: Network) -> int:
    """How many parameters our network has at full width, with the head that was published."""
    import torch

    from pinakes.learn.networks.base import HEADS

    head = {} if network.parameters is None else {"classes": HEADS[network.modality]}
    # Nothing is computed on this device: a network of any size is made at once.
    with torch.device("meta"):
        tower = network.build(**head)
    return sum(each.numel() for each in tower.parameters())


def _section(modality: Modality, networks: list[Network]) -> Iterator[str]:
    yield f"## {TITLES[modality]}"
    yield NOTES[modality]
    yield table(
        ("name", "what it is", "parameters", "published", "counted by", "side", "paper"),
        [
            (
                code(each.name),
                each.about,
                f"{own_count(each):,}",
                "" if each.parameters is None else f"{each.parameters:,}",
                each.counted_by,
                f"{each.size} px" if each.size else "",
                each.paper,
            )
            for each in networks
        ],
    )
    yield table(("name", "its settings"), [(code(each.name), ", ".join(_settings(each))) for each in networks])


def _settings(network: Network) -> Iterator[str]:
    for name, setting in inspect.signature(network.build).parameters.items():
        yield code(f"{name}={setting.default!r}")
