"""Write a report of made-up figures: python -m pinakes.evaluate.report FILE.html (or .md, .csv, .tex)."""

from __future__ import annotations

import sys
from pathlib import Path

from pinakes.evaluate import report
from pinakes.evaluate.report import demonstration

_WRITERS = {".html": report.html, ".md": report.markdown, ".csv": report.csv, ".tex": report.latex}


def main(names: list[str]) -> int:
    """Write each file in the format that its suffix names."""
    if not names or any(Path(name).suffix not in _WRITERS for name in names):
        sys.stderr.write(f"{__doc__}\n")
        return 2
    for name in names:
        write = _WRITERS[Path(name).suffix]
        text = write(
            demonstration.evaluation(),
            costs=[demonstration.cost()],
            examples=demonstration.examples(),
            maps=[demonstration.shown()],
        )
        Path(name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
