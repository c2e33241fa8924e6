"""Small text files a second, through the whole pipeline."""

from __future__ import annotations

import shutil

from benchmarks.frame import Figures, Options
from benchmarks.processes import run_module
from benchmarks.texts_made import write_files

FULL, QUICK = 100_000, 5_000


def run(options: Options) -> Figures:
    """Add that many files of about a hundred words in six languages to a new library, on two cores."""
    count = QUICK if options.quick else FULL
    files = write_files(options.folder(f"texts-{count}"), count)
    library = options.folder("libraries") / "texts"
    told = run_module("benchmarks.adding", {"folder": str(files), "library": str(library), "cores": 2}, 2)
    shutil.rmtree(library, ignore_errors=True)
    figures = Figures()
    figures.add("files", told["added"], "files")
    figures.add("failed", told["failed"], "files", at_most=0)
    figures.add("rate", told["added"] / told["seconds"], "files/s", at_least=1000, judged=not options.quick)
    return figures
