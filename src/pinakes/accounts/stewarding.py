"""What administrators do with accounts: each in one transaction with its line in the log."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection

from pinakes.accounts import audit, invitations, passwords, people
from pinakes.catalogue.catalogue import Catalogue
from pinakes.errors import Conflict


def add(
    catalogue: Catalogue,
    by: int | None,
    name: str,
    rank: str = "",
    *,
    shown: str = "",
    email: str = "",
    password: str = "",
) -> int:
    """A new account: the first is an administrator's, others are readers' unless told."""
    kept = ""
    if password:
        passwords.check_new(password, name)
        kept = passwords.hashed(password)
    with catalogue.writing() as connection:
        first = not people.any_accounts(connection)
        if first and rank not in ("", "administrator"):
            raise Conflict(
                "The first account is that of an administrator.", "Leave the role out, and add others later."
            )
        given = "administrator" if first else rank or "reader"
        number = people.add(connection, name, given, password=kept, shown=shown, email=email)
        audit.record(connection, by, "user.added", _user(number), role=given)
    return number


def change(
    catalogue: Catalogue,
    by: int | None,
    user: int,
    *,
    shown: str | None = None,
    email: str | None = None,
    rank: str | None = None,
    state: str | None = None,
) -> None:
    """Several changes to someone at once: all of them or none; what is None stays."""
    with catalogue.writing() as connection:
        person = people.person(connection, user)
        if shown is not None or email is not None:
            told = {
                "shown": person.shown if shown is None else shown,
                "email": person.email if email is None else email,
            }
            people.edit(connection, user, **told)
            audit.record(connection, by, "user.edited", _user(user))
        if rank is not None and rank != person.rank:
            people.set_rank(connection, user, rank)
            audit.record(connection, by, "user.role", _user(user), role=rank)
        if state is not None and state != person.state:
            (people.lock if state == people.LOCKED else people.unlock)(connection, user)
            audit.record(connection, by, f"user.{'locked' if state == people.LOCKED else 'unlocked'}", _user(user))


def reset(catalogue: Catalogue, by: int | None, user: int) -> str:
    """The secret of a link by which someone chooses a new password; the old one holds until then."""
    with catalogue.writing() as connection:
        people.person(connection, user)
        secret = invitations.reset(connection, by, user)
        audit.record(connection, by, "user.reset", _user(user))
    return secret


def remove(
    catalogue: Catalogue, by: int | None, user: int, before: Callable[[Connection], None] = people.nothing
) -> None:
    """Remove someone with all that is personal."""
    with catalogue.writing() as connection:
        people.remove(connection, user, before)
        audit.record(connection, by, "user.removed", _user(user))


def invite(catalogue: Catalogue, by: int | None, rank: str, note: str, days: int) -> str:
    """The secret of an invitation to register."""
    with catalogue.writing() as connection:
        _refuse_before_the_first(connection)
        secret = invitations.invite(connection, by, rank, note, days)
        audit.record(connection, by, "user.invited", role=rank)
    return secret


def withdraw(catalogue: Catalogue, by: int | None, mark: str) -> None:
    """Take back an invitation."""
    with catalogue.writing() as connection:
        invitations.withdraw(connection, mark)
        audit.record(connection, by, "user.uninvited")


def _refuse_before_the_first(connection: Connection) -> None:
    if not people.any_accounts(connection):
        raise Conflict("There is no account yet.", "Make that of an administrator first.")


def _user(number: int) -> str:
    return f"user {number}"
