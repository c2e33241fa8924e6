"""The API of accounts: who one is, tokens, and the administration of users."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from starlette.requests import Request

from pinakes.accounts import audit, owning, people, stewarding, tokens
from pinakes.accounts.carrying import taken_along
from pinakes.accounts.people import Person
from pinakes.accounts.who import NEEDS
from pinakes.errors import BadQuery, NotFound
from pinakes.tasks.leaving import Works, leaving
from pinakes.web.http.entry import invitation_link, reset_link
from pinakes.web.http.forms import number_of
from pinakes.web.http.site import library_of
from pinakes.web.http.typed import Nothing, Typed, asks
from pinakes.web.http.who import person_of, who_of

_ON_A_PAGE = 100


@dataclass(frozen=True, slots=True)
class MeOut:
    """Who asks, and what they may."""

    name: str = asks("the name by which one logs in; empty: a guest, or the one person of a library without accounts")
    shown: str = asks("the name that others see")
    email: str = asks("the address for mail")
    rank: str = asks("guest, reader, editor or administrator")
    may: list[str] = asks("what the routes that one may ask for need")
    remembers: bool = asks("whether searches are remembered")


@dataclass(frozen=True, slots=True)
class ProfileIn:
    """One's own profile; what is left out stays as it is."""

    shown: str | None = asks("the name that others see", None)
    email: str | None = asks("the address for mail", None)
    remembers: bool | None = asks("whether searches are remembered", None)


@dataclass(frozen=True, slots=True)
class NumberIn:
    """Which user or token."""

    number: int = asks("the number that a list told")


@dataclass(frozen=True, slots=True)
class TokenIn:
    """A token to be made."""

    name: str = asks("for which program")
    scopes: tuple[str, ...] = asks("what it is good for: search, personal, edit, administer")
    days: int | None = asks("days until it ends; null: it does not", 90)


@dataclass(frozen=True, slots=True)
class TokenOut:
    """A token without its secret."""

    number: int = asks("by which it is revoked")
    name: str = asks("for which program")
    scopes: Sequence[str] = asks("what it is good for")
    created: float = asks("seconds since 1970")
    expires: float | None = asks("seconds since 1970")
    seen: float | None = asks("when it was used last, to some minutes")


@dataclass(frozen=True, slots=True)
class TokensOut:
    """One's own tokens."""

    tokens: list[TokenOut] = asks("the newest first")


@dataclass(frozen=True, slots=True)
class NewTokenOut:
    """A token that was made."""

    number: int = asks("by which it is revoked")
    token: str = asks("the secret, which is told this once: send it as Authorization: Bearer ...")


@dataclass(frozen=True, slots=True)
class UsersIn:
    """Which users."""

    q: str = asks("words that stand in a name or an address", "")
    page: str = asks("the token that the former page told", "")


@dataclass(frozen=True, slots=True)
class UserOut:
    """A user."""

    number: int = asks("by which the user is asked for")
    name: str = asks("the name by which one logs in")
    shown: str = asks("the name that others see")
    email: str = asks("the address for mail")
    role: str = asks("reader, editor or administrator")
    state: str = asks("active or locked")
    created: float = asks("seconds since 1970")
    seen: float | None = asks("when the user was here last, to some minutes")


@dataclass(frozen=True, slots=True)
class UsersOut:
    """A page of users."""

    total: int = asks("how many there are")
    users: list[UserOut] = asks("in the order of their names")
    next_page: str = asks("token of the next page; empty on the last")


@dataclass(frozen=True, slots=True)
class NewUserIn:
    """A user to be added."""

    name: str = asks("the name by which one logs in")
    role: Literal["reader", "editor", "administrator"] = asks("what the user may", "reader")
    shown: str = asks("the name that others see", "")
    email: str = asks("the address for mail", "")


@dataclass(frozen=True, slots=True)
class UserIn:
    """Changes to a user; what is left out stays as it is."""

    shown: str | None = asks("the name that others see", None)
    email: str | None = asks("the address for mail", None)
    role: Literal["reader", "editor", "administrator"] | None = asks("what the user may", None)
    state: Literal["active", "locked"] | None = asks("locked: no one comes in by this account", None)


@dataclass(frozen=True, slots=True)
class LinkOut:
    """A link that holds once."""

    number: int | None = asks("the user that it is for; null: whoever it is given to")
    address: str = asks("the address, which is told this once")


@dataclass(frozen=True, slots=True)
class InvitationIn:
    """An invitation to be made."""

    role: Literal["reader", "editor", "administrator"] = asks("what whoever registers with it may", "reader")
    note: str = asks("for whom it is", "")
    days: int = asks("days until it ends", 14)


@dataclass(frozen=True, slots=True)
class AuditIn:
    """Which entries of the log."""

    action: str = asks("those of one action alone", "")
    user: int = asks("those of one user alone; 0: of all", 0)
    page: str = asks("the token that the former page told", "")


@dataclass(frozen=True, slots=True)
class DataOut:
    """All that the library has of a person but what would let others in."""

    data: dict[str, Any] = asks("the rows of each table, by its name")


@dataclass(frozen=True, slots=True)
class LeavingIn:
    """Whose account goes, and what becomes of the works that they handed in."""

    number: int = asks("the number that a list told")
    works: Works = asks("keep: they stay as the library's own; remove: a task removes them, files and all", "keep")


@dataclass(frozen=True, slots=True)
class EntryOut:
    """One thing that was done."""

    number: int = asks("counted from the beginning")
    at: float = asks("seconds since 1970")
    user: int | None = asks("who did it; null: someone at the machine itself, or who had not logged in")
    action: str = asks("what was done")
    subject: str = asks("to what")
    details: dict[str, Any] = asks("how")


@dataclass(frozen=True, slots=True)
class AuditOut:
    """A page of the log."""

    entries: list[EntryOut] = asks("the last first")
    next_page: str = asks("token of the next page; empty on the last")


def me(request: Request, _given: Nothing) -> MeOut:
    """Who asks."""
    who = who_of(request)
    may: list[str] = [need for need in NEEDS if who.may(need)]
    if who.number is None or not who.may("reader"):
        return MeOut("", "", "", who.rank, may, remembers=False)
    with library_of(request).catalogue.reading() as connection:
        person = people.person(connection, who.number)
    return MeOut(person.name, person.shown, person.email, person.rank, may, person.remembers)


def change_me(request: Request, given: Nothing, body: ProfileIn) -> MeOut:
    """Change one's own profile."""
    catalogue, own = library_of(request).catalogue, _own(request)
    with catalogue.reading() as connection:
        person = people.person(connection, own)
    owning.edit(
        catalogue,
        own,
        shown=person.shown if body.shown is None else body.shown,
        email=person.email if body.email is None else body.email,
        remembers=person.remembers if body.remembers is None else body.remembers,
    )
    return me(request, given)


def my_data(request: Request, _given: Nothing) -> DataOut:
    """All that the library has of whoever asks."""
    return DataOut(taken_along(library_of(request).catalogue, _own(request)))


def list_tokens(request: Request, _given: Nothing) -> TokensOut:
    """One's own tokens."""
    own = _own(request)
    with library_of(request).catalogue.reading() as connection:
        held = tokens.of_user(connection, own)
    return TokensOut([TokenOut(t.id, t.name, t.scopes, t.created, t.expires, t.seen) for t in held])


def make_token(request: Request, _given: Nothing, body: TokenIn) -> NewTokenOut:
    """A new token of one's own."""
    catalogue, who, own = library_of(request).catalogue, who_of(request), _own(request)
    return NewTokenOut(*owning.make_token(catalogue, who, own, body.name, body.scopes, body.days))


def revoke_token(request: Request, given: NumberIn) -> None:
    """End a token of one's own."""
    owning.revoke_token(library_of(request).catalogue, _own(request), given.number)


def _own(request: Request) -> int:
    """The number of who asks; the one person of a library without accounts has none."""
    if who_of(request).local:
        raise NotFound("There is no account yet.", "Make one with `pinakes users add NAME`.")
    return person_of(request)


def list_users(request: Request, given: UsersIn) -> UsersOut:
    """Users, page by page."""
    first = number_of(given.page, -1) if given.page else 0
    if first < 0:
        raise BadQuery("The page token is not one of this list.", "Start again from the first page.")
    with library_of(request).catalogue.reading() as connection:
        total, found = people.find(connection, given.q, first=first, limit=_ON_A_PAGE)
    following = first + _ON_A_PAGE
    return UsersOut(total, [_out(one) for one in found], str(following) if following < total else "")


def _out(one: Person) -> UserOut:
    return UserOut(one.id, one.name, one.shown, one.email, one.rank, one.state, one.created, one.seen)


def show_user(request: Request, given: NumberIn) -> UserOut:
    """One user."""
    with library_of(request).catalogue.reading() as connection:
        return _out(people.person(connection, given.number))


def add_user(request: Request, _given: Nothing, body: NewUserIn) -> LinkOut:
    """Add a user, and make the link by which they choose their password."""
    catalogue, by = library_of(request).catalogue, who_of(request).number
    number = stewarding.add(catalogue, by, body.name, body.role, shown=body.shown, email=body.email)
    return LinkOut(number, reset_link(request, stewarding.reset(catalogue, by, number)))


def change_user(request: Request, given: NumberIn, body: UserIn) -> UserOut:
    """Change a user."""
    catalogue, by = library_of(request).catalogue, who_of(request).number
    stewarding.change(catalogue, by, given.number, shown=body.shown, email=body.email, rank=body.role, state=body.state)
    return show_user(request, given)


def reset_user(request: Request, given: NumberIn) -> LinkOut:
    """Make a link by which a user chooses another password."""
    secret = stewarding.reset(library_of(request).catalogue, who_of(request).number, given.number)
    return LinkOut(given.number, reset_link(request, secret))


def remove_user(request: Request, given: LeavingIn) -> None:
    """Remove a user with all that is personal."""
    library, by = library_of(request), who_of(request).number
    stewarding.remove(library.catalogue, by, given.number, leaving(library, by, given.number, given.works))


def invite(request: Request, _given: Nothing, body: InvitationIn) -> LinkOut:
    """Make an invitation to register."""
    by = who_of(request).number
    secret = stewarding.invite(library_of(request).catalogue, by, body.role, body.note, body.days)
    return LinkOut(None, invitation_link(request, secret))


def list_audit(request: Request, given: AuditIn) -> AuditOut:
    """The log, page by page."""
    with library_of(request).catalogue.reading() as connection:
        found = audit.entries(
            connection,
            action=given.action,
            user=given.user or None,
            before=number_of(given.page),
            limit=_ON_A_PAGE,
        )
    told = [EntryOut(e.id, e.at, e.user, e.action, e.subject, e.details) for e in found]
    return AuditOut(told, str(found[-1].id) if len(found) == _ON_A_PAGE else "")


_USER = "/users/{number:whole}"
TYPED = (
    Typed("/me", "Who asks, and what they may.", Nothing, MeOut, me, need="anyone"),
    Typed("/me", "Change one's own profile.", Nothing, MeOut, change_me, "PUT", ProfileIn, need="reader"),
    Typed(
        "/me/data",
        "All that the library has of whoever asks; that it was handed over stands in the log.",
        Nothing,
        DataOut,
        my_data,
        "POST",
        need="reader",
        rate="costly",
    ),
    Typed("/tokens", "One's own tokens.", Nothing, TokensOut, list_tokens, need="reader"),
    Typed("/tokens", "Make a token.", Nothing, NewTokenOut, make_token, "POST", TokenIn, need="reader", rate="costly"),
    Typed("/tokens/{number:whole}", "Revoke a token.", NumberIn, None, revoke_token, "DELETE", need="reader"),
    Typed("/users", "Users, by the words in their names.", UsersIn, UsersOut, list_users, need="administrator"),
    Typed(
        "/users",
        "Add a user; the answer is a link by which they choose a password.",
        Nothing,
        LinkOut,
        add_user,
        "POST",
        NewUserIn,
        need="administrator",
    ),
    Typed(_USER, "One user.", NumberIn, UserOut, show_user, need="administrator"),
    Typed(
        _USER,
        "Change a user's profile, role or state.",
        NumberIn,
        UserOut,
        change_user,
        "PUT",
        UserIn,
        need="administrator",
    ),
    Typed(
        _USER, "Remove a user with all that is personal.", LeavingIn, None, remove_user, "DELETE", need="administrator"
    ),
    Typed(
        f"{_USER}/reset",
        "Make a link by which a user chooses another password.",
        NumberIn,
        LinkOut,
        reset_user,
        "POST",
        need="administrator",
    ),
    Typed(
        "/invitations",
        "Make an invitation to register.",
        Nothing,
        LinkOut,
        invite,
        "POST",
        InvitationIn,
        need="administrator",
    ),
    Typed("/audit", "The log of who did what, the last first.", AuditIn, AuditOut, list_audit, need="administrator"),
)
