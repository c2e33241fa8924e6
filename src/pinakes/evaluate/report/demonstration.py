"""A report of made-up figures, to look at: every section, text from right to left, from China, and of bad manners."""

from __future__ import annotations

from io import BytesIO

import numpy as np
from PIL import Image

from pinakes.evaluate.cost import Compared, Cost, Growth, Loaded, Stored, Timing
from pinakes.evaluate.report.model import Example, Shown
from pinakes.evaluate.report.projection import Map
from pinakes.evaluate.result import Comparison, Curve, Difference, Evaluation, Figure, Scope
from pinakes.metrics.ranked import Floats

_QUERIES = 480
_LEVELS = np.linspace(0, 1, 101)
_METRICS = {"map": 1.0, "ndcg@10": 1.06, "p@10": 0.94, "r@10": 0.71, "mrr": 1.14, "hit@1": 0.92}
_SUBJECTS = ("harbours", "birds", "bridges", "markets", "maps & plans", "船", "قوارب", "<b>letters</b>")


def evaluation(seed: int = 7) -> Evaluation:
    """Twelve ways of searching, as a library of pictures, texts and sounds might measure them."""
    random = np.random.default_rng(seed)
    scopes = []
    for place, (start, end) in enumerate((("image", "text"), ("text", "image"), ("audio", "text"))):
        for bits, loss in (("32", 0.17), ("64", 0.10), ("128", 0.05), ("", 0.0)):
            names = {"from": start, "to": end, "space": "joint", "mode": "quick" if bits else "precise"}
            names |= {"bits": bits} if bits else {}
            scopes.append(_scope(random, names, 0.78 - 0.09 * place - loss))
    return Evaluation(
        title="Prints & Drawings, Northern Collection: made-up figures",
        kind="labels",
        scopes=tuple(scopes),
        rules=(
            "Equal scores: the document whose id is later in byte order stands first.",
            "A document that was not judged counts as not relevant.",
            "A query without any relevant document does not count.",
            "Precision and recall: at each of 101 levels the highest precision at that recall or beyond.",
        ),
        settings={"confidence": 0.95, "resamples": 10000, "library": "northern-collection", "depth": 1000},
        seed=seed,
        version="0.0",
        machine="a machine that does not exist, 2 cores, 8 GB",
        date="2026-01-02",
        notes=("All figures on this page are made up to show what a report looks like.",),
        comparisons=(_comparison(),),
    )


def _comparison() -> Comparison:
    found = (("map", 0.047, 0.012, 0.0004), ("ndcg@10", 0.041, 0.015, 0.0021), ("mrr", -0.006, 0.019, 0.54))
    differences = tuple(
        Difference(metric, 0.715, 0.715 + by, by, by - about, by + about, p, min(1.0, 3 * p), 0.9 * p, 251, 198, 28)
        for metric, by, about, p in found
    )
    differing = {"mode": ("quick", "precise"), "bits": (128, None)}
    return Comparison("128 bits", "full vectors", differing, differences)


def _scope(random: np.random.Generator, names: dict[str, str], level: float) -> Scope:
    scores = np.clip(random.normal(level, 0.21, _QUERIES), 0, 1)
    scores[:3] = np.nan
    figures = []
    for metric, times in _METRICS.items():
        values = np.clip(scores[3:] * times, 0, 1)
        mean, about = float(values.mean()), 1.96 * float(values.std()) / len(values) ** 0.5
        figures.append(Figure(metric, mean, mean - about, mean + about, 0.06, len(values)))
    figures.append(Figure("p@radius=2", float("nan"), float("nan"), float("nan"), 0.06, 0))
    precision = (0.06 + (level + 0.16) * (1 - _LEVELS ** (1.4 + 2 * level))).clip(0, 1)
    return Scope(
        names,
        tuple(figures),
        tuple(f"query-{number:03}" for number in range(_QUERIES)),
        {"map": scores},
        (Curve("pr", "101 points, highest at that recall or beyond", _LEVELS, precision),),
        _confusion(level) if names["mode"] == "precise" else {},
    )


def _confusion(level: float) -> dict[str, dict[str, float]]:
    rest = (1 - level) / (len(_SUBJECTS) - 1)
    return {one: {other: level if one == other else rest for other in _SUBJECTS} for one in _SUBJECTS}


def cost() -> Cost:
    """A benchmark at five sizes."""
    sizes = (100, 1_000, 10_000, 100_000, 1_000_000)
    timings = tuple(
        Timing(
            size, mode, "words and vectors", 400, base * grown, 2.1 * base * grown, 3.4 * base * grown, 6 * base * grown
        )
        for mode, base in (("quick", 1.4), ("precise", 6.5))
        for size in sizes
        for grown in (1 + (size / 60_000) ** 0.8,)
    )
    loads = tuple(
        Loaded(
            what="fixed", mode=mode, size=1000, clients=92, processes=2, seconds=600.0, arrivals="evenly", rate=10.0,
            scheduled=6000, answered=5998, failed=0, timed_out=2, success_percent=99.97, p50=p50, p95=2.2 * p50,
            p99=3.1 * p50, worst=5 * p50, most_at_once=int(p50) + 2, processor_percent=share, memory_mb=412.0,
            memory_percent=5.2, joules=float("nan"),
        )
        for mode, p50, share in (("quick", 4.1, 6.2), ("precise", 11.8, 14.9))
    )  # fmt: skip
    return Cost(
        title="Northern Collection, made-up figures",
        date="2026-01-02",
        seed=7,
        machine={"processor": "one that does not exist", "cores": 2, "memory": "8 GB"},
        timings=timings,
        growths=(Growth("pictures of the sample", 1000, 1400, 38.2, 36.6),),
        stored=(
            Stored(1400, "vectors", 2_867_200),
            Stored(1400, "codes", 44_800),
            Stored(1400, "catalogue", 1_540_096),
        ),
        loads=loads,
        compared=(Compared("time of an answer at 100 items", "s", 10.2, 0.013, 784.6),),
        notes=("Measured on an idle machine that does not exist.",),
    )


def examples() -> tuple[Example, ...]:
    """Two queries at each end."""

    def shown(name: str, hue: int, relevant: bool | None) -> Shown:
        return Shown(name, _picture(hue), relevant)

    return (
        Example("best", shown("A red boat in the harbour", 4, None), "map", 0.98, tuple(
            shown(f"Plate {number}: boats at the quay", 4 + number, True) for number in range(1, 6)), "image → text"),
        Example("best", Shown("小船在港湾"), "map", 0.93, tuple(
            shown(f"Plate {number}: harbour by night", 150 + number, number < 4) for number in range(1, 6))),
        Example("worst", shown("<script>alert('bad manners')</script> & 100 %", 90, None), "map", 0.04, tuple(
            shown(f"Plate {number}: a market with geese", 40 * number, number == 5) for number in range(1, 6))),
        Example("worst", Shown("القارب الأحمر"), "map", 0.0, ()),
    )  # fmt: skip


def _picture(hue: int) -> bytes:
    """A small landscape of two colours."""
    rows = np.linspace(0, 1, 60)[:, None] * np.ones(80)
    wave = 0.55 + 0.08 * np.sin(np.arange(80) / 9 + hue)
    pixels = np.stack([np.full((60, 80), (hue * 7) % 256), 90 + 60 * (rows > wave), 235 - 150 * rows], axis=-1)
    out = BytesIO()
    Image.fromarray(pixels.astype(np.uint8), "HSV").convert("RGB").save(out, "JPEG", quality=80)
    return out.getvalue()


def shown(seed: int = 7) -> Map:
    """Nine hundred vectors of eight groups."""
    random = np.random.default_rng(seed)
    centres = random.normal(0, 1, (len(_SUBJECTS), 64))
    chosen = random.choice(len(_SUBJECTS), 900, p=np.arange(8, 0, -1) / 36)
    vectors: Floats = centres[chosen] + random.normal(0, 0.75, (900, 64))
    return Map("joint", vectors, tuple(_SUBJECTS[one] for one in chosen.tolist()), "label")
