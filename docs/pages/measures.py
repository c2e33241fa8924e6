"""The page about what search counts with: fusions, measures of likeness, hashers, rankings of words, segmenters."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

from docs.pages.markdown import code, page, table
from pinakes.encoders.hashers import HASHERS, MAX_BITS, MIN_BITS
from pinakes.registry import Registry
from pinakes.search.fuse import FUSIONS
from pinakes.search.request import FACETS, MODES
from pinakes.types import METRICS, MODALITIES
from pinakes.words.segment import SEGMENTERS

METRIC = {
    "cosine": "the angle between vectors; they are stored with length one",
    "inner": "the inner product: longer vectors are nearer to everything",
    "euclidean": "the distance between points, with a minus sign, so that larger is nearer",
}
MODE = {
    "quick": "words and hash codes only: the Hamming distance of codes stands for the likeness",
    "precise": "codes choose some hundreds, whose full vectors are then compared exactly with the space's own measure",
}
RANKING = {
    "bm25": "BM25 with k1 = 1.2 and b = 0.75 (Robertson and others, 1994)",
    "tfidf": "the cosine of TF-IDF vectors (the vector space model of Salton, 1975)",
}


def measures() -> str:
    """The page."""
    return page(
        "Fusions, measures and codes",
        "What search counts with, by name. [query.md](query.md) explains how they work together.",
        "## Fusions",
        "How the lists of several spaces become one (`--fusion NAME`, setting `fusion`). `--fusion all` shows them "
        "side by side.",
        table(("name", "what it does"), _registered(FUSIONS)),
        "## Modes",
        table(("name", "what it does"), [(code(mode), MODE[mode]) for mode in MODES]),
        "## Measures of likeness",
        "A space has one of these.",
        table(("name", "what it is"), [(code(name), METRIC[name]) for name in METRICS]),
        "## Hashers",
        f"A hasher makes codes of {MIN_BITS} to {MAX_BITS} bits from vectors (`pinakes models use NAME --hasher NAME "
        "--bits N`). By default there are as many bits as dimensions, from 64 to 512.",
        table(("name", "what it does"), _registered(HASHERS)),
        "## Rankings of words",
        table(("name", "what it is"), [(code(name), about) for name, about in RANKING.items()]),
        "## Segmenters",
        "How text without spaces is cut into words (setting `segmenter`).",
        table(("name", "what it does"), _registered(SEGMENTERS)),
        "## Modalities and facets",
        f"Modalities: {', '.join(map(code, MODALITIES))}. Facets that are counted unless others are asked for: "
        f"{', '.join(map(code, FACETS))}.",
    )


def _registered(registry: Registry[Any]) -> Iterator[tuple[str, str]]:
    return ((code(name), inspect.getdoc(registry.get(name)) or "") for name in registry.names())
