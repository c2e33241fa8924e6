"""The environments of the peers: made from requirements.txt, or from another list of that kind, apart from ours."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

from benchmarks.frame import Options

REQUIREMENTS = Path(__file__).with_name("requirements.txt")


def peers_python(options: Options, name: str = "peers", requirements: Path = REQUIREMENTS) -> Path:
    """The interpreter of the peers' environment, which is made where it is missing or of other versions.

    A package that can not be installed is left out: its adapter then says so.
    """
    folder = options.folder(name)
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    wanted = hashlib.sha256(requirements.read_bytes()).hexdigest()
    marker = folder / "requirements.sha256"
    if not marker.exists() or marker.read_text(encoding="ascii") != wanted:
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        for line in requirements.read_text(encoding="utf-8").splitlines():
            if line and not line.startswith("#"):
                subprocess.run([str(python), "-m", "pip", "install", "-q", line], check=False, capture_output=True)
        marker.write_text(wanted, encoding="ascii")
    return python
