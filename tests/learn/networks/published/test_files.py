"""Files of weights: what is read, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from pinakes.errors import BadInput, PinakesError, Unreadable
from pinakes.learn.networks.published.files import read

TENSORS = {"a.weight": torch.arange(3.0), "b": torch.ones(2, 2)}


class Harmful:
    """What would run code when it is read carelessly."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (Path.touch, (Path("harm"),))  # type: ignore[return-value]


def same(path: Path) -> bool:
    found = read(path).tensors
    return found.keys() == TENSORS.keys() and all(torch.equal(found[name], TENSORS[name]) for name in TENSORS)


def test_safetensors_and_torchs_own_files_are_read_alike(tmp_path: Path) -> None:
    save_file(TENSORS, tmp_path / "a.safetensors")
    torch.save(TENSORS, tmp_path / "a.pth")
    torch.save({"model": TENSORS, "epoch": 3}, tmp_path / "b.pt")
    torch.save({"state_dict": TENSORS, "optimizer": {}}, tmp_path / "c.ckpt")
    assert all(same(tmp_path / name) for name in ("a.safetensors", "a.pth", "b.pt", "c.ckpt"))


def test_a_folder_of_the_hub_is_read_with_its_configuration(tmp_path: Path) -> None:
    save_file(TENSORS, tmp_path / "model.safetensors")
    torch.save({"other": torch.zeros(1)}, tmp_path / "pytorch_model.bin")
    assert same(tmp_path)
    assert read(tmp_path).config == {}
    (tmp_path / "config.json").write_text('{"model_type": "vit"}')
    assert read(tmp_path).config == {"model_type": "vit"}


def test_shards_are_put_together(tmp_path: Path) -> None:
    for number, (name, value) in enumerate(TENSORS.items()):
        save_file({name: value}, tmp_path / f"{number}.safetensors")
    index = {"weight_map": {name: f"{number}.safetensors" for number, name in enumerate(TENSORS)}}
    (tmp_path / "model.safetensors.index.json").write_text(json.dumps(index))
    assert same(tmp_path)


@pytest.mark.parametrize("name", ["../model.safetensors", "/etc/model.safetensors", "missing.safetensors"])
def test_a_shard_that_is_not_beside_its_index_is_not_read(tmp_path: Path, name: str) -> None:
    (tmp_path / "model.safetensors.index.json").write_text(json.dumps({"weight_map": {"a": name}}))
    with pytest.raises(PinakesError, match="weights anew"):
        read(tmp_path)


def test_what_could_run_code_is_refused_and_does_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    torch.save({"a": Harmful()}, tmp_path / "a.pth")
    with pytest.raises(BadInput, match="could run code"):
        read(tmp_path / "a.pth")
    assert not (tmp_path / "harm").exists()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.safetensors", b"no tensors", "can not be read"),
        ("a.pth", b"no tensors", "damaged"),
        ("a.npz", b"", "not a file of weights"),
        ("model.safetensors.index.json", b"{}", "names no files"),
        ("model.safetensors.index.json", b"{", "as JSON"),
    ],
)
def test_what_is_no_file_of_weights_is_refused(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BadInput, match=message):
        read(tmp_path / name)


def test_what_is_not_there_or_holds_no_names_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="There is no"):
        read(tmp_path / "none.safetensors")
    with pytest.raises(Unreadable, match="holds none of"):
        read(tmp_path)
    torch.save(torch.zeros(3), tmp_path / "one.pth")
    with pytest.raises(BadInput, match="no weights by their names"):
        read(tmp_path / "one.pth")
    torch.save({"a": torch.zeros(3), "epoch": 3}, tmp_path / "mixed.pth")
    with pytest.raises(BadInput, match="no tensors: epoch"):
        read(tmp_path / "mixed.pth")
