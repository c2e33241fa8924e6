"""axe-core, the checker of accessibility that browsers' tools use: fetched from npm when needed, never committed."""

from __future__ import annotations

import base64
import hashlib
import io
import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import pytest

from tests.web.browser import Browser

VERSION = "4.14.1"
_SHA512 = "FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ=="
_FOLDER = Path(__file__).parents[2] / "build" / "npm"
_FETCH_SECONDS = 60
# What must not be found: the two gravest of its four grades.
_GRAVE = ("serious", "critical")


def source() -> str:
    """Its script, from the cache or from npm; without either the test is passed over, and says so."""
    packed = _FOLDER / f"axe-core-{VERSION}.tgz"
    if not packed.exists():
        _fetch(packed)
    data = packed.read_bytes()
    if base64.b64encode(hashlib.sha512(data).digest()).decode() != _SHA512:
        packed.unlink()
        pytest.fail("what npm handed over is not the axe-core that was asked for")
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        member = archive.extractfile("package/axe.min.js")
        assert member is not None
        return member.read().decode()


def _fetch(packed: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("needs npm, which fetches axe-core (Debian: npm)")
    packed.parent.mkdir(parents=True, exist_ok=True)
    command = [npm, "pack", f"axe-core@{VERSION}", "--silent", "--pack-destination", str(packed.parent)]
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=_FETCH_SECONDS, cwd=packed.parent)
    except (subprocess.SubprocessError, OSError) as error:
        pytest.skip(f"needs a network from which npm fetches axe-core once: {str(error)[:120]}")


def findings(browser: Browser, script: str) -> list[str]:
    """The grave findings on the page that the browser shows."""
    browser.script(script + "; window.axe = axe;")
    found: list[dict[str, Any]] = browser.wait_for_script(
        "const done = arguments[0]; axe.run(document, {resultTypes: ['violations']}).then("
        "(told) => done(told.violations.map((one) => ({id: one.id, impact: one.impact, help: one.help,"
        " nodes: one.nodes.map((node) => node.target.join(' ') + ' ' + node.failureSummary)}))),"
        " (error) => done([{id: 'failed', impact: 'critical', help: String(error), nodes: []}]))"
    )
    return [
        f"{one['id']} ({one['impact']}): {one['help']}: {'; '.join(one['nodes'][:3])}"
        for one in found
        if one["impact"] in _GRAVE
    ]
