"""The stand-in for the built-in encoder, made once a run."""

from __future__ import annotations

from pathlib import Path

import pytest

from pinakes.settings import Settings

from .standin import write


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a stand-in."""
    return write(tmp_path_factory.mktemp("standin") / "model")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings with no fetched models and one thread."""
    return Settings(models=str(tmp_path / "models"), threads=1)
