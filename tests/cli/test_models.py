"""pinakes models: fetched from a hub or a folder, used in the library, listed and removed."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pinakes.cli.progress import Progress
from pinakes.encoders.hub import remote
from pinakes.encoders.runtime import choose
from tests.cli.conftest import Run
from tests.encoders.conftest import build  # noqa: F401  # a fixture
from tests.encoders.hub.fake_hub import REPOSITORY, contents, running


@pytest.fixture(autouse=True)
def own_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of models of the test's own, and a hub that is asked again at once."""
    monkeypatch.setenv("PINAKES_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("PINAKES_RUNTIME", "onnxruntime")
    monkeypatch.setattr(remote, "FIRST_WAIT", 0.0)
    monkeypatch.setattr(remote, "LONGEST_WAIT", 0.0)
    monkeypatch.setattr(choose, "SECONDS", 0.01)
    return tmp_path / "models"


@pytest.fixture
def tiny(build: Callable[..., Any]) -> Path:  # noqa: F811
    """The folder of a tiny model of random weights in the layout of sentence-transformers."""
    folder: Path = build("sentences").folder
    return folder


def rows(run: Run) -> dict[str, dict[str, Any]]:
    return {record["name"]: record for record in run("models", "list", "--json").records}


def test_a_model_goes_from_the_hub_into_the_library_and_out_again(
    run: Run, library: Path, tiny: Path, own_models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running(contents(tiny)) as hub:
        monkeypatch.setenv("PINAKES_HUB", hub.address)
        (pulled,) = run("models", "pull", REPOSITORY, "--json").records
    assert pulled["model"] == REPOSITORY
    assert Path(pulled["folder"]).parent == own_models
    assert rows(run)[REPOSITORY]["installed"]
    assert rows(run)[REPOSITORY]["speed"] == ""
    used = run("models", "use", REPOSITORY, "--library", library)
    assert (used.code, used.out) == (0, f"{REPOSITORY}: 2 parts encoded.\n")
    # Once it was measured on this machine, its speed is known.
    assert rows(run)[REPOSITORY]["speed"].endswith(" texts/s")
    found = run("search", "lighthouse keeper", "--library", library, "--json", "--min-score", "0").records
    assert REPOSITORY in {reason["space"] for record in found for reason in record["why"]["spaces"]}
    removed = run("models", "remove", REPOSITORY)
    assert (removed.code, list(own_models.glob("[!.]*"))) == (0, [])
    without = run("search", "lighthouse", "--library", library)
    assert without.code == 2
    assert REPOSITORY in without.err


def test_a_model_comes_from_a_folder_without_a_network(run: Run, tiny: Path) -> None:
    assert run("models", "pull", tiny, "--link").code == 0
    row = rows(run)["sentences"]
    assert (row["modalities"], row["dim"], row["installed"]) == (["text"], 24, True)
    assert "* sentences" in run("models", "list").out


def test_fetching_shows_how_far_it_is(run: Run, tiny: Path, monkeypatch: pytest.MonkeyPatch, own_models: Path) -> None:
    drawn = io.StringIO()
    drawn.isatty = lambda: True  # type: ignore[method-assign]
    monkeypatch.setattr("pinakes.cli.progress.sys.stderr", drawn)
    monkeypatch.setattr("pinakes.cli.progress._INTERVAL", 0.0)
    with running(contents(tiny)) as hub:
        monkeypatch.setenv("PINAKES_HUB", hub.address)
        assert run("models", "pull", REPOSITORY).code == 0
        total = sum(len(data) for data in contents(tiny).values())
    assert f"{total:,}/{total:,} B" in drawn.getvalue()
    assert drawn.getvalue().count("\r") > 3


@pytest.mark.parametrize(
    ("trouble", "code", "said"),
    [
        ({"break_after": 100, "breaks": 10**6, "ranges": False}, 1, "connection"),
        ({"wrong": {"config.json": b"{"}, "wrong_times": 10**6}, 1, "config.json"),
        ({"token": "secret"}, 1, "HF_TOKEN"),
    ],
)
def test_a_fetch_that_fails_says_why_and_leaves_no_model(
    run: Run, tiny: Path, monkeypatch: pytest.MonkeyPatch, trouble: dict[str, Any], code: int, said: str
) -> None:
    monkeypatch.delenv("HF_TOKEN", raising=False)
    with running(contents(tiny), **trouble) as hub:
        monkeypatch.setenv("PINAKES_HUB", hub.address)
        ended = run("models", "pull", REPOSITORY)
    assert ended.code == code, ended.err
    assert said in ended.err
    assert "Traceback" not in ended.err
    assert REPOSITORY not in rows(run)


def test_without_a_network_or_with_a_wrong_name_the_way_out_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PINAKES_HUB", "http://127.0.0.1:9")
    ended = run("models", "pull", "minilm-l6")
    assert ended.code != 0
    assert "pinakes models pull FOLDER" in ended.err
    wrong = run("models", "pull", "minilm-l7")
    assert (wrong.code, "minilm-l6" in wrong.err) == (2, True)


def test_a_model_that_was_not_fetched_is_not_used(run: Run, library: Path) -> None:
    for more in ((), ("--background",)):
        ended = run("models", "use", "minilm-l6", "--library", library, *more)
        assert (ended.code, ended.out) == (2, "")
        assert "pinakes models pull minilm-l6" in ended.err


def test_encoding_in_the_background_ends_by_itself(
    run: Run, library: Path, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started_ones: list[subprocess.Popen[bytes]] = []

    def kept(*command: Any, **options: Any) -> subprocess.Popen[bytes]:
        started_ones.append(popen(*command, **options))
        return started_ones[-1]

    popen = subprocess.Popen
    monkeypatch.setattr("pinakes.cli.models.subprocess.Popen", kept)
    for number in range(12):
        (media / f"{number}.txt").write_text(f"The sail of ship {number} in the wind. The lighthouse stands {number}.")
    run("add", media, "--library", library)
    began = run("models", "use", "lsa", "--background", "--bits", "64", "--library", library, "--json")
    assert began.records == [{"process": started_ones[0].pid}]
    assert started_ones[0].wait(timeout=60) == 0
    (status,) = run("status", "--library", library, "--json").records
    assert status["spaces"]["lsa"] == 64
    assert (status["encoding"]["state"], status["encoding"]["done"]) == ("done", 14)
    assert "lsa" in rows(run)


def test_a_bar_of_encoding_knows_its_total(
    run: Run, library: Path, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    totals: list[int | None] = []
    step = Progress.step

    def noted(self: Progress, done: int = 1, failed: int = 0) -> None:
        totals.append(self.total)
        step(self, done, failed)

    monkeypatch.setattr(Progress, "step", noted)
    for number in range(12):
        (media / f"{number}.txt").write_text(f"The sail of ship {number} in the wind. The lighthouse stands {number}.")
    run("add", media, "--library", library)
    totals.clear()
    assert run("models", "use", "lsa", "--library", library).code == 0
    assert totals == [14] * 14


def test_a_broken_extension_does_not_hide_the_table(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from pinakes.encoders.base import ENCODERS

    def broken(settings: object) -> Any:
        raise RuntimeError("no such device")

    monkeypatch.setattr(ENCODERS, "_things", {**ENCODERS._things, "broken": broken})
    listed = rows(run)
    assert "no such device" in listed["broken"]["about"]
    assert {"colour", "lsa", "clip-vit-b32"} <= set(listed)
