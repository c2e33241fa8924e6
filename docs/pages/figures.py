"""The page of all measured figures, from what the benchmarks printed: `python -m benchmarks NAME --json`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchmarks.frame import BENCHMARKS, Figure
from benchmarks.table import number
from docs.pages.markdown import code, page, table

FIGURES = Path(__file__).parents[1] / "figures"

_INTRODUCTION = """Every figure as its command printed it, with the machine and the date; what they mean is told in
[benchmarks](../benchmarks.md). A figure that misses its target says so. To measure anew and bring this page up to date:

```text
python -m benchmarks search --json > docs/figures/search.json
python -m docs.build
```"""
_VERDICTS = {True: "holds", False: "**missed**", None: ""}


def figures() -> str:
    """The page."""
    told = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in FIGURES.glob("*.json")}
    return page(
        "Figures",
        _INTRODUCTION,
        *(block for name in BENCHMARKS if name in told for block in _section(name, told[name])),
    )


def _section(name: str, told: dict[str, Any]) -> list[str]:
    machine = told["machine"]
    versions = ", ".join(f"{part} {version}" for part, version in machine["versions"].items())
    about = (
        f"{BENCHMARKS[name].about[0].upper()}{BENCHMARKS[name].about[1:]}. Measured with "
        f"{code(f'python -m benchmarks {name}' + (' --quick' if told['size'] == 'quick' else ''))} on {told['date']}: "
        f"{machine['cpu']}, {machine['cores']} cores, {machine['memory_gb']} GB, {machine['system']}, "
        f"Python {machine['python']}; {versions}."
    )
    rows = [_row(key, Figure(**figure)) for key, figure in told["figures"].items()]
    return [f"## {name}", about, table(("figure", "value", "target", ""), rows), *told["notes"]]


def _row(key: str, figure: Figure) -> tuple[str, ...]:
    return key, f"{number(figure.value)} {figure.unit}".strip(), figure.target, _VERDICTS[figure.holds]
