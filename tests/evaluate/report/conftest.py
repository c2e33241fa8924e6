"""Reports of made-up figures, each written once."""

from __future__ import annotations

from typing import Any

import pytest

from pinakes.evaluate import report
from pinakes.evaluate.report import demonstration
from tests.evaluate.report.reader import Page, read


@pytest.fixture(scope="package")
def everything() -> dict[str, Any]:
    """All that a report can be made from."""
    return {
        "evaluation": demonstration.evaluation(),
        "costs": [demonstration.cost()],
        "examples": demonstration.examples(),
        "maps": [demonstration.shown()],
    }


@pytest.fixture(scope="package")
def html(everything: dict[str, Any]) -> str:
    return report.html(**everything)


@pytest.fixture(scope="package")
def page(html: str) -> Page:
    return read(html)
