"""Coming in and going: registering, logging in and out, choosing another password, leaving for good."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection, select, update

from pinakes.accounts import audit, invitations, names, passwords, people, sessions, throttle
from pinakes.catalogue.catalogue import Catalogue
from pinakes.catalogue.schema import users
from pinakes.errors import NoRight, WrongPassword


@dataclass(frozen=True, slots=True)
class Entered:
    """Someone who has come in: their number and the secret of their session."""

    user: int
    secret: str


def log_in(catalogue: Catalogue, name: str, password: str, address: str, *, former: str = "") -> Entered:
    """A new session for a name with its password; that which the browser had before ends."""
    told, limits = names.canonical(name), catalogue.settings.limits
    with catalogue.writing() as connection:
        tried = throttle.begin(connection, told, address, limits)
        row = connection.execute(select(users).where(users.c.name == told, users.c.state != people.LOCAL)).one_or_none()
    # Outside of any transaction, since it takes its time; and as long where there is no such user.
    right = passwords.is_right(row.password if row else "", password)
    anew = passwords.hashed(password) if right and row and passwords.is_outdated(row.password) else ""
    with catalogue.writing() as connection:
        if not right or row is None or row.state != people.ACTIVE:
            audit.record(connection, row.id if row else None, "login.failed")
        else:
            throttle.succeeded(connection, tried)
            if anew:
                connection.execute(update(users).where(users.c.id == row.id).values(password=anew))
            return _enter(connection, catalogue, row.id, former)
    raise WrongPassword("The name and the password do not go together.", "Try again, or ask for a link to reset it.")


def register(
    catalogue: Catalogue,
    name: str,
    password: str,
    *,
    shown: str = "",
    email: str = "",
    invitation: str = "",
    home: bool,
) -> Entered:
    """A new account and its first session; at home the first becomes the administrator."""
    passwords.check_new(password, names.chosen(name))
    kept = passwords.hashed(password)
    with catalogue.writing() as connection:
        rank = _rank_of_new(connection, catalogue, invitation, home=home)
        number = people.add(connection, name, rank, password=kept, shown=shown, email=email)
        audit.record(connection, number, "user.registered", f"user {number}", role=rank)
        return _enter(connection, catalogue, number)


def _rank_of_new(connection: Connection, catalogue: Catalogue, invitation: str, *, home: bool) -> str:
    if not people.any_accounts(connection):
        if home:
            return "administrator"
        raise NoRight("This library has no administrator yet.", "Make one: pinakes users add NAME")
    if invitation:
        return invitations.use(connection, invitation)
    if catalogue.settings.registration != "open":
        raise NoRight("Registering is not open to everyone here.", "Ask the library's staff for an invitation.")
    return "reader"


def choose_anew(catalogue: Catalogue, link: str, password: str) -> Entered:
    """A new password by a one-time link."""
    with catalogue.reading() as connection:
        number = invitations.whose_reset(connection, link)
        name = people.person(connection, number).name
    passwords.check_new(password, name)
    kept = passwords.hashed(password)
    with catalogue.writing() as connection:
        invitations.use_reset(connection, link)
        people.set_password(connection, number, kept)
        audit.record(connection, number, "password.reset", f"user {number}")
        return _enter(connection, catalogue, number)


def change_password(catalogue: Catalogue, user: int, current: str, password: str, address: str) -> Entered:
    """Another password for someone who knows the one they have; all sessions end, and a new one begins."""
    person = _sure(catalogue, user, current, address)
    passwords.check_new(password, person.name)
    kept = passwords.hashed(password)
    with catalogue.writing() as connection:
        people.set_password(connection, user, kept)
        audit.record(connection, user, "password.changed", f"user {user}")
        return _enter(connection, catalogue, user)


def leave(
    catalogue: Catalogue,
    user: int,
    password: str,
    address: str,
    before: Callable[[Connection], None] = people.nothing,
) -> None:
    """Delete one's own account with all that is personal."""
    _sure(catalogue, user, password, address)
    with catalogue.writing() as connection:
        people.remove(connection, user, before)
        audit.record(connection, user, "user.removed", f"user {user}", own=True)


def log_out(catalogue: Catalogue, secret: str) -> None:
    """End all sessions of whoever has this one."""
    with catalogue.writing() as connection:
        number = sessions.end(connection, secret)
        if number is not None:
            audit.record(connection, number, "logout")


def _sure(catalogue: Catalogue, user: int, password: str, address: str) -> people.Person:
    """Whoever sits at an open page is asked for the password before what can not be undone."""
    with catalogue.writing() as connection:
        person = people.person(connection, user)
        tried = throttle.begin(connection, person.name, address, catalogue.settings.limits)
        kept = people.password_of(connection, user)
    if not passwords.is_right(kept, password):
        raise WrongPassword("That is not your password.", "Type the one that you log in with.")
    with catalogue.writing() as connection:
        throttle.succeeded(connection, tried)
    return person


def _enter(connection: Connection, catalogue: Catalogue, user: int, former: str = "") -> Entered:
    if former:
        sessions.forget(connection, former)
    audit.record(connection, user, "login")
    secret = sessions.begin(connection, user, catalogue.settings.limits)
    return Entered(user, secret)
