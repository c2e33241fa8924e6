"""Durations as people write them."""

from __future__ import annotations


def clock(seconds: float) -> str:
    """Seconds as people write them: 0:07, 12:30, 1:02:03."""
    whole = int(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
