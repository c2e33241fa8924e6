"""What people do with their own accounts, beside coming in and going."""

from __future__ import annotations

from collections.abc import Iterable

from pinakes.accounts import audit, people, tokens
from pinakes.accounts.who import SCOPES, Who
from pinakes.catalogue import history
from pinakes.catalogue.catalogue import Catalogue
from pinakes.errors import NoRight


def edit(catalogue: Catalogue, user: int, *, shown: str, email: str, remembers: bool) -> None:
    """Change one's profile."""
    with catalogue.writing() as connection:
        people.edit(connection, user, shown=shown, email=email)
        history.let_remember(connection, user, remembers=remembers)
        audit.record(connection, user, "user.edited", f"user {user}")


def make_token(
    catalogue: Catalogue, who: Who, user: int, name: str, scopes: Iterable[str], days: int | None
) -> tuple[int, str]:
    """A token of one's own; a program can give no more than it was given itself."""
    wanted = tuple(scopes)
    beyond = [scope for scope in wanted if who.scopes is not None and scope in SCOPES and scope not in who.scopes]
    if beyond:
        raise NoRight(f"This token is not good for {', '.join(beyond)}.", "Make that one on your account's page.")
    with catalogue.writing() as connection:
        number, secret = tokens.make(connection, user, name, wanted, days)
        audit.record(connection, user, "token.made", f"token {number}", scopes=list(wanted))
    return number, secret


def revoke_token(catalogue: Catalogue, user: int, number: int) -> None:
    """End a token of one's own."""
    with catalogue.writing() as connection:
        tokens.revoke(connection, user, number)
        audit.record(connection, user, "token.revoked", f"token {number}")
