"""The people of a library, as the catalogue keeps them."""

from __future__ import annotations

import time

from sqlalchemy import Connection, insert, select

from pinakes.catalogue.catalogue import Catalogue
from pinakes.catalogue.counters import take
from pinakes.catalogue.schema import users

ACTIVE, LOCKED, LOCAL = "active", "locked", "local"
# No account can have this name: it is not one that people may choose.
_LOCAL_NAME = "(local)"
_ANY = select(users.c.id).where(users.c.state != LOCAL).limit(1)


def any_accounts(connection: Connection) -> bool:
    """Whether anyone has an account; the one person of a library without any does not count."""
    return connection.scalar(_ANY) is not None


def local_user(catalogue: Catalogue) -> int:
    """The number of the person of a library without accounts, put on record when first asked for."""
    asked = select(users.c.id).where(users.c.state == LOCAL)
    with catalogue.reading() as connection:
        number = connection.scalar(asked)
    if number is not None:
        return int(number)
    with catalogue.writing() as connection:
        number = connection.scalar(asked)
        if number is None:
            number = take(connection, "user")
            row = {"id": number, "name": _LOCAL_NAME, "state": LOCAL, "role": 1, "created": time.time()}
            connection.execute(insert(users).values(**row))
    return int(number)
