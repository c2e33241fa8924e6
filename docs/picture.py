"""Draw the picture of the README, a sheet of the sample library: `python -m docs.picture [FILE]`."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from pinakes.sources.sample import contact_sheet, generate

PICTURE = Path(__file__).parent / "images" / "sample-library.webp"
SEED, WORKS, COLUMNS = 1, 400, 8


def main(arguments: Sequence[str]) -> int:
    """Draw the sample anew, and a sheet of it."""
    target = Path(arguments[0]) if arguments else PICTURE
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        contact_sheet(generate(Path(folder), SEED, WORKS), COLUMNS, target)
    sys.stdout.write(f"{target}: {target.stat().st_size:,} bytes\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
