"""Durations and moments as people write them."""

from __future__ import annotations

from datetime import UTC, datetime


def clock(seconds: float) -> str:
    """Seconds as people write them: 0:07, 12:30, 1:02:03."""
    whole = int(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def moment(seconds: float) -> str:
    """A moment, by the clock that is the same everywhere: 2026-11-27 19:05 UTC."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")
