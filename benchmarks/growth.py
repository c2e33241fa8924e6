"""Memory while adding files must not grow with their number: children included, 10,000 files against 100,000."""

from __future__ import annotations

import json
import shutil
import sys

from benchmarks.frame import Figures, Options
from benchmarks.processes import watched
from benchmarks.texts_made import write_files
from pinakes.evaluate.resources import Memory

FULL, QUICK = (10_000, 100_000), (500, 2_000)
# One file in so many is a picture, so that the decoding children work too.
PICTURES_EVERY = 10


def run(options: Options) -> Figures:
    """The peak memory of the whole process tree at two sizes."""
    figures = Figures()
    peaks = []
    for count in QUICK if options.quick else FULL:
        seconds, peak = _added(options, count)
        peaks.append(peak)
        figures.add(f"{count} files, resident", peak.resident, "MB")
        figures.add(f"{count} files, anonymous", peak.anonymous, "MB")
        figures.add(f"{count} files, time", seconds, "s")
    small, large = peaks
    if not large.resident:
        figures.note("This system does not tell what memory a process uses: nothing was measured.")
        return figures
    full = not options.quick
    figures.add("growth, resident", large.resident / small.resident, "x", at_most=1.1, judged=full)
    figures.add("growth, anonymous", large.anonymous / small.anonymous, "x", at_most=1.1, judged=full)
    figures.note("Resident memory counts what processes share once; it holds pages of mapped files too.")
    return figures


def _added(options: Options, count: int) -> tuple[float, Memory]:
    files = write_files(options.folder(f"mixed-{count}"), count, PICTURES_EVERY)
    library = options.folder("libraries") / f"growth-{count}"
    request = options.folder("libraries") / f"growth-{count}.json"
    request.write_text(json.dumps({"folder": str(files), "library": str(library), "cores": 2}), encoding="utf-8")
    found = watched([sys.executable, "-m", "benchmarks.adding", str(request)], 2)
    shutil.rmtree(library, ignore_errors=True)
    return found
