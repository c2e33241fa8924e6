"""Fixtures that all rooms share."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pinakes.catalogue.catalogue import Catalogue
from pinakes.settings import Settings

POSTGRES = os.environ.get("PINAKES_TEST_POSTGRES", "")
# Tests that run side by side have a database each.
WORKER = "pinakes_test_" + os.environ.get("PYTEST_XDIST_WORKER", "main")


@pytest.fixture(autouse=True)
def _no_network_but_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test needs the network: only loopback and sockets in the file system are let through."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        host = address[0] if isinstance(address, tuple) else ""
        if host and host not in ("127.0.0.1", "::1", "localhost"):
            raise AssertionError(f"a test wanted to reach {host}")
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(autouse=True)
def _no_settings_of_the_user(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Tests neither see nor change the user's own settings, models and library."""
    for name in [name for name in os.environ if name.startswith("PINAKES_") and name != "PINAKES_TEST_POSTGRES"]:
        monkeypatch.delenv(name)
    home = tmp_path_factory.getbasetemp() / "home"
    home.mkdir(exist_ok=True)
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "HOME"):
        monkeypatch.setenv(name, str(home))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def settings(request: pytest.FixtureRequest) -> Settings:
    """Settings for a catalogue on each of the two databases; PostgreSQL's is emptied first."""
    if request.param == "sqlite":
        return Settings()
    if not POSTGRES:
        pytest.skip("needs PINAKES_TEST_POSTGRES, the address of a PostgreSQL in which databases may be made")
    return replace(Settings(), catalogue=empty_postgres())


def empty_postgres() -> str:
    """The address of a database of this process's own, with nothing in it."""
    import sqlalchemy

    address = sqlalchemy.make_url(POSTGRES).set(drivername="postgresql+psycopg")
    engine = sqlalchemy.create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {WORKER} WITH (FORCE)")
        connection.exec_driver_sql(f"CREATE DATABASE {WORKER} TEMPLATE template0")
    engine.dispose()
    return address.set(drivername="postgresql", database=WORKER).render_as_string(hide_password=False)


@pytest.fixture
def catalogue(tmp_path: Path, settings: Settings) -> Iterator[Catalogue]:
    """A new catalogue on each of the two databases."""
    opened = Catalogue.open(tmp_path / "library", settings, create=True)
    yield opened
    opened.close()


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[Catalogue]:
    """A new catalogue on SQLite."""
    opened = Catalogue.open(tmp_path / "library", Settings(), create=True)
    yield opened
    opened.close()


@pytest.fixture
def builtin_model(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stand-in in the place of the built-in encoder, whether or not this checkout has its weights."""
    from pinakes.encoders import builtin
    from pinakes.encoders.base import ENCODERS
    from pinakes.encoders.builtin import files
    from tests.encoders.builtin.standin import write

    folder = tmp_path_factory.getbasetemp() / "builtin-standin"
    if not (folder / "encoder.json").is_file():
        write(folder)
    monkeypatch.setattr(files, "FOLDER", folder)
    monkeypatch.setitem(ENCODERS._things, builtin.NAME, builtin.make)
    return folder


@pytest.fixture
def classical_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """New libraries have the classical encoders alone, as in a copy of the program without weights."""
    from pinakes.encoders.builtin import files

    monkeypatch.setattr(files, "FOLDER", tmp_path / "no weights")


@pytest.fixture
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords that take no time; what they cost otherwise has tests of its own."""
    from argon2 import PasswordHasher

    from pinakes.accounts import passwords

    monkeypatch.setattr(passwords, "_hasher", lambda: PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
