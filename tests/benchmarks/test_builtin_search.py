"""How searches of texts are judged: captions that ask for the others of their picture, in a library made for it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import builtin_search as benchmark
from benchmarks.frame import Options
from pinakes.encoders.builtin import files


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A set of 48 pictures with three captions each, of which the first and the second have a word of their own."""
    folder = tmp_path / "data" / benchmark.CAPTIONS
    folder.mkdir(parents=True)
    lines = [
        {"image": f"{n}.jpg", "captions": [f"who saw thing{n}?", f"thing{n} - or so", f"somebody else than {n}"]}
        for n in range(48)
    ]
    (folder / "captions_dev.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    return tmp_path / "data"


def test_the_first_caption_of_each_fourth_picture_asks_for_its_other_ones(data: Path) -> None:
    asking = benchmark.captions(data / benchmark.CAPTIONS / "captions_dev.jsonl")
    assert len(asking.texts) == 96 and asking.texts[1] == "somebody else than 0"
    assert asking.queries[:2] == ["who saw thing0?", "who saw thing4?"] and len(asking.queries) == 12
    assert asking.gains[1] == {8: 1.0, 9: 1.0}


def test_a_search_is_judged_by_every_way(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, builtin_model: Path
) -> None:
    monkeypatch.setattr(files, "FOLDER", builtin_model)
    told = benchmark.run(Options(quick=True, data=data, cache=tmp_path / "cache")).as_dict("builtin-search", Options())
    values = {name: figure["value"] for name, figure in told["figures"].items()}
    # Of two captions words find one, the first.
    assert values["flickr8k, words alone"] == pytest.approx(1 / (1 + 1 / 1.584963), abs=1e-4)
    assert values["flickr8k, all together"] >= values["flickr8k, words alone"] - 1e-6
    assert {name.split(", ")[1] for name in values} >= set(benchmark.WAYS) - {"all together, by ranks"}


def test_without_data_it_says_what_it_needs() -> None:
    assert "cisi, cranfield, flickr8k" in benchmark.run(Options()).notes[0]
