"""How the hashing papers split their benchmarks, each by name: how many ask, how many are learned from, who is found.

In all of them what shares a label with the query is relevant, image and text of a pair are one row, and the rows that
are learned from are part of the database. A figure means nothing without the name of its protocol: the same method
differs by 7 points of mAP from one to another.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pinakes.errors import BadInput
from pinakes.learn.data.base import TrainingSet
from pinakes.learn.data.splits import Sizes, Split, divided, with_validation
from pinakes.registry import Registry


@dataclass(frozen=True, slots=True)
class Protocol:
    """The sizes of a benchmark's parts, and who published figures by them."""

    name: str
    # The layout that reads the benchmark.
    layout: str
    # Pairs and labels as published; another number is told, since many copies have lost some.
    pairs: int
    labels: int
    # None: an official list says who asks and who is learned from.
    query: int | None
    train: int | None
    source: str
    validation: int = 0
    # How deep mean average precision looks; 0: to the end.
    depth: int = 0


PROTOCOLS: Registry[Protocol] = Registry("protocol", "pinakes.protocols")

_MITH = "Liu and others, MITH, ACM MM 2023, and its code"
_DCHMT = "Tu and others, DCHMT, ACM MM 2022: 5,000 and 10,000 in its code for every set"
_TWDH = "Tu and others, TwDH, TMM 2024: the sizes of DCHMT, looked at to 5,000"
_UCCH = "Hu and others, UCCH, TPAMI 2023, sections 4.1 and 4.2; supervised rivals learn from 5,000"
_SETS = (
    # Layout, pairs, labels, query and train by MITH, query by UCCH.
    ("mirflickr25k", "mirflickr", 20_015, 24, 2_000, 10_000),
    ("nus-wide-21", "nus-wide", 190_421, 21, 2_100, 10_500),
    ("coco", "coco", 122_218, 80, 5_000, 10_000),
)


def _hashing() -> Iterator[Protocol]:
    for layout, short, pairs, labels, query, train in _SETS:
        yield Protocol(f"{short}-mith", layout, pairs, labels, query, train, _MITH)
        yield Protocol(f"{short}-dchmt", layout, pairs, labels, 5_000, 10_000, _DCHMT)
        yield Protocol(f"{short}-twdh", layout, pairs, labels, 5_000, 10_000, _TWDH, 5_000)
    yield Protocol("mirflickr-ucch", "mirflickr25k", 20_015, 24, 2_000, 5_000, _UCCH)
    yield Protocol("nus-wide-ucch", "nus-wide-10", 186_557, 10, 2_100, 5_000, _UCCH)
    yield Protocol("coco-ucch", "coco", 123_287, 80, 5_000, 5_000, _UCCH)
    dcmh = "Jiang and Li, DCMH, CVPR 2017: the sizes that MITH has too"
    yield Protocol("mirflickr-dcmh", "mirflickr25k", 20_015, 24, 2_000, 10_000, dcmh)


def _official() -> Iterator[Protocol]:
    rasiwasia = "Rasiwasia and others, ACM MM 2010: 2,173 learn and are found, 693 ask"
    yield Protocol("wikipedia", "wikipedia", 2_866, 10, None, None, rasiwasia)
    hodosh = "Hodosh, Young and Hockenmaier, JAIR 47, 2013: the lists of 6,000, 1,000 and 1,000 pictures"
    yield Protocol("flickr8k", "flickr8k", 8_000, 0, None, None, hodosh)
    karpathy = "Karpathy and Fei-Fei, CVPR 2015: 29,000 learn, 1,014 choose, 1,000 ask"
    yield Protocol("flickr30k", "flickr30k", 31_014, 0, None, None, karpathy)
    rashtchian = "Rashtchian and others, 2010: 1,000 pictures; 800, 100 and 100 since Feng and others, ACM MM 2014"
    yield Protocol("pascal-sentence", "pascal-sentence", 1_000, 20, 100, 800, rashtchian, validation=100)
    piczak = "Piczak, ACM MM 2015: five folds, of which each asks once and the others are learned from"
    for layout, clips, classes in (("esc-10", 400, 10), ("esc-50", 2_000, 50)):
        for fold in range(1, 6):
            yield Protocol(f"{layout}-fold{fold}", layout, clips, classes, None, None, piczak)


for _each in (*_hashing(), *_official()):
    PROTOCOLS.register(_each.name)(_each)


def split_by(
    found: TrainingSet, protocol: Protocol, seed: int = 0, *, validation: float = 0.0, official: Split | None = None
) -> Split:
    """The split of a set by a protocol; the layout hands in the official one where there are lists.

    `validation` is the share of the training rows that settings are chosen by. Rows of the same content stay together.
    """
    if protocol.query is None or official is not None:
        if official is None:
            raise BadInput(
                f"The protocol {protocol.name} takes its parts from official lists; {found.name} came without them.",
                f"Put the lists into the folder, as the layout {protocol.layout} expects them.",
            )
        split = official
    else:
        _check_rows(found, protocol)
        sizes = Sizes(float(protocol.train or 0), float(protocol.validation), float(protocol.query))
        # By chance alone, as the papers have it.
        split = divided(found, sizes, seed, stratified=False, rule=f"{protocol.name}: {protocol.source}")
    return with_validation(found, split, validation, seed) if validation else split


def difference(found: TrainingSet, protocol: Protocol) -> str:
    """What to say where a set has not the pairs or labels that the protocol's figures were published with."""
    labels = 0 if found.labels is None else found.labels.shape[1]
    if (len(found), labels) == (protocol.pairs, protocol.labels):
        return ""
    return (
        f"{found.name} has {len(found):,} pairs and {labels} labels; published figures of {protocol.name} are of "
        f"{protocol.pairs:,} pairs and {protocol.labels} labels."
    )


def _check_rows(found: TrainingSet, protocol: Protocol) -> None:
    needed = (protocol.query or 0) + (protocol.train or 0)
    if len(found) < needed:
        raise BadInput(
            f"The protocol {protocol.name} needs {needed:,} rows; {found.name} has {len(found):,}.",
            "Use the whole benchmark, or split it by shares of your own.",
        )
