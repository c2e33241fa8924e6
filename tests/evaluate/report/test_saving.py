"""Reports as files."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from pinakes.errors import BadInput, MissingExtra, NotFound, UsageError
from pinakes.evaluate import report
from pinakes.evaluate.cost import Cost
from pinakes.evaluate.report.saving import KINDS, refuse_target, save

COST = Cost("A library", "2026-11-27", 1, {"cpu": "one", "cores": 2, "memory_gb": 4, "system": "", "python": "3"})


@pytest.mark.parametrize("ending", KINDS)
def test_the_ending_tells_the_kind(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"Report{ending.upper()}"
    path.write_text("an older one")
    save(path, None, [COST])
    assert path.read_text(encoding="utf-8") == KINDS[ending](None, [COST])
    assert list(tmp_path.iterdir()) == [path]


def test_what_can_not_be_written_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "folder.md").mkdir()
    for name, error in (("report.pdf", UsageError), ("report", UsageError), ("no/report.md", NotFound)):
        with pytest.raises(error):
            refuse_target(tmp_path / name)
    with pytest.raises(BadInput, match="is a folder"):
        save(tmp_path / "folder.md", None, [COST])
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(MissingExtra, match="report"):
        refuse_target(tmp_path / "report.html")
    refuse_target(tmp_path / "report.md")
    assert report.markdown(None, [COST])
