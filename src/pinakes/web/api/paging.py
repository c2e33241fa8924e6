"""Lists that the API hands back page by page."""

from __future__ import annotations

from pinakes.errors import BadQuery


def on_a_page(limit: int, most: int, name: str) -> int:
    """So many on a page, refused where the limit of that name does not let them through."""
    if not 1 <= limit <= most:
        raise BadQuery(f"The limit must be from 1 to {most}, not {limit}.", f"Ask page by page, or raise {name}.")
    return limit
