"""Trials of the bounds on logging in, on sessions, and on how often one may ask."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from sqlalchemy import insert

from pinakes.accounts import sessions, throttle
from pinakes.catalogue.catalogue import Catalogue
from pinakes.catalogue.schema import users
from pinakes.errors import TooOften
from pinakes.limits import Limits
from pinakes.settings import Settings
from pinakes.web.http.rates import LIMITS, Rate, Rates
from tests.limits.trials import taken, trial

_USER, _THEN = 1, 1_000_000.0


def _catalogue(folder: Path) -> Catalogue:
    catalogue = Catalogue.open(folder, Settings(), create=True)
    with catalogue.writing() as connection:
        connection.execute(insert(users).values(id=_USER, name="ann", created=0.0))
    return catalogue


def _asked(rate: Rate, count: int) -> bool:
    """Whether so many requests at one moment are all let through where three are."""
    name = LIMITS[rate]
    rates = Rates(Limits(**{name: 3}), now=lambda: 0.0)
    return taken(name, lambda: [rates.count(rate, ("user 1",)) for _ in range(count)], TooOften.code)


@trial("searches_per_minute")
def searches(more: int, folder: Path) -> bool:
    return _asked("search", 3 + more)


@trial("uploads_per_minute")
def uploads(more: int, folder: Path) -> bool:
    return _asked("upload", 3 + more)


@trial("logins_per_minute")
def logins(more: int, folder: Path) -> bool:
    return _asked("login", 3 + more)


@trial("costly_per_minute")
def costly(more: int, folder: Path) -> bool:
    return _asked("costly", 3 + more)


@trial("login_tries")
def tries(more: int, folder: Path) -> bool:
    limits = Limits(login_tries=3)
    with _catalogue(folder).writing() as connection:
        try:
            for _ in range(3 + more):
                throttle.begin(connection, "ann", "127.0.0.1", limits)
        except TooOften as error:
            assert "3 tries" in error.message
            return False
    return True


@trial("login_minutes")
def minutes(more: int, folder: Path) -> bool:
    """A try that lies so long back is still counted, so that the next one is refused."""
    limits = Limits(login_tries=1, login_minutes=2)
    with pytest.MonkeyPatch.context() as patch, _catalogue(folder).writing() as connection:
        patch.setattr(time, "time", lambda: _THEN)
        throttle.begin(connection, "ann", "127.0.0.1", limits)
        patch.setattr(time, "time", lambda: _THEN + 2 * 60 + more)
        try:
            throttle.begin(connection, "ann", "127.0.0.1", limits)
        except TooOften:
            return True
    return False


def _holds(folder: Path, limits: Limits, seconds: float) -> bool:
    """Whether a session holds so many seconds after it began."""
    with pytest.MonkeyPatch.context() as patch, _catalogue(folder).writing() as connection:
        patch.setattr(time, "time", lambda: _THEN)
        secret = sessions.begin(connection, _USER, limits)
        patch.setattr(time, "time", lambda: _THEN + seconds)
        return sessions.whose(connection, secret, limits) is not None


# At the very moment that the bound names a session has ended: the last second in which it holds begins one before.
@trial("session_days")
def days(more: int, folder: Path) -> bool:
    return _holds(folder, Limits(session_days=2, session_idle_hours=1000), 2 * 86_400 - 1 + more)


@trial("session_idle_hours")
def idle(more: int, folder: Path) -> bool:
    return _holds(folder, Limits(session_days=100, session_idle_hours=3), 3 * 3600 - 1 + more)
