"""`python -m benchmarks list`, `python -m benchmarks NAME [--json] [--data DIR] [--quick]`, `... all --fit MINUTES`."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.frame import BENCHMARKS, OF_DATA, Figures, Options, that_fit
from benchmarks.processes import ROOT
from benchmarks.table import table


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one benchmark, all, or list them; 0 where every judged target holds, else 1."""
    given = parser().parse_args(arguments)
    if given.name == "list":
        for name, benchmark in BENCHMARKS.items():
            print(f"{name:12} about {benchmark.minutes:g} min, quick {benchmark.quick_minutes:g}: {benchmark.about}")
        return 0
    if given.name == "all":
        return run_all(given)
    options = Options(given.quick, given.data, *([given.cache] if given.cache else []))
    figures = BENCHMARKS[given.name].run(options)
    show(given.name, figures, options, as_json=given.json)
    return 0 if figures.holds else 1


def parser() -> argparse.ArgumentParser:
    """The parser of the command line."""
    found = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    found.add_argument("name", choices=("list", "all", *BENCHMARKS))
    found.add_argument("--json", action="store_true", help="print one JSON object")
    found.add_argument("--quick", action="store_true", help="smaller sizes; targets of the full size are not judged")
    found.add_argument("--data", type=Path, metavar="DIR", help="folder of data sets")
    found.add_argument("--cache", type=Path, metavar="DIR", help="folder of generated data (default: a temporary one)")
    found.add_argument("--fit", type=float, metavar="MINUTES", help="with all: at full size only what fits")
    return found


def show(name: str, figures: Figures, options: Options, *, as_json: bool) -> None:
    """Print figures for machines or for people."""
    if as_json:
        print(json.dumps(figures.as_dict(name, options)))
    else:
        print(table(name, figures, options))


def run_all(given: argparse.Namespace) -> int:
    """Run benchmarks one after the other, each in a process of its own, so that none leaves anything to the next."""
    chosen = dict.fromkeys(BENCHMARKS, given.quick) if given.fit is None else that_fit(given.fit)
    passed = [("--json", given.json), ("--data", given.data), ("--cache", given.cache)]
    codes = []
    for name, quick in chosen.items():
        if name in OF_DATA and given.data is None:
            continue
        command = [sys.executable, "-m", "benchmarks", name, *(["--quick"] if quick else [])]
        for option, value in passed:
            command += [option] if value is True else [option, str(value)] if value else []
        codes.append(subprocess.run(command, cwd=ROOT, check=False).returncode)
    return 1 if any(codes) else 0


if __name__ == "__main__":
    raise SystemExit(main())
