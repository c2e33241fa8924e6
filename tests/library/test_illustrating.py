"""What a report of a library shows beside its figures: queries with what was found, maps, modalities confused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pinakes.catalogue import previews
from pinakes.evaluate import report
from pinakes.evaluate.report.projection import UNGROUPED
from pinakes.library import Library
from pinakes.library.evaluating import Measuring, evaluated, reported
from pinakes.library.illustrating import grouped, maps
from pinakes.media.preview import jpeg
from tests.evaluate.shelves import KINDS, captioned, clustered, pictures
from tests.makers import vectors

MANY = 24


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Library]:
    """Pictures of four kinds with previews, of which one in twelve has no label."""
    labels = [() if number % 12 == 11 else (KINDS[number % len(KINDS)],) for number in range(MANY)]
    with pictures(tmp_path / "library", clustered(MANY), labels) as library:
        for number in range(1, MANY + 1):
            previews.save(
                previews.part_preview(library.folder, number), jpeg(Image.new("RGB", (600, 300), (number, 0, 0)))
            )
        yield library


def test_the_best_and_the_worst_queries_are_shown_with_small_pictures_of_what_was_found(shelf: Library) -> None:
    told = reported(shelf, Measuring(metrics="map", sample=0))
    best = [one for one in told.examples if one.kind == "best"]
    worst = [one for one in told.examples if one.kind == "worst"]
    assert len(best) == len(worst) == 3
    (way,) = {one.scope for one in told.examples}
    scope = max(told.evaluation.scopes, key=lambda one: one.figure("map").value)
    assert way == f"image → image, toy, {scope.names['mode']}"
    assert best[0].value == np.nanmax(scope.scores["map"]) and worst[0].value == np.nanmin(scope.scores["map"])
    for example in told.examples:
        kind = example.query.text.removeprefix("Its labels: ").removesuffix(".")
        assert kind in KINDS and len(example.found) == 5
        for found in example.found:
            assert found.relevant == (kind == KINDS[int(found.caption) % len(KINDS)])
            with Image.open(BytesIO(found.picture)) as image:
                assert image.size == (224, 112)


def test_the_figures_are_the_same_with_and_without_what_is_shown(shelf: Library) -> None:
    how = Measuring(metrics="map", modes=["precise"])
    assert reported(shelf, how).evaluation.as_dict()["scopes"] == evaluated(shelf, how).as_dict()["scopes"]


def test_a_damaged_preview_is_left_out(shelf: Library) -> None:
    for path in (shelf.folder / previews.FOLDER).glob("*/*.jpg"):
        path.write_bytes(path.read_bytes()[:-3])
    told = reported(shelf, Measuring(metrics="map", modes=["precise"]))
    assert not any(found.picture for example in told.examples for found in example.found)
    assert "<img" not in report.html(told.evaluation, (), told.examples, told.maps)


def test_the_page_holds_all_its_pictures(shelf: Library) -> None:
    told = reported(shelf, Measuring(metrics="map", modes=["precise"]))
    html = report.html(told.evaluation, (), told.examples, told.maps)
    assert html.count('<img alt="" src="data:image/jpeg;base64,') == 6 * 6
    assert 'src="http' not in html and 'src="/' not in html
    assert "Map of the space toy" in html


def test_a_map_shows_each_space_by_labels(shelf: Library) -> None:
    (one,) = maps(shelf, "labels", 1)
    assert (one.space, one.grouped_by, one.of, len(one.vectors)) == ("toy", "labels", MANY, MANY)
    assert one.groups.count(UNGROUPED) == MANY // 12 and one.groups.count("boat") == MANY // 4
    # Vectors stand by their labels: those of a kind lie nearer to each other than to others.
    boats = one.vectors[[place for place, name in enumerate(one.groups) if name == "boat"]]
    trees = one.vectors[[place for place, name in enumerate(one.groups) if name == "tree"]]
    assert (boats @ boats.T).mean() > (boats @ trees.T).mean() + 0.1
    assert [other.grouped_by for other in maps(shelf, "subjects", 1)] == ["modality"]


def test_of_several_labels_the_rarest_that_is_named_stands_for_a_part() -> None:
    many = [("sea", f"rare {number}") for number in range(30)]
    assert grouped([*many, ("sea", "boat"), ("boat",), ("boat",), ()])[-4:] == ("boat", "boat", "boat", UNGROUPED)
    assert set(grouped([*many, ("sea", "boat"), ("boat",)])[:1]) <= {"rare 0", "sea"}


@pytest.mark.usefixtures("classical_alone")
def test_texts_show_what_they_say(tmp_path: Path) -> None:
    media = tmp_path / "media"
    media.mkdir()
    for name, text in (
        ("a", "far away, a red boat lies"),
        ("b", "a boat and a boat"),
        ("c", "house"),
        ("d", "bells"),
    ):
        (media / f"{name}.txt").write_text(text)
    judged = tmp_path / "judged"
    judged.mkdir()
    queries = [
        {"id": "q1", "text": "boat - red"},
        {"id": "q2", "text": str(media / "c.txt")},
        {"id": "q3", "text": "bells"},
    ]
    (judged / "queries.jsonl").write_text("\n".join(map(json.dumps, queries)))
    (judged / "qrels.tsv").write_text("q1 0 b.txt 1\nq1 0 a.txt 0\nq2 0 d.txt 1\nq3 0 d.txt 1\n")
    with Library.open(tmp_path / "library", create=True) as library:
        library.add(media)
        told = reported(library, Measuring(queries=judged, metrics="mrr", modes=["precise"]))
        shown = {one.query.caption: one for one in told.examples}
        assert shown["boat - red"].found[0] == report.Shown("b", relevant=True, text="a boat and a boat")
        assert shown["c.txt"].query.text == "house" and shown["c.txt"].found == ()
        assert told.maps == ()
        html = report.html(told.evaluation, (), told.examples, told.maps)
        assert "<blockquote><bdi>a boat and a boat</bdi></blockquote>" in html


def test_modalities_that_are_taken_for_each_other_are_counted(tmp_path: Path) -> None:
    """Pictures lie near pictures, whatever they show: the modality gap."""
    gap = np.zeros((20, 32), np.float32)
    gap[:, 0] = 3
    images, texts = vectors(20, seed=1) + gap, vectors(20, seed=2) - gap
    with captioned(tmp_path / "library", images, texts, ["a boat"] * 20) as library:
        told = evaluated(library, Measuring(label="description", metrics="map", modes=["precise"], spaces=["toy"]))
        directions = {(scope.names["from"], scope.names["to"]): scope for scope in told.scopes}
        # Each work has a picture and a text: what comes back is most often of the query's own kind.
        for kind in ("image", "text"):
            (shares,) = directions[kind, "any"].confusion.values()
            assert sum(shares.values()) == pytest.approx(1)
            assert shares[kind] > 0.8
        assert directions["image", "image"].confusion == {"a boat": {"a boat": 1.0}}
        assert {one.grouped_by for one in maps(library, "description", 1)} == {"modality", "description"}
