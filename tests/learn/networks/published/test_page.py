"""The page on published weights says what is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import torch

from pinakes.learn.networks.published import NAMINGS
from tests.learn.networks.published import written
from tests.learn.networks.published.written import Written

PAGE = Path(__file__).parents[4] / "docs" / "how-to" / "published-weights.md"


def test_its_table_has_every_source_of_every_network() -> None:
    known: dict[str, dict[str, None]] = {}
    for naming in NAMINGS:
        for network in naming.networks:
            known.setdefault(network, {})[naming.source] = None
    table = re.findall(r"^\| `(\w+)` \| (.+) \|$", PAGE.read_text(encoding="utf-8"), re.M)
    assert {network: sources.split(", ") for network, sources in table} == {each: [*known[each]] for each in known}


def test_its_commands_work_on_a_file_of_the_published_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    weights = Written()
    written.resnet(
        weights, torch.randn(1, 3, 32, 32), (64, 128, 256, 512), (2, 2, 2, 2), 1000, narrow=False, squeeze=False
    )
    torch.save(weights.tensors, tmp_path / "resnet18.pth")
    monkeypatch.chdir(tmp_path)
    first, second = re.findall(r"^```py\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.M | re.S)
    names: dict[str, object] = {}
    exec(first, names)
    loaded, shown = eval("(loaded.source, loaded.tensors, loaded.notes)", names), first.split("# ")[-1]
    assert repr(loaded) == shown.strip()
    exec(second, names)
