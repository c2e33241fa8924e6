"""Measured verdicts on engines, kept in a small JSON file beside the model or, failing that, in the user's folder."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from pinakes.encoders.runtime.base import Precision
from pinakes.errors import PinakesError
from pinakes.storage import write_whole

FILE = "engines.json"
# Older files are measured again.
FORMAT = 1
# Rates this near to the best count as equal: measuring is not exact.
EQUAL = 0.9


@dataclass(frozen=True, slots=True)
class Trial:
    """How one engine did on the probes; an engine that fell out says why in `note`."""

    engine: str
    # The class that the probes confirmed, not the one that the engine claims.
    precision: Precision
    # Probes encoded per second, once it is running.
    rate: float
    # Seconds until it is running.
    opening: float
    # Least cosine between a probe's vector and that of the reference.
    cosine: float
    note: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """All trials of one model on one machine."""

    trials: tuple[Trial, ...]

    def best(self, reduced: bool, items: int = 0) -> Trial:
        """The engine that is done first with so many items (0: with very many), opening included.

        With `reduced`, reduced precision is allowed too. Of engines equally fast, the most exact is taken.
        """
        held = [t for t in self.trials if not t.note and (reduced or t.precision == "float32")]
        if items:
            return min(held, key=lambda trial: trial.opening + items / max(trial.rate, 1e-9))
        fastest = max(trial.rate for trial in held)
        return max((trial for trial in held if trial.rate >= fastest * EQUAL), key=lambda trial: trial.cosine)


def load(folders: tuple[Path, ...], key: str) -> Verdict | None:
    """The verdict of that key from the first folder that holds it; what can not be read counts as missing."""
    for folder in folders:
        trials = _read(folder / FILE).get(key)
        if isinstance(trials, list):
            try:
                verdict = Verdict(tuple(Trial(**trial) for trial in trials))
                verdict.best(reduced=False)
            except (TypeError, ValueError):
                continue
            return verdict
    return None


def store(folders: tuple[Path, ...], key: str, verdict: Verdict) -> None:
    """Keep a verdict in the first folder that can be written; where none can, the next run measures again."""
    for folder in folders:
        content = {**_read(folder / FILE), key: [asdict(trial) for trial in verdict.trials]}
        data = json.dumps({"format": FORMAT, "verdicts": content}, indent=1).encode()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            write_whole(folder / FILE, [data], durable=False)
        except (PinakesError, OSError):
            continue
        return


def _read(path: Path) -> dict[str, object]:
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        return {}
    verdicts = content.get("verdicts")
    return verdicts if isinstance(verdicts, dict) else {}
