"""What shorter codes cost: rankings by codes of several lengths against the definition, written out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from pinakes.encoders.hashers import fit
from pinakes.errors import PinakesError
from pinakes.evaluate import bits, report
from pinakes.evaluate.result import Evaluation
from pinakes.library import Library
from pinakes.library.evaluating import Measuring, evaluated
from tests.evaluate.shelves import KINDS, clustered, pictures

MANY = 40
HOW = Measuring(metrics="map", modes=["precise"], sample=0, bits=(32, 16))


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    labels = [(KINDS[number % len(KINDS)],) for number in range(MANY)]
    with pictures(tmp_path_factory.mktemp("bits") / "library", clustered(MANY), labels) as library:
        yield library


@pytest.fixture(scope="module")
def told(shelf: Library) -> Evaluation:
    return evaluated(shelf, HOW)


def precision(order: list[int], query: int) -> float:
    right = [other % len(KINDS) == query % len(KINDS) for other in order]
    return sum(sum(right[:rank]) / rank for rank in range(1, len(right) + 1) if right[rank - 1]) / sum(right)


def test_each_length_of_codes_is_ranked_whole_and_full_vectors_beside_them(shelf: Library, told: Evaluation) -> None:
    named = [tuple(scope.names.get(name) for name in ("mode", "hasher", "bits")) for scope in told.coded]
    assert [names for names in named if names[1] in ("itq", "rotation", None)] == [
        ("codes", "itq", "16"),
        ("codes", "rotation", "16"),
        ("codes", "rotation", "32"),
        ("vectors", None, None),
    ]
    # Too few vectors for itq to learn 32 bits of: the report says so.
    assert [note for note in told.notes if "hasher itq" in note] == [
        "No longer codes of toy: The hasher itq needs at least 64 vectors to learn from, not 40."
    ]
    # The search itself looks at the same vectors.
    (precise,) = told.scopes
    assert told.coded[-1].scores["map"] == pytest.approx(precise.scores["map"], abs=1e-9)


def test_average_precision_of_codes_lies_between_the_best_and_the_worst_order_of_what_is_tied(
    shelf: Library, told: Evaluation
) -> None:
    stored = clustered(MANY).astype(np.float16).astype(np.float32)
    hasher = fit("rotation", stored, "cosine", 32, HOW.seed)
    codes = np.unpackbits(hasher.codes(stored), axis=1)
    (scope,) = [one for one in told.coded if (one.names.get("hasher"), one.names.get("bits")) == ("rotation", "32")]
    for query in range(MANY):
        distances = (codes != codes[query]).sum(axis=1)
        others = [other for other in range(MANY) if other != query]
        wrong = {other: (other - query) % len(KINDS) != 0 for other in others}
        best = sorted(others, key=lambda other: (distances[other], wrong[other]))
        worst = sorted(others, key=lambda other: (distances[other], not wrong[other]))
        assert precision(worst, query) - 1e-9 <= scope.scores["map"][query] <= precision(best, query) + 1e-9


def test_what_is_tied_stands_in_no_order_of_the_library(tmp_path: Path) -> None:
    """All vectors are one: a library whose works were added kind by kind must not look better than chance."""
    same = np.repeat(clustered(1), MANY, axis=0)
    labels = [(KINDS[number * len(KINDS) // MANY],) for number in range(MANY)]
    with pictures(tmp_path / "library", same, labels) as library:
        coded = evaluated(library, HOW).coded
        for scope in coded:
            figure = scope.figure("map")
            assert abs(figure.value - figure.chance) < 0.08


def test_a_large_library_is_measured_on_works_drawn_by_chance(shelf: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bits, "_WORKS", 20)
    (vectors,) = [one for one in evaluated(shelf, HOW).coded if one.names["mode"] == "vectors"]
    assert 0 < vectors.figure("map").queries <= MANY
    assert vectors.figure("map").value > 2 * vectors.figure("map").chance


def test_the_figures_go_through_json_and_into_every_report(told: Evaluation) -> None:
    assert Evaluation.from_dict(told.as_dict()).as_dict() == told.as_dict()
    html = report.html(told)
    assert "map by bits, image → image" in html and "Full vectors reach: toy" in html
    assert "| full vectors |" in report.markdown(told)
    assert ",rotation,32,map," in report.csv(told)


def test_lengths_that_no_code_has_are_refused(shelf: Library) -> None:
    with pytest.raises(PinakesError, match="not 2000"):
        shelf.evaluate(bits=[2000])
