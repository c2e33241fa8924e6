"""Draw the pictures of the page on augmentation: `python -m docs.augmented [FOLDER]`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import numpy as np
import soundfile
import soxr
import torch
from PIL import Image, ImageDraw

from pinakes.encoders.mel import hann
from pinakes.encoders.trained.inputs import RATE
from pinakes.learn.augment import pictures, sound
from pinakes.learn.augment.draws import Draws, keys_of
from pinakes.sources.sample.made import plates, sounds
from pinakes.types import Floats, Pixels

IMAGES = Path(__file__).parent / "images"
SEED, SIDE, GAP, LABEL = 1, 104, 4, 14
# Rows of the sheets, and how often each change is drawn anew.
PICTURE_STEPS: tuple[pictures.PictureStep, ...] = (
    pictures.Rotate(),
    pictures.Scale(),
    pictures.Crop(0.6),
    pictures.Flip(),
    pictures.Colour(),
    pictures.Gaussian(0.15, 1),
    pictures.SaltAndPepper(0.05, 1),
)
SOUND_STEPS: tuple[sound.SoundStep, ...] = (
    sound.Noise(5, 20, 1),
    sound.Speed(0.7, 1.3),
    sound.Pitch(6),
    sound.TimeMask(0.8),
    sound.FrequencyMask(1_500),
)
TIMES = 5


def main(arguments: Sequence[str]) -> int:
    """Draw both sheets."""
    folder = Path(arguments[0]) if arguments else IMAGES
    folder.mkdir(parents=True, exist_ok=True)
    for name, sheet in (("augmented-pictures", _pictures()), ("augmented-sounds", _sounds())):
        target = folder / f"{name}.webp"
        sheet.save(target, "WEBP", quality=72, method=6)
        sys.stdout.write(f"{target}: {target.stat().st_size:,} bytes\n")
    return 0


def _pictures() -> Image.Image:
    """A plate of the sample library as it is, and after each step by itself; last after all of them."""
    plate = Image.open(BytesIO(next(iter(plates(SEED, 1))).data)).convert("RGB").resize((2 * SIDE, 2 * SIDE))
    whole = torch.from_numpy(np.array(plate)).permute(2, 0, 1)[None].float() / 255
    rows = [("as it is", [_small(whole)] + [None] * (TIMES - 1))]
    for steps in (*((step,) for step in PICTURE_STEPS), pictures.USUAL):
        name = steps[0].step if len(steps) == 1 else "all of them"
        draws = Draws(keys_of([f"{name} {n}" for n in range(TIMES)]))
        found = pictures.changed(whole.repeat(TIMES, 1, 1, 1), steps, draws)
        rows.append((name, [_small(found[n : n + 1]) for n in range(TIMES)]))
    return _sheet(rows)


def _sounds() -> Image.Image:
    """The first sound of the sample library as a spectrogram, changed in the same way."""
    samples, rate = soundfile.read(BytesIO(next(iter(sounds(SEED, 1))).data), dtype="float32", always_2d=True)
    mono = soxr.resample(samples.mean(1), rate, RATE)[: 3 * RATE]
    whole = np.zeros((1, 3 * RATE), np.float32)
    whole[0, : len(mono)] = mono
    rows = [("as it is", [_spectrogram(whole[0])] + [None] * (TIMES - 1))]
    for steps in (*((step,) for step in SOUND_STEPS), sound.USUAL):
        name = steps[0].step if len(steps) == 1 else "all of them"
        draws = Draws(keys_of([f"{name} {n}" for n in range(TIMES)]))
        found = sound.changed(whole.repeat(TIMES, 0), steps, draws)
        rows.append((name, [_spectrogram(one) for one in found]))
    return _sheet(rows)


def _small(pixels: torch.Tensor) -> Image.Image:
    shown: Pixels = (pixels[0].permute(1, 2, 0).numpy() * 255).round().astype(np.uint8)
    return Image.fromarray(shown).resize((SIDE, SIDE))


def _spectrogram(samples: Floats) -> Image.Image:
    """Loudness by time and frequency, 60 decibels from white to black."""
    frames = np.lib.stride_tricks.sliding_window_view(samples, 512)[::256] * hann(512)
    power = np.abs(np.fft.rfft(frames))[:, :256].T[::-1] ** 2
    level = 10 * np.log10(np.maximum(power, 1e-9))
    grey = 255 - np.clip((level + 40) / 60, 0, 1) * 255
    return Image.fromarray(grey.astype(np.uint8)).resize((SIDE, SIDE * 2 // 3)).convert("RGB")


def _sheet(rows: Sequence[tuple[str, Sequence[Image.Image | None]]]) -> Image.Image:
    """Rows of pictures, the name of each above it."""
    height = next(picture.height for picture in rows[0][1] if picture is not None)
    step = height + LABEL + GAP
    sheet = Image.new("RGB", (TIMES * (SIDE + GAP) + GAP, len(rows) * step + GAP), "white")
    pen = ImageDraw.Draw(sheet)
    for number, (name, several) in enumerate(rows):
        pen.text((GAP, number * step + 1), name, fill="black")
        for column, picture in enumerate(several):
            if picture is not None:
                sheet.paste(picture, (GAP + column * (SIDE + GAP), number * step + LABEL))
    return sheet


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
