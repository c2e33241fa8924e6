"""Short queries of everyday and of learned life: what an encoder makes of them tells how near words come by chance."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pinakes.encoders.base import Encoder, unit_rows
from pinakes.encoders.queries import encode_queries
from pinakes.types import Floats

# By language. They lie as far apart as can be: hardly any library holds an answer to more than a few of them.
GENERAL: dict[str, tuple[str, ...]] = {
    "en": (
        "a dog", "an old man with a beard", "mountains in winter", "how to bake bread", "a letter to a friend",
        "the history of Rome", "children playing", "jazz music", "a map of the city", "a white flower",
        "a ship at sea", "the night sky", "rain on the roof", "a cathedral", "a train at the station",
        "portrait of a woman", "tax law", "fresh fruit on a table", "birds singing", "a football match",
        "an experiment in chemistry", "a love poem", "learning machines", "quarterly report", "red shoes",
        "a broken engine", "people dancing", "the treatment of fever", "a kitchen knife", "the price of wheat",
        "an elephant", "applause",
    ),
    "de": ("ein Hund", "Berge im Winter", "Geschichte der Stadt", "Regen auf dem Dach", "ein Brief an die Mutter"),
    "fr": ("un chien", "la montagne en hiver", "une lettre d'amour", "la pluie sur le toit", "le prix du blé"),
    "es": ("un perro", "la historia de Roma", "una flor blanca", "niños que juegan", "cómo hacer pan"),
    "zh": (
        "一只狗", "冬天的山", "怎样烤面包", "给朋友的信", "城市地图", "白色的花", "海上的船", "夜空", "老人的肖像",
        "税法", "鸟的歌声", "足球比赛", "化学实验", "爱情诗", "季度报告", "发烧的治疗",
    ),
}  # fmt: skip


def general_queries(languages: Sequence[str]) -> list[str]:
    """The queries that a model of these languages understands; all of them where none or many are named."""
    known = [language for language in languages if language in GENERAL]
    return [query for language in known or GENERAL for query in GENERAL[language]]


def asked(encoder: Encoder, queries: Sequence[str]) -> Floats:
    """Vectors (n, dim) of the queries in which the encoder found something, as queries of a search have them."""
    vectors = encode_queries(encoder, queries) if queries else np.zeros((0, encoder.description.dim), np.float32)
    telling = vectors[np.isfinite(vectors).all(axis=1) & vectors.any(axis=1)]
    return unit_rows(telling) if encoder.description.metric == "cosine" else telling
