"""Whole processes as a person starts them: import, --version, a search for words."""

from __future__ import annotations

import shutil
import subprocess
import sys
from statistics import median

from benchmarks.frame import Figures, Options
from benchmarks.libraries import library_of_texts
from benchmarks.processes import ROOT, environment
from pinakes.evaluate.texts_made import documents, queries
from pinakes.evaluate.timing import seconds

FULL, QUICK, TIMES = 100_000, 5_000, 10
_IMPORT = "import time; start = time.perf_counter(); import pinakes; print(time.perf_counter() - start)"


def run(options: Options) -> Figures:
    """Medians of ten processes each."""
    count = QUICK if options.quick else FULL
    folder = library_of_texts(options.folder("libraries") / f"texts-{count}", documents(count))
    figures = Figures()
    imports = [float(_output([sys.executable, "-c", _IMPORT])) for _ in range(TIMES)]
    figures.add("import pinakes", 1000 * median(imports), "ms", at_most=150)
    command = [shutil.which("pinakes", path=str(_scripts())) or "pinakes"]
    figures.add("pinakes --version", _median([[*command, "--version"]] * TIMES), "ms")
    searches = [[*command, "search", "--library", str(folder), *asked.split()] for asked in queries(TIMES)]
    _output(searches[0])
    figures.add("parts", count, "parts")
    figures.add("pinakes search", _median(searches), "ms", at_most=500, judged=not options.quick)
    filtered = [[*search, "--where", "labels=b"] for search in searches]
    figures.add("pinakes search --where", _median(filtered), "ms", at_most=500, judged=not options.quick)
    return figures


def _scripts() -> str:
    from pathlib import Path

    return str(Path(sys.executable).parent)


def _median(commands: list[list[str]]) -> float:
    return 1000 * median(seconds(lambda one=command: _output(one)) for command in commands)  # type: ignore[misc]


def _output(command: list[str]) -> str:
    done = subprocess.run(command, env=environment(2), cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout
