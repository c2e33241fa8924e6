"""Cleaning: pure steps chosen by name, flags for outliers, and signatures by which near-duplicates are found."""

from __future__ import annotations

from collections.abc import Sequence

from pinakes.media.base import CleaningNote
from pinakes.media.clean.colour import normalise_size
from pinakes.media.clean.duplicates import near_duplicates
from pinakes.media.clean.flags import flags_of_image, flags_of_sound, flags_of_text
from pinakes.media.clean.gaussian import remove_gaussian_noise
from pinakes.media.clean.impulses import remove_impulses
from pinakes.media.clean.keywords import keywords
from pinakes.media.clean.loudness import normalise_loudness
from pinakes.media.clean.signatures import signature_of_image, signature_of_text
from pinakes.media.clean.spelling import Speller, suggest_spelling
from pinakes.media.clean.steps import DEFAULT_STEPS, STEPS, Step
from pinakes.media.clean.text import join_hyphens, repair_mojibake
from pinakes.types import Floats, Modality, Pixels

__all__ = [
    "DEFAULT_STEPS",
    "STEPS",
    "Speller",
    "Step",
    "apply_image",
    "apply_sound",
    "apply_text",
    "flags_of_image",
    "flags_of_sound",
    "flags_of_text",
    "has_steps",
    "join_hyphens",
    "keywords",
    "near_duplicates",
    "normalise_loudness",
    "normalise_size",
    "remove_gaussian_noise",
    "remove_impulses",
    "repair_mojibake",
    "signature_of_image",
    "signature_of_text",
    "suggest_spelling",
]

Notes = tuple[CleaningNote, ...]


def apply_image(pixels: Pixels, names: Sequence[str]) -> tuple[Pixels, Notes]:
    """Run those of the named steps that are for pictures, in the given order, on (height, width, 3) uint8."""
    notes = []
    for step in _steps(names, "image"):
        pixels, note = step.apply(pixels)
        notes.append(note)
    return pixels, tuple(notes)


def apply_sound(samples: Floats, rate: int, names: Sequence[str]) -> tuple[Floats, Notes]:
    """Run those of the named steps that are for sound, in the given order, on mono (samples,) float32."""
    notes = []
    for step in _steps(names, "audio"):
        samples, note = step.apply(samples, rate)
        notes.append(note)
    return samples, tuple(notes)


def apply_text(text: str, names: Sequence[str], speller: Speller | None = None) -> tuple[str, Notes]:
    """Run those of the named steps that are for texts; a step that needs a speller is left out where there is none."""
    notes = []
    for step in _steps(names, "text"):
        if not step.needs_speller:
            text, note = step.apply(text)
        elif speller is not None:
            text, note = step.apply(text, speller)
        else:
            continue
        notes.append(note)
    return text, tuple(notes)


def has_steps(names: Sequence[str], modality: Modality) -> bool:
    """Whether any of the named steps is for that modality."""
    return bool(_steps(names, modality))


def _steps(names: Sequence[str], modality: Modality) -> list[Step]:
    return [step for name in names if (step := STEPS.get(name)).modality == modality]
