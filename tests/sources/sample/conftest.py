"""A small copy of the sample library, made once for all tests here."""

from __future__ import annotations

from pathlib import Path

import pytest

from pinakes.sources.sample.library import SampleLibrary, generate

WORKS = 40


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> SampleLibrary:
    """Forty works from seed 1."""
    return generate(tmp_path_factory.mktemp("sample"), seed=1, works=WORKS)


@pytest.fixture(scope="session")
def collection(sample: SampleLibrary) -> Path:
    """The folder of its works."""
    return sample.collection
