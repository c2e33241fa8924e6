"""Tries to log in, counted by account and by address: who guesses is soon made to wait."""

from __future__ import annotations

import ipaddress
import time
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select

from pinakes.accounts.secret import hashed
from pinakes.catalogue.counters import take
from pinakes.catalogue.schema import tries
from pinakes.errors import TooOften
from pinakes.limits import Limits

_MINUTE = 60.0
# One customer of a provider has as many addresses as they like below their own prefix.
_PREFIX_OF_ONE = 64


@dataclass(frozen=True, slots=True)
class Try:
    """A try that is counted as failed until it is taken back."""

    account: str
    numbers: tuple[int, int]


def begin(connection: Connection, name: str, address: str, limits: Limits) -> Try:
    """Count a try before its password is looked at, so that many at once do not slip through; or refuse it."""
    now = time.time()
    since = now - limits.login_minutes * _MINUTE
    connection.execute(delete(tries).where(tries.c.at < since))
    # Hashed: what is typed as a name may have been a password.
    keys = (f"account:{hashed(name)[:32]}", f"address:{network(address)}")
    for key in keys:
        _refuse(connection, key, since, limits)
    first = take(connection, "try", 2)
    rows = [{"id": first + place, "key": key, "at": now} for place, key in enumerate(keys)]
    connection.execute(insert(tries), rows)
    return Try(keys[0], (first, first + 1))


def _refuse(connection: Connection, key: str, since: float, limits: Limits) -> None:
    asked = select(tries.c.at).where(tries.c.key == key, tries.c.at >= since).order_by(tries.c.at.desc())
    made = connection.scalars(asked.limit(limits.login_tries)).all()
    if len(made) >= limits.login_tries:
        wait = max(1.0, float(made[-1] or since) - since)
        raise TooOften(
            f"{limits.login_tries} tries to log in have failed within {limits.login_minutes:g} minutes.",
            f"Try again in {wait / _MINUTE:.0f} minutes." if wait > _MINUTE else "Try again in a minute.",
            seconds=wait,
        )


def succeeded(connection: Connection, tried: Try) -> None:
    """Forget the tries of an account, and this one of the address; others of the address stay."""
    connection.execute(delete(tries).where(tries.c.key == tried.account))
    connection.execute(delete(tries).where(tries.c.id.in_(tried.numbers)))


def network(address: str) -> str:
    """The address by which someone is counted."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, _PREFIX_OF_ONE), strict=False))
    return str(found)
