"""Whether the rights of a work let someone have its original: by the rules of the setting `downloads`."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import cast

from pinakes.accounts.who import NEEDS, Need, Who
from pinakes.catalogue.records import ItemEntry
from pinakes.errors import BadSetting, nearest
from pinakes.settings import between_commas

# Stands for every work, whatever its rights, and where nothing is told of them.
ANY = "*"
NOBODY = "nobody"
_FIELD = "rights"


def may_have(who: Who, item: ItemEntry, rules: str) -> bool:
    """Whether someone may have, and so play, the original; the first rule that fits the work counts."""
    told = [value.casefold() for value in item.fields.get(_FIELD, ())]
    need = next((need for text, need in ruled(rules) if _fits(text, told)), NOBODY)
    return need != NOBODY and who.may(cast("Need", need))


def _fits(text: str, told: Iterable[str]) -> bool:
    return text == ANY or any(text in one for one in told)


@cache
def ruled(rules: str) -> tuple[tuple[str, str], ...]:
    """The rules: a piece of a rights statement or of its address, and who may have works of which it is told."""
    found = []
    for rule in between_commas(rules):
        text, _, need = (piece.strip() for piece in rule.rpartition("="))
        if not text or need not in (*NEEDS, NOBODY):
            raise BadSetting(
                f"{rule} is no rule for downloads.", f"Write RIGHTS=WHO. {nearest(need, (*NEEDS, NOBODY))}"
            )
        found.append((text.casefold(), need))
    return tuple(found)
