"""The fastest engine for a model on this machine: measured once on probes, then remembered.

Two classes of precision keep machines from mixing vectors that differ. `float32`: every engine agrees with the
reference to rounding (cosine 0.99999 on all probes). `reduced`: half precision and bfloat16, at cosine 0.999 or more to
the reference. A vector of float32 is closer to a reduced one than two reduced ones of different machines are, so a
space of class `reduced` may take both; a space of class `float32` takes float32 only. The class belongs to the space
and is part of its fingerprint; the engine belongs to the machine and is not.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median

import numpy as np

# Importing them files the engines.
from pinakes.encoders.runtime import ort, verdicts, vino
from pinakes.encoders.runtime.base import ENGINES, REFERENCE, Engine, Session, first_line
from pinakes.encoders.runtime.machine import identity, threads
from pinakes.encoders.runtime.verdicts import Trial, Verdict
from pinakes.errors import BadSetting, MissingExtra, PinakesError, nearest
from pinakes.settings import Settings
from pinakes.types import Floats

__all__ = ["choose", "engine_names", "open_session", "ort", "remembered", "vino"]

FLOAT32_COSINE, REDUCED_COSINE = 0.99999, 0.999
# Reduced precision must repay the small loss: below this gain float32 stays.
WORTH = 1.2
# Timed runs of one engine, and the seconds after which it is not run again.
RUNS, SECONDS = 5, 1.5
PRECISIONS = ("auto", "full")

# Encodes the probes with an open model: (n, dim).
Probe = Callable[[Session], Floats]


def open_session(path: Path, engine: str, settings: Settings) -> Session:
    """A model file opened with the named engine."""
    return ENGINES.get(engine).open(path, threads(settings))


def engine_names(settings: Settings, *, quantised: bool = False) -> tuple[str, ...]:
    """The engines that the settings allow and this machine offers, the reference first."""
    families = sorted({name.split("-")[0] for name in ENGINES})
    if settings.runtime not in ("auto", *families):
        raise BadSetting(
            f"There is no inference engine named {settings.runtime}.", nearest(settings.runtime, ["auto", *families])
        )
    if settings.precision not in PRECISIONS:
        raise BadSetting(f"precision must be auto or full, not {settings.precision}.")
    reference = reference_name(quantised)
    wanted = [name for name in ENGINES if settings.runtime in ("auto", name.split("-")[0])]
    found = [name for name in wanted if name != reference and _candidate(ENGINES.get(name), settings, quantised)]
    if settings.runtime not in ("auto", REFERENCE) and not found:
        raise MissingExtra(f"The inference engine {settings.runtime}", _extra(settings.runtime))
    return (reference, *found)


def reference_name(quantised: bool) -> str:
    """The engine that all others are held against."""
    return "onnxruntime-basic" if quantised else REFERENCE


def _candidate(engine: Engine, settings: Settings, quantised: bool) -> bool:
    if engine.name == "onnxruntime-basic" and not quantised:
        return False
    return engine.offered() and (settings.precision == "auto" or engine.precision == "float32")


def _extra(family: str) -> str:
    return next(ENGINES.get(name).extra for name in ENGINES if name.startswith(family)) or "gpu"


def key_of(model: str, settings: Settings) -> str:
    """Names a verdict: the model's hash, the machine, its engines and their versions, the settings."""
    facts = (model, identity(), str(threads(settings)), settings.runtime, settings.precision, *ENGINES)
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()[:32]


def remembered(model: str, settings: Settings, folders: tuple[Path, ...]) -> Verdict | None:
    """The verdict of an earlier measurement, or None; never measures."""
    return verdicts.load(folders, key_of(model, settings))


def choose(
    path: Path, model: str, probe: Probe, settings: Settings, folders: tuple[Path, ...], *, quantised: bool = False
) -> Verdict:
    """The verdict on a model file, measured now unless one is remembered; `model` is its hash."""
    known = remembered(model, settings, folders)
    if known is not None:
        return known
    verdict = measure(path, probe, settings, quantised=quantised)
    verdicts.store(folders, key_of(model, settings), verdict)
    return verdict


def measure(path: Path, probe: Probe, settings: Settings, *, quantised: bool = False) -> Verdict:
    """Run the probes through every engine that is allowed and offered."""
    reference, *others = engine_names(settings, quantised=quantised)
    truth, rate, opening = _timed(path, ENGINES.get(reference), probe, settings)
    trials = [Trial(reference, "float32", rate, opening, 1.0)]
    trials += [_try(path, ENGINES.get(name), probe, truth, settings) for name in others]
    return Verdict(tuple(_without_meagre(trials)))


def _try(path: Path, engine: Engine, probe: Probe, truth: Floats, settings: Settings) -> Trial:
    try:
        vectors, rate, opening = _timed(path, engine, probe, settings)
    except PinakesError as error:
        return Trial(engine.name, engine.precision, 0.0, 0.0, 0.0, f"could not be used: {first_line(error)}")
    cosine = least_cosine(vectors, truth)
    exact = engine.precision == "float32" and cosine >= FLOAT32_COSINE
    note = ""
    if cosine < REDUCED_COSINE:
        note = f"its vectors differ: cosine {cosine:.5f}"
    elif settings.precision == "full" and not exact:
        note = f"is not float32 here: cosine {cosine:.6f}"
    return Trial(engine.name, "float32" if exact else "reduced", rate, opening, cosine, note)


def least_cosine(vectors: Floats, truth: Floats) -> float:
    """The least cosine between corresponding rows; anything that is not a number counts as -1."""
    if vectors.shape != truth.shape or not np.isfinite(vectors).all():
        return -1.0
    lengths = np.linalg.norm(vectors, axis=1) * np.linalg.norm(truth, axis=1)
    cosines = np.einsum("ij,ij->i", vectors.astype(np.float64), truth) / np.where(lengths > 0, lengths, np.inf)
    return float(cosines.min())


def _timed(path: Path, engine: Engine, probe: Probe, settings: Settings) -> tuple[Floats, float, float]:
    """The probes' vectors, the probes encoded per second, and the seconds that opening takes."""
    start = time.perf_counter()
    session = engine.open(path, threads(settings))
    vectors = probe(session)
    first = time.perf_counter() - start
    times: list[float] = []
    while len(times) < RUNS and sum(times) < SECONDS:
        start = time.perf_counter()
        probe(session)
        times.append(time.perf_counter() - start)
    usual = max(median(times), 1e-9)
    return vectors, len(vectors) / usual, max(first - usual, 0.0)


def _without_meagre(trials: list[Trial]) -> list[Trial]:
    best = max(trial.rate for trial in trials if trial.precision == "float32" and not trial.note)
    return [
        replace(t, note="gains too little over float32")
        if t.precision == "reduced" and not t.note and t.rate < best * WORTH
        else t
        for t in trials
    ]
