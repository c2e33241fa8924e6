"""How all adapters answer: one JSON object a line each way, on one core, until there are no more requests.

This module and the adapters run in the peers' own environment, so they import nothing of ours but each other.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from typing import Any, TypeVar

P = TypeVar("P")


def answer_lines(peer: P, answered: Callable[[P, dict[str, Any]], dict[str, Any]]) -> None:
    """Answer requests until there are no more."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[-1:])
    out = os.fdopen(os.dup(1), "w")
    # What an engine prints must not come between our lines.
    os.dup2(2, 1)
    for line in sys.stdin:
        request = json.loads(line)
        if request["do"] == "quit":
            return
        try:
            answer = answered(peer, request)
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"[:300]}
        out.write(json.dumps(answer) + "\n")
        out.flush()
