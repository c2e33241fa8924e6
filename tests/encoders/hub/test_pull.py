"""Fetching from a hub that behaves, and from hubs that do not."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pinakes import errors
from pinakes.encoders.hub import installed, remote
from pinakes.encoders.hub import pull as pull_module
from pinakes.encoders.hub.load import load
from pinakes.encoders.hub.pull import STAGING, Transfer, pull
from pinakes.errors import HubRefused, HubUnreachable
from pinakes.settings import Settings, with_values

from .fake_hub import COMMIT, REPOSITORY, FakeHub, contents, running

GRAPH = "onnx/model.onnx"


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "FIRST_WAIT", 0.0)
    monkeypatch.setattr(remote, "LONGEST_WAIT", 0.0)


@pytest.fixture()
def files(build: Callable[..., Any]) -> dict[str, bytes]:
    found = contents(build("sentences").folder)
    found["pytorch_model.bin"] = b"not wanted" * 100
    found["onnx/model_quantized.onnx"] = b"not wanted"
    found["LICENSE"] = b"MIT"
    return found


def fetch(hub: FakeHub, settings: Settings, **options: Any) -> installed.InstalledModel:
    return pull(REPOSITORY, Path(settings.models), replace(settings, hub=hub.address), **options)


def test_a_model_is_fetched_recorded_and_can_be_loaded(files: Any, settings: Settings) -> None:
    seen: list[Transfer] = []
    with running(files) as hub:
        model = fetch(hub, settings, progress=seen.append)
    assert load(REPOSITORY, Path(settings.models), settings).encode("text", ["a boat"]).shape == (1, 24)
    record = json.loads((model.folder / "pinakes-model.json").read_bytes())
    assert (record["revision"], record["licence"], record["dim"]) == (COMMIT, "mit", 24)
    assert set(record["files"]) == set(files) - {"pytorch_model.bin", "onnx/model_quantized.onnx"}
    assert all(len(file["sha256"]) == 64 for file in record["files"].values())
    assert seen[-1].done == seen[-1].total == sum(file["size"] for file in record["files"].values())
    assert not any((Path(settings.models) / STAGING).glob("*/*"))


def test_a_model_that_is_there_is_not_fetched_again(files: Any, settings: Settings) -> None:
    with running(files) as hub:
        fetch(hub, settings)
        hub.asked.clear()
        fetch(hub, settings)
        assert [path for path, _ in hub.asked if "resolve" in path] == []


def test_a_broken_connection_is_taken_up_where_it_broke(files: Any, settings: Settings) -> None:
    with running(files, break_after=len(files[GRAPH]) // 4, breaks=3) as hub:
        model = fetch(hub, settings)
        starts = [headers["Range"] for path, headers in hub.asked if path.startswith("storage") and "Range" in headers]
    assert (model.folder / GRAPH).read_bytes() == files[GRAPH]
    assert len(starts) == len(set(starts)) == 3


def test_each_try_that_brings_bytes_earns_further_tries(files: Any, settings: Settings) -> None:
    with running(files, break_after=len(files[GRAPH]) // 12, breaks=11) as hub:
        assert (fetch(hub, settings).folder / GRAPH).read_bytes() == files[GRAPH]


def test_a_later_run_takes_up_what_an_earlier_one_left(files: Any, settings: Settings) -> None:
    with running(files) as hub:
        part = len(files[GRAPH]) // 2
        staging = Path(settings.models) / STAGING / f"tiny--model@{COMMIT}" / "onnx"
        staging.mkdir(parents=True)
        (staging / "model.onnx.part").write_bytes(files[GRAPH][:part])
        fetch(hub, settings)
        ranges = [headers.get("Range") for path, headers in hub.asked if path == f"storage /{GRAPH}"]
    assert ranges == [f"bytes={part}-"]


def test_whole_files_of_an_earlier_run_are_not_fetched_again(files: Any, settings: Settings) -> None:
    seen: list[Transfer] = []
    staging = Path(settings.models) / STAGING / f"tiny--model@{COMMIT}"
    (staging / "onnx").mkdir(parents=True)
    (staging / GRAPH).write_bytes(files[GRAPH])
    (staging / "tokenizer.json").write_bytes(b"x" * len(files["tokenizer.json"]))
    with running(files) as hub:
        fetch(hub, settings, progress=seen.append)
        asked = {path for path, _ in hub.asked}
    assert f"storage /{GRAPH}" not in asked
    # What lies there under the right name with other bytes is fetched.
    assert f"/{REPOSITORY}/resolve/{COMMIT}/tokenizer.json" in asked
    assert seen[-1].done == seen[-1].total


def test_a_server_without_ranges_sends_the_whole_again(files: Any, settings: Settings) -> None:
    seen: list[Transfer] = []
    with running(files, break_after=1000, breaks=2, ranges=False) as hub:
        model = fetch(hub, settings, progress=seen.append)
    assert (model.folder / GRAPH).read_bytes() == files[GRAPH]
    assert seen[-1].done == seen[-1].total


def test_a_part_that_is_too_long_is_thrown_away(files: Any, settings: Settings) -> None:
    staging = Path(settings.models) / STAGING / f"tiny--model@{COMMIT}" / "onnx"
    staging.mkdir(parents=True)
    (staging / "model.onnx.part").write_bytes(files[GRAPH] + b"more")
    with running(files) as hub:
        assert (fetch(hub, settings).folder / GRAPH).read_bytes() == files[GRAPH]


@pytest.mark.parametrize("name", [GRAPH, "config.json"])
def test_wrong_bytes_are_fetched_once_more(files: Any, settings: Settings, name: str) -> None:
    with running(files, wrong={name: b"x" * len(files[name])}, wrong_times=1) as hub:
        assert (fetch(hub, settings).folder / name).read_bytes() == files[name]


@pytest.mark.parametrize("name", [GRAPH, "config.json"])
def test_bytes_that_stay_wrong_are_refused(files: Any, settings: Settings, name: str) -> None:
    with (
        running(files, wrong={name: b"x" * len(files[name])}, wrong_times=9) as hub,
        pytest.raises(errors.Damaged, match="wrong checksum"),
    ):
        fetch(hub, settings)
    assert installed.installed(Path(settings.models), settings) == ()


def test_a_file_longer_than_its_listing_is_refused(files: Any, settings: Settings) -> None:
    with (
        running(files, wrong={"config.json": files["config.json"] + b" " * 9}, wrong_times=9) as hub,
        pytest.raises(errors.Damaged, match="longer than"),
    ):
        fetch(hub, settings)


def test_a_truncated_file_is_refused_after_some_tries(files: Any, settings: Settings) -> None:
    with (
        running(files, wrong={GRAPH: files[GRAPH][:50]}, wrong_times=99) as hub,
        pytest.raises(errors.PinakesError, match=r"broke off|changed on the hub"),
    ):
        fetch(hub, settings)


def test_failures_that_pass_are_waited_for(files: Any, settings: Settings) -> None:
    with running(files) as hub:
        hub.statuses = [503, 429, 500]
        assert fetch(hub, settings).record.dim == 24


def test_without_a_network_the_error_says_so(settings: Settings) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{closed.getsockname()[1]}"
    with pytest.raises(HubUnreachable, match=r"can not be reached.*pinakes models pull FOLDER"):
        pull(REPOSITORY, Path(settings.models), replace(settings, hub=address))


def test_a_repository_that_is_not_there_is_named(files: Any, settings: Settings) -> None:
    with running(files) as hub, pytest.raises(errors.NotFound, match="tiny/other"):
        pull("tiny/other", Path(settings.models), replace(settings, hub=hub.address))


def test_a_closed_repository_asks_for_a_token(files: Any, settings: Settings) -> None:
    with running(files, token="secret") as hub:
        with pytest.raises(HubRefused, match="token"):
            fetch(hub, settings)
        assert fetch(hub, settings, token="secret").record.dim == 24


def test_the_token_is_not_sent_on_to_another_host(files: Any, settings: Settings) -> None:
    with running(files, token="secret") as hub:
        fetch(hub, settings, token="secret")
        sent = {path.startswith("storage"): "Authorization" in headers for path, headers in hub.asked}
    assert sent == {False: True, True: False}


def test_a_listing_of_several_pages_is_read_whole(files: Any, settings: Settings) -> None:
    with running(files, page=2) as hub:
        assert fetch(hub, settings).record.dim == 24


@pytest.mark.reliability
def test_a_listing_that_points_out_of_the_folder_is_refused(files: Any, settings: Settings) -> None:
    """B2: names with .., absolute or with a drive are refused before anything is written."""
    for name in ("../evil.json", "/etc/evil", "onnx/../../evil", "C:\\evil", "a\\..\\b", "x:y"):
        with running({**files, name: b"x"}) as hub, pytest.raises(errors.UnsafePath):
            fetch(hub, settings)
    assert not list(Path(settings.models).rglob("*evil*"))


def test_limits_hold_at_their_number(files: Any, settings: Settings) -> None:
    count = len(files)
    total = sum(
        len(data) for name, data in files.items() if name not in ("pytorch_model.bin", "onnx/model_quantized.onnx")
    )
    with running(files) as hub:
        for name, number in (("max_model_files", count), ("max_model_bytes", total)):
            with pytest.raises(errors.TooLarge, match=str(number - 1)):
                fetch(hub, with_values(settings, {name: number - 1}))
        exact = with_values(settings, {"max_model_files": count, "max_model_bytes": total})
        assert fetch(hub, exact).record.dim == 24


def test_configuration_is_read_up_to_its_limit(files: Any, settings: Settings, build: Any, install: Any) -> None:
    model = install(build("sentences").folder)
    largest = max(len(data) for name, data in files.items() if name.endswith("config.json"))
    with pytest.raises(errors.TooLarge, match="max_model_config_bytes"):
        load(model.name, model.folder.parent, with_values(settings, {"max_model_config_bytes": 100}))
    enough = max(largest, (model.folder / "pinakes-model.json").stat().st_size)
    load(model.name, model.folder.parent, with_values(settings, {"max_model_config_bytes": enough}))


@pytest.mark.reliability
def test_a_disk_without_space_is_told_before_anything_is_fetched(files: Any, settings: Settings) -> None:
    """D6: too little free space is one clear error."""
    with running(files) as hub, pytest.raises(errors.DiskFull, match="MiB free"):
        fetch(hub, with_values(settings, {"min_free_mib": 10**9}))


def test_a_variant_that_is_not_there_is_told_with_those_that_are(files: Any, settings: Settings) -> None:
    with running(files) as hub, pytest.raises(errors.Unsupported, match=r"fp16.*quantized"):
        fetch(hub, settings, variant="fp16")


def test_odd_names_never_reach_the_hub(files: Any, settings: Settings) -> None:
    with running(files) as hub:
        for what in ("a/b/c", "../x/y", "-a/b", "a/b?c=d"):
            with pytest.raises(errors.BadInput):
                pull(what, Path(settings.models), replace(settings, hub=hub.address))
        with pytest.raises(errors.BadInput):
            fetch(hub, settings, revision="../../x")
        assert hub.asked == []


def test_a_wrong_name_suggests_the_nearest_of_the_table(settings: Settings) -> None:
    with pytest.raises(errors.UnknownName, match="clip-vit-b32"):
        pull("clip-vit-b-32", Path(settings.models), settings)


def test_a_hub_of_another_kind_of_address_is_refused(settings: Settings) -> None:
    with pytest.raises(errors.BadSetting, match="https"):
        pull(REPOSITORY, Path(settings.models), replace(settings, hub="file:///etc"))


def test_a_redirect_to_a_file_is_refused(files: Any, settings: Settings) -> None:
    with running(files) as hub:
        hub.storage = "file:///etc"
        with pytest.raises(HubRefused, match="refuses"):
            fetch(hub, settings)


def test_a_redirect_that_leads_in_a_circle_is_an_error_of_ours(files: Any, settings: Settings) -> None:
    with running(files) as hub:
        hub.storage = f"{hub.address}/{REPOSITORY}/resolve/{COMMIT}"
        with pytest.raises(errors.PinakesError, match=r"model\.onnx"):
            fetch(hub, settings)


def test_a_silent_hub_is_given_up_and_taken_up_later(files: Any, settings: Settings) -> None:
    """The connection stands, but no byte comes: after the time-out it counts as broken."""
    with running(files, silent_after=len(files[GRAPH]) // 2) as hub:
        impatient = replace(remote.Hub(hub.address), timeout=0.1)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(pull_module, "Hub", lambda address, token, limits: replace(impatient, limits=limits))
            fetch(hub, settings)
        starts = [headers.get("Range") for path, headers in hub.asked if path == f"storage /{GRAPH}"]
    assert starts == [None, f"bytes={len(files[GRAPH]) // 2}-"]


def test_two_fetches_of_one_model_do_not_mix(files: Any, settings: Settings) -> None:
    from filelock import FileLock

    staging = Path(settings.models) / STAGING
    staging.mkdir(parents=True)
    with running(files) as hub, FileLock(staging / "tiny--model.lock"), pytest.raises(errors.Busy):
        fetch(hub, settings)


def test_weights_in_files_of_their_own_are_fetched(files: Any, settings: Settings) -> None:
    more = {"onnx/model.onnx_data": b"1", "onnx/Constant_7_attr__value": b"2", "onnx/model_O4.onnx": b"3"}
    with running({**files, **more, "onnx/vocab.txt": b"4"}) as hub:
        names = set(fetch(hub, settings).record.files)
    assert names & {*more, "onnx/vocab.txt"} == {"onnx/model.onnx_data", "onnx/Constant_7_attr__value"}


def test_parts_of_an_older_revision_do_not_stay_for_ever(files: Any, settings: Settings) -> None:
    old = Path(settings.models) / STAGING / "tiny--model@older" / "onnx"
    old.mkdir(parents=True)
    (old / "model.onnx.part").write_bytes(b"part")
    with running(files) as hub:
        fetch(hub, settings)
    assert not old.exists()
