"""Encoders that are fitted to a library's own material, and codes that are made anew."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from sqlalchemy import select

from pinakes.catalogue import spaces, vectors
from pinakes.catalogue.catalogue import Catalogue
from pinakes.catalogue.counters import next_generation
from pinakes.catalogue.schema import parts, vector_blocks
from pinakes.catalogue.spaces import Space
from pinakes.encoders.base import Encoder
from pinakes.encoders.classical import lsa
from pinakes.encoders.find import version_folder
from pinakes.encoders.hashers import LEARNED, fit, fit_for
from pinakes.errors import NoContent
from pinakes.index.local import LocalIndex
from pinakes.storage import explained
from pinakes.types import Floats
from pinakes.words.analyse import analyser

_AT_A_TIME = 1_000
_LEARN_FROM = 50_000


LSA = "lsa"


def fit_lsa(catalogue: Catalogue, folder: Path) -> str:
    """Fit latent semantic analysis to the library's texts, in the library's own folder; returns its fingerprint.

    Fits that still answer stay beside it. One that was on its way into the library is taken up instead.
    """
    with catalogue.reading() as connection:
        using = [space for space in spaces.all_spaces(connection, states=("active", "building")) if space.name == LSA]
    _forget_fits(folder, [space.fingerprint for space in using])
    for space in using:
        if space.state == "building" and version_folder(folder, LSA, space.fingerprint).is_dir():
            return space.fingerprint
    cut = analyser(catalogue.settings)
    model = lsa.fit(_texts(catalogue), lambda text: cut.terms(text, cut.language_of(text)), analysis=cut.name)
    model.save(version_folder(folder, LSA, model.description.fingerprint))
    return model.description.fingerprint


def _forget_fits(folder: Path, fingerprints: Sequence[str]) -> None:
    """Delete fits that no space is made with."""
    stay = {version_folder(folder, LSA, fingerprint).name for fingerprint in fingerprints}
    for path in folder.glob(f"{LSA}@*"):
        if path.name not in stay:
            with explained(path):
                shutil.rmtree(path)


def _texts(catalogue: Catalogue) -> Iterator[str]:
    last = 0
    while True:
        with catalogue.reading() as connection:
            query = select(parts.c.id, parts.c.text).where(parts.c.id > last, parts.c.modality == "text")
            rows = connection.execute(query.order_by(parts.c.id).limit(_AT_A_TIME)).all()
        if not rows:
            return
        last = rows[-1].id
        yield from (row.text for row in rows if row.text)


def recode(
    catalogue: Catalogue, index: LocalIndex, name: str, bits: int, hasher: str, encoder: Callable[[Space], Encoder]
) -> None:
    """Give a space the codes of another hasher, or those that its encoder has learned; the index follows."""
    with catalogue.writer():
        _recode(catalogue, name, bits, hasher, encoder)
        index.publish(finish=True)


def _recode(catalogue: Catalogue, name: str, bits: int, hasher: str, encoder: Callable[[Space], Encoder]) -> None:
    """Learn the codes from the space's own vectors, in one transaction."""
    with catalogue.writing() as connection:
        space = spaces.named(connection, name)
        query = select(vector_blocks.c.id).where(vector_blocks.c.space_id == space.id).order_by(vector_blocks.c.id)
        sample: list[Floats] = []
        for block in connection.scalars(query).all():
            sample.append(vectors.read_block(connection, block, space.dim)[1].astype(np.float32))
            if sum(map(len, sample)) >= _LEARN_FROM:
                break
        if not sample:
            raise NoContent(f"Space {name} holds no vectors to learn codes from.")
        hasher = hasher or (LEARNED if space.hasher.is_learned else "rotation")
        if hasher == LEARNED:
            learned = fit_for(encoder(space), np.concatenate(sample), hasher, bits)
        else:
            learned = fit(hasher, np.concatenate(sample), space.metric, bits or space.hasher.bits)
        vectors.recode(connection, space, learned)
        spaces.change(connection, space.id, hasher=learned)
        next_generation(connection)
