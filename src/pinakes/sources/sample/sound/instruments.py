"""Bells, clocks, violins, drums, a kettle and a bicycle's bell."""

from __future__ import annotations

import numpy as np

from pinakes.sources.sample.sound.dsp import (
    RATE,
    Chance,
    Sound,
    band,
    fading,
    noise,
    plucked,
    put,
    room,
    saw,
    seconds,
    shaped,
    silence,
    swell,
    tone,
)

# Partials of a church bell: hum, prime, tierce, quint, nominal and above, with loudness and ring.
PARTIALS = (
    (0.5, 0.55, 1.6),
    (1.0, 0.8, 1.1),
    (1.19, 0.7, 0.9),
    (1.5, 0.4, 0.7),
    (2.0, 1.0, 0.8),
    (2.52, 0.4, 0.4),
    (3.0, 0.35, 0.35),
    (4.1, 0.25, 0.22),
    (5.4, 0.2, 0.12),
)


def strike(frequency: float, length: float, rng: Chance, ring: float = 1.0) -> Sound:
    """One stroke on a bell."""
    whole = silence(length)
    for ratio, loud, last in PARTIALS:
        if ratio * frequency < RATE * 0.45:
            drift = 1 + 0.0012 * rng.standard_normal()
            beat = 1 + 0.25 * np.sin(2 * np.pi * rng.uniform(0.4, 1.6) * seconds(length))
            whole += (
                loud
                * beat
                * tone(ratio * frequency * drift, length, rng.uniform(0, 6))
                * fading(length, 0.004, last * ring)
            )
    return whole + 0.25 * band(noise(length, rng), 1500, 6000) * fading(length, 0.001, 0.02)


def bell(rng: Chance) -> Sound:
    """A church bell that strikes three or four times."""
    pitch, count = rng.uniform(280, 620), int(rng.integers(3, 5))
    whole = silence(1.5 * count + 1.6)
    stroke = strike(pitch, 3.4, rng, 1.2)
    for k in range(count):
        put(whole, stroke, 0.1 + 1.5 * k, 1.0 if k % 2 == 0 else rng.uniform(0.7, 0.9))
    return room(whole, rng, 2.2, 0.22)


def clock(rng: Chance) -> Sound:
    """A clock that ticks, and at last strikes."""
    whole = silence(7.0)
    pace = rng.uniform(0.46, 0.54)
    for k in range(int(7.0 / pace)):
        pitch = 2450 if k % 2 == 0 else 1900
        tick = tone(pitch, 0.06) * fading(0.06, 0.001, 0.008) + 0.6 * tone(pitch * 1.71, 0.06) * fading(
            0.06, 0.001, 0.005
        )
        put(whole, tick + 0.4 * band(noise(0.06, rng), 900, 4000) * fading(0.06, 0.001, 0.006), 0.05 + pace * k, 0.55)
    chime = rng.uniform(620, 760)
    stroke = strike(chime, 2.2, rng, 0.7)
    for k in range(2):
        put(whole, stroke, 3.6 + 1.5 * k, 0.22)
    return room(whole, rng, 0.7, 0.12)


# What the body of a violin lets through, as (frequency, gain).
BODY = (
    *((100.0, 0.1), (250.0, 0.9), (300.0, 1.3), (380.0, 0.8), (480.0, 1.4), (700.0, 0.7)),
    *((1100.0, 0.9), (2400.0, 1.0), (3200.0, 0.8), (5000.0, 0.25), (9000.0, 0.05)),
)
SCALE = (0, 2, 4, 5, 7, 9, 11, 12, 14)


def _bowed(frequency: float, length: float, rng: Chance) -> Sound:
    """One bowed note with vibrato, through the body of the violin."""
    t = seconds(length)
    vibrato = 1 + 0.006 * np.sin(2 * np.pi * 5.6 * t + rng.uniform(0, 6)) * np.minimum(t / 0.25, 1)
    string = saw(frequency * vibrato * (1 + 0.0006 * rng.standard_normal()), 22)
    bow = 0.10 * band(noise(length, rng), 1800, 7000)
    return shaped(string + bow, BODY) * swell(length, [(0, 0), (0.14, 0.9), (0.5, 1), (0.85, 0.8), (1, 0)])


def violin(rng: Chance) -> Sound:
    """A slow tune on a violin."""
    root = float(rng.choice([293.7, 329.6, 392.0]))
    step, whole, at = int(rng.integers(2, 5)), silence(7.4), 0.05
    while at < 6.4:
        length = float(rng.choice([0.42, 0.42, 0.84]))
        put(whole, _bowed(root * 2 ** (SCALE[step] / 12), length + 0.10, rng), at)
        step = int(np.clip(step + rng.choice([-2, -1, -1, 1, 1, 2]), 0, len(SCALE) - 1))
        at += length
    put(whole, _bowed(root, 1.0, rng), at)
    return room(whole, rng, 1.4, 0.25)


def drum(rng: Chance) -> Sound:
    """A side drum that beats a march."""
    whole, beat = silence(6.2), rng.uniform(0.46, 0.56)
    pattern = ((0, 1.0), (1, 0.55), (1.5, 0.45), (2, 0.9), (2.5, 0.45), (3, 0.6), (3.25, 0.4), (3.5, 0.5), (3.75, 0.4))
    pitch = rng.uniform(90, 150)
    for bar in range(4):
        for place, loud in pattern:
            length = 0.5
            fall = pitch * (1 + 0.8 * np.exp(-seconds(length) / 0.025))
            skin = tone(fall, length) * fading(length, 0.002, 0.13) + 0.5 * tone(fall * 1.59, length) * fading(
                length, 0.002, 0.08
            )
            snare = 0.55 * band(noise(length, rng), 900, 6500) * fading(length, 0.001, 0.05)
            put(whole, skin + snare * (0.5 + 0.5 * (place % 2 == 1)), 0.05 + (bar * 4 + place) * beat * 0.72, loud)
    return room(whole, rng, 0.6, 0.14)


def kettle(rng: Chance) -> Sound:
    """A kettle that begins to sing."""
    length = 6.5
    bubbles = silence(length)
    for _ in range(150):
        at, pitch = rng.uniform(0, length - 0.1), rng.uniform(250, 700)
        rise = pitch * (1 + seconds(0.06) * 6)
        put(bubbles, tone(rise, 0.06) * fading(0.06, 0.004, 0.014), at, rng.uniform(0.1, 0.5))
    steam = band(noise(length, rng), 2500, 8000) * swell(length, [(0, 0.02), (0.4, 0.10), (0.75, 0.30), (1, 0.22)])
    pitch = (
        1400
        + 900 * swell(length, [(0, 0), (0.35, 0.0), (0.62, 0.9), (1, 1)])
        + 12 * np.sin(2 * np.pi * 6 * seconds(length))
    )
    song = (tone(pitch, length) + 0.35 * tone(2.01 * pitch, length)) * swell(
        length, [(0, 0), (0.35, 0), (0.6, 0.7), (0.9, 0.9), (1, 0.4)]
    )
    return 0.5 * bubbles + steam + 0.55 * song


def bicycle(rng: Chance) -> Sound:
    """A bicycle bell rung twice, and the ticking of its wheel."""
    whole = silence(4.6)
    pitch = rng.uniform(2100, 2700)
    ring = (
        tone(pitch, 1.2) * fading(1.2, 0.001, 0.28)
        + 0.6 * tone(pitch * 1.504, 1.2) * fading(1.2, 0.001, 0.18)
        + 0.3 * tone(pitch * 2.31, 1.2) * fading(1.2, 0.001, 0.1)
    )
    for start in (0.25, 1.35):
        for k in range(9):
            put(whole, ring, start + 0.052 * k, 0.5 if k % 2 else 0.8)
    for k in range(26):
        click = band(noise(0.03, rng), 2000, 6000) * fading(0.03, 0.001, 0.004)
        put(whole, click, 2.2 + 0.085 * k + 0.0009 * k * k, 0.8)
    return room(whole, rng, 0.5, 0.10)


def music_box(rng: Chance) -> Sound:
    """A plucked tune, as on a small harp or a music box."""
    whole, root = silence(7.0), float(rng.choice([392.0, 440.0, 523.3]))
    step = 4
    for k in range(18):
        note = root * 2 ** (SCALE[step] / 12)
        put(whole, plucked(note, 1.6, rng, 0.995), 0.05 + 0.34 * k, 0.9 if k % 4 == 0 else 0.6)
        if k % 4 == 0:
            put(whole, plucked(root / 2, 2.0, rng, 0.997), 0.05 + 0.34 * k, 0.5)
        step = int(np.clip(step + rng.choice([-2, -1, 1, 2, 3]), 0, len(SCALE) - 1))
    return room(whole, rng, 1.2, 0.2)
