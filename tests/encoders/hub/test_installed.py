"""Models in the models folder: from a folder, found, verified, removed."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from pinakes import errors
from pinakes.encoders.hub import record
from pinakes.encoders.hub.installed import find, installed, remove
from pinakes.encoders.hub.load import load
from pinakes.encoders.hub.pull import pull
from pinakes.settings import Settings

GRAPH = "onnx/model.onnx"


def test_a_folder_can_be_linked_instead_of_copied(build: Any, install: Any) -> None:
    tiny = build("sentences")
    assert os.path.samefile(install(tiny.folder, link=True).folder / GRAPH, tiny.folder / GRAPH)


@pytest.mark.parametrize("link", [True, False])
def test_the_cache_of_the_hub_itself_is_read(build: Any, install: Any, tmp_path: Path, link: bool) -> None:
    """Its snapshots are links to files named by their hash, and its folder is named by the commit."""
    snapshot = tmp_path / "models--intfloat--e5-small" / "snapshots" / ("c" * 40)
    blobs = tmp_path / "models--intfloat--e5-small" / "blobs"
    blobs.mkdir(parents=True)
    for number, file in enumerate(path for path in build("sentences").folder.rglob("*") if path.is_file()):
        place = snapshot / file.relative_to(build("sentences").folder)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, blobs / str(number))
        place.symlink_to(os.path.relpath(blobs / str(number), place.parent))
    model = install(snapshot, link=link)
    assert (model.name, model.record.hints.query_prefix) == ("intfloat/e5-small", "query: ")
    assert not (model.folder / GRAPH).is_symlink()
    assert (model.folder / GRAPH).read_bytes() == (build("sentences").folder / GRAPH).read_bytes()


def test_a_copy_of_an_installed_model_keeps_its_record(
    build: Any, install: Any, settings: Settings, tmp_path: Path
) -> None:
    first = install(build("sentences").folder)
    copied = pull(str(first.folder), tmp_path / "elsewhere", settings)
    assert copied.record == first.record


def test_a_damaged_copy_is_refused(build: Any, install: Any, settings: Settings, tmp_path: Path) -> None:
    first = install(build("sentences").folder)
    _flip(first.folder / GRAPH)
    with pytest.raises(errors.Damaged, match="checksum"):
        pull(str(first.folder), tmp_path / "elsewhere", settings)


def test_a_folder_without_a_model_is_refused(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(errors.Unsupported, match="no ONNX graph"):
        pull(str(tmp_path / "empty"), Path(settings.models), settings)


@pytest.mark.reliability
def test_a_flipped_bit_is_found_at_the_first_use_after_copying(build: Any, install: Any, settings: Settings) -> None:
    """D7: a model's file whose time changed is hashed again."""
    model = install(build("sentences").folder)
    _flip(model.folder / GRAPH)
    with pytest.raises(errors.Damaged, match=r"model.onnx.*checksum"):
        load(model.name, model.folder.parent, settings)


def test_a_shortened_or_missing_file_is_found_at_every_use(build: Any, install: Any, settings: Settings) -> None:
    model = install(build("sentences").folder)
    graph = model.folder / GRAPH
    before = graph.stat()
    graph.write_bytes(graph.read_bytes()[:-1])
    os.utime(graph, ns=(before.st_atime_ns, before.st_mtime_ns))
    with pytest.raises(errors.Damaged, match="bytes instead of"):
        load(model.name, model.folder.parent, settings)
    graph.unlink()
    with pytest.raises(errors.Damaged, match="missing"):
        load(model.name, model.folder.parent, settings)


def test_files_are_hashed_once_and_then_trusted_by_size_and_time(
    build: Any, install: Any, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = install(build("sentences").folder)
    monkeypatch.setattr(record, "sha256_of", lambda path: pytest.fail("hashed again"))
    load(model.name, model.folder.parent, settings)


def test_a_removed_model_is_gone(build: Any, install: Any, settings: Settings) -> None:
    model = install(build("sentences").folder)
    assert [found.name for found in installed(model.folder.parent, settings)] == [model.name]
    remove(model.name, model.folder.parent, settings)
    assert installed(model.folder.parent, settings) == ()
    assert not model.folder.exists()


def test_a_wrong_name_suggests_the_nearest(build: Any, install: Any, settings: Settings) -> None:
    model = install(build("sentences").folder)
    with pytest.raises(errors.UnknownName, match="Did you mean sentences"):
        find("sentence", model.folder.parent, settings)


def test_no_name_leads_out_of_the_models_folder(build: Any, install: Any, settings: Settings) -> None:
    model = install(build("sentences").folder)
    inner = model.folder.parent / "inner"
    inner.mkdir()
    for name in ("..", "../" + model.folder.name, ".", "", "/"):
        with pytest.raises(errors.UnknownName):
            remove(name, inner, settings)
    assert model.folder.exists()


def test_a_damaged_record_hides_the_model_and_is_named_when_asked_for(
    build: Any, install: Any, settings: Settings
) -> None:
    model = install(build("sentences").folder)
    for content in (b"{", b"[]", b'{"format": 1}', b'{"format": 1, "files": {"../x": {}}}'):
        (model.folder / record.RECORD).write_bytes(content)
        assert installed(model.folder.parent, settings) == ()
        with pytest.raises(errors.PinakesError):
            find(model.name, model.folder.parent, settings)


def test_a_record_of_a_later_version_is_refused(build: Any, install: Any, settings: Settings) -> None:
    model = install(build("sentences").folder)
    path = model.folder / record.RECORD
    path.write_text(path.read_text().replace('"format": 1', '"format": 2'))
    with pytest.raises(errors.NewerLibrary):
        find(model.name, model.folder.parent, settings)


def test_a_second_pull_replaces_the_first(build: Any, install: Any, settings: Settings, tmp_path: Path) -> None:
    copy = tmp_path / "copy" / "sentences"
    shutil.copytree(build("sentences").folder, copy)
    first = install(copy)
    (copy / "LICENSE").write_text("changed")
    second = install(copy)
    assert first.folder == second.folder
    assert (second.folder / "LICENSE").read_text() == "changed"
    assert [model.record for model in installed(second.folder.parent, settings)] == [second.record]


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
