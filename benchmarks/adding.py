"""A process that adds a folder to a new library: reads a request, prints how long it took and what became of it."""

from __future__ import annotations

import json
import shutil
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.processes import pin
from pinakes.evaluate.resources import memory_of


def main(request: dict[str, Any]) -> dict[str, Any]:
    """Add `folder` to a library made anew in `library`, with the encoders named, warmed up on `warm` if given."""
    from pinakes.catalogue.choices import choose_encoders
    from pinakes.library import Library

    pin(request["cores"])
    shutil.rmtree(request["library"], ignore_errors=True)
    with Library.open(request["library"], create=True, settings=request.get("settings", {})) as library:
        if "encoders" in request:
            with library._catalogue.writer(), library._catalogue.writing() as connection:
                choose_encoders(connection, request["encoders"])
        if request.get("warm"):
            library.add(request["warm"])
        start = time.perf_counter()
        report = library.add(request["folder"])
        spent = time.perf_counter() - start
    return {"seconds": spent, "added": report.added, "failed": report.failed, "resident": memory_of().resident}


if __name__ == "__main__":
    print(json.dumps(main(json.loads(sys.stdin.read() if len(sys.argv) < 2 else Path(sys.argv[1]).read_text()))))
