"""Who asks, and what they may."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Rank: TypeAlias = Literal["guest", "reader", "editor", "administrator"]
Need: TypeAlias = Literal["anyone", "search", "reader", "editor", "administrator"]
# From the lowest to the highest; each may all that those before it may.
RANKS: tuple[Rank, ...] = ("guest", "reader", "editor", "administrator")
NEEDS: tuple[Need, ...] = ("anyone", "search", "reader", "editor", "administrator")
# As the table of users keeps them.
ROLES: dict[int, Rank] = {0: "reader", 2: "editor", 1: "administrator"}
ROLE_OF: dict[str, int] = {rank: role for role, rank in ROLES.items()}
# What a token may be good for, in the order of what each needs: the rank alone is not enough for it.
SCOPES = ("search", "personal", "edit", "administer")
_SCOPE_OF: dict[Need, str] = {
    "search": "search",
    "reader": "personal",
    "editor": "edit",
    "administrator": "administer",
}


def rank_of(role: int) -> Rank:
    """A role of the table as a rank; one that is not known is the lowest of those with an account."""
    return ROLES.get(role, "reader")


@dataclass(frozen=True, slots=True)
class Who:
    """One who asks: a user, a program with a user's token, a guest, or the one person at this machine."""

    # The user's number; None for guests, and for the local person until something personal is kept.
    number: int | None
    name: str
    rank: Rank
    # What a token or a guest is held to; None: all that the rank may.
    scopes: frozenset[str] | None = None
    # The one person of a library without accounts, on their own machine.
    local: bool = False

    def may(self, need: Need) -> bool:
        """Whether that is allowed."""
        if need == "anyone":
            return True
        if self.scopes is not None and _SCOPE_OF[need] not in self.scopes:
            return False
        # Searching is for readers, and for guests where their scope says so.
        return need == "search" or RANKS.index(self.rank) >= RANKS.index(need)


LOCAL = Who(None, "", "administrator", local=True)


def guest(*, searches: bool) -> Who:
    """Someone who has not logged in."""
    return Who(None, "", "guest", frozenset({"search"} if searches else ()))
