"""Cats, dogs, horses, birds, owls and whales; trains and ships."""

from __future__ import annotations

import numpy as np

from pinakes.sources.sample.sound.dsp import (
    RATE,
    Chance,
    Sound,
    band,
    fading,
    noise,
    put,
    room,
    samples,
    saw,
    seconds,
    shaped,
    silence,
    swell,
    tone,
)


def _voiced(pitch: Sound, vowels: list[list[tuple[float, float]]], breath: float, rng: Chance) -> Sound:
    """A throat at a changing pitch whose mouth passes through vowels, each a list of (formant, loudness)."""
    length = len(pitch) / RATE
    source = saw(pitch, 28) + breath * noise(length, rng)[: len(pitch)]
    whole = np.zeros(len(pitch))
    for k, vowel in enumerate(vowels):
        points = [(60.0, 0.05)]
        for formant, loud in vowel:
            points += [(formant * 0.80, 0.12), (formant, loud), (formant * 1.22, 0.12)]
        points.append((10_000.0, 0.01))
        at = np.linspace(0, 1, len(pitch)) * (len(vowels) - 1)
        weight = np.clip(1 - np.abs(at - k), 0, 1) if len(vowels) > 1 else np.ones(len(pitch))
        whole += shaped(source, sorted(points)) * weight
    return whole


def cat(rng: Chance) -> Sound:
    """A cat that mews twice and purrs."""
    whole = silence(6.4)
    for at, length, high in ((0.2, 0.95, 1.0), (1.7, 1.25, 1.12)):
        base = rng.uniform(430, 520) * high
        pitch = base * swell(length, [(0, 0.78), (0.3, 1.25), (0.6, 1.2), (1, 0.72)])
        mew = _voiced(
            pitch,
            [
                [(420, 1), (2300, 0.5)],
                [(900, 1), (1800, 0.8), (3000, 0.3)],
                [(850, 1), (1400, 0.7), (2900, 0.3)],
                [(480, 1), (900, 0.4)],
            ],
            0.05,
            rng,
        )
        put(whole, mew * swell(length, [(0, 0), (0.2, 0.8), (0.5, 1), (0.8, 0.5), (1, 0)]), at)
    purr = band(noise(3.2, rng), 60, 420) * (0.5 + 0.5 * np.sin(2 * np.pi * 25 * seconds(3.2))) ** 2
    breath = 0.6 + 0.4 * np.sin(2 * np.pi * 0.8 * seconds(3.2))
    put(
        whole,
        purr * breath * swell(3.2, [(0, 0), (0.2, 1), (0.8, 1), (1, 0)]),
        3.1,
        1.2 * float(np.abs(whole).max()) * 0.35,
    )
    return room(whole, rng, 0.5, 0.10)


def dog(rng: Chance) -> Sound:
    """A dog that barks."""
    whole, at = silence(4.6), 0.2
    base = rng.uniform(210, 330)
    while at < 4.1:
        for gap in (0.0, 0.30) if rng.random() < 0.6 else (0.0,):
            length = rng.uniform(0.17, 0.22)
            pitch = base * swell(length, [(0, 0.9), (0.25, 1.7), (1, 0.7)])
            bark = _voiced(
                pitch,
                [[(500, 0.8), (1100, 0.8)], [(900, 1), (1500, 0.9), (2700, 0.5)], [(450, 0.8), (900, 0.4)]],
                0.45,
                rng,
            )
            put(whole, bark * fading(length, 0.018, 0.07), at + gap)
        at += rng.uniform(0.75, 1.25)
    return room(whole, rng, 0.9, 0.16)


def horse(rng: Chance) -> Sound:
    """Hooves on stones, first walking, then faster."""
    whole, at, k = silence(6.2), 0.1, 0
    while at < 5.9:
        pitch = (780, 640, 860, 700)[k % 4] * rng.uniform(0.97, 1.03)
        hoof = tone(pitch, 0.10) * fading(0.10, 0.001, 0.016) + 0.6 * tone(pitch * 1.83, 0.10) * fading(
            0.10, 0.001, 0.010
        )
        put(
            whole,
            hoof + 0.5 * band(noise(0.1, rng), 400, 3500) * fading(0.10, 0.001, 0.012),
            at,
            1.0 if k % 2 == 0 else 0.75,
        )
        pace = 0.30 if at < 2.4 else 0.20
        at += pace * (0.8 if k % 2 == 0 else 1.2)
        k += 1
    return room(whole, rng, 0.8, 0.15)


def bird(rng: Chance) -> Sound:
    """A songbird with phrases of whistles and trills."""
    whole, at = silence(6.2), 0.15
    base = rng.uniform(2600, 3600)
    phrases = [rng.integers(0, 4, int(rng.integers(3, 6))) for _ in range(2)]
    turn = 0
    while at < 5.4:
        for shape in phrases[turn % 2]:
            length = (0.16, 0.10, 0.22, 0.26)[shape]
            t = np.linspace(0, 1, samples(length))
            rise = (
                1 + 0.35 * t,
                1.35 - 0.5 * t,
                1 + 0.25 * np.sin(np.pi * t),
                1.15 + 0.12 * np.sign(np.sin(2 * np.pi * 22 * length * t)),
            )[shape]
            pitch = base * rise * (1.0, 1.15, 0.9, 1.25)[shape]
            note = tone(pitch, len(t) / RATE) + 0.15 * tone(2 * pitch, len(t) / RATE)
            put(whole, note * swell(len(t) / RATE, [(0, 0), (0.25, 1), (0.75, 0.9), (1, 0)]), at, rng.uniform(0.7, 1.0))
            at += length + 0.035
        at += rng.uniform(0.35, 0.7)
        turn += 1
    return room(whole, rng, 1.1, 0.18)


def owl(rng: Chance) -> Sound:
    """An owl that calls through the night."""
    whole = silence(7.0)
    base = rng.uniform(310, 380)
    for start in (0.3, 3.7):
        for at, length in ((0.0, 0.65), (1.05, 0.22), (1.35, 0.22), (1.66, 1.0)):
            pitch = (
                base
                * swell(length, [(0, 0.93), (0.3, 1.04), (1, 0.95)])
                * (1 + 0.010 * np.sin(2 * np.pi * 7 * seconds(length)))
            )
            call = tone(pitch, length) + 0.18 * tone(2 * pitch, length) + 0.06 * tone(3 * pitch, length)
            call += 0.12 * band(noise(length, rng), 250, 900)
            put(whole, call * swell(length, [(0, 0), (0.2, 1), (0.75, 0.8), (1, 0)]), start + at)
    return room(whole, rng, 2.0, 0.32) + 0.006 * band(noise(7.0, rng), 100, 900)


def whale(rng: Chance) -> Sound:
    """A whale's long song under water."""
    whole, at = silence(8.0), 0.2
    while at < 6.6:
        length = rng.uniform(1.3, 2.4)
        low = rng.uniform(140, 330)
        pitch = low * swell(
            length, [(0, 1), (0.35, rng.uniform(1.1, 1.7)), (0.7, rng.uniform(0.9, 2.4)), (1, rng.uniform(0.7, 1.6))]
        )
        pitch = pitch * (1 + 0.012 * np.sin(2 * np.pi * 4.5 * seconds(length)))
        call = saw(pitch, 7) * swell(length, [(0, 0), (0.3, 0.8), (0.7, 1), (1, 0)])
        put(whole, shaped(call, [(80, 0.6), (300, 1), (900, 0.5), (2500, 0.08)]), at, rng.uniform(0.7, 1))
        at += length + rng.uniform(0.1, 0.5)
    return room(whole, rng, 3.0, 0.5)


def train(rng: Chance) -> Sound:
    """A steam engine that draws away, with a whistle."""
    length = 7.5
    whole, at, gap, k = silence(length), 0.1, 0.40, 0
    while at < length - 0.2:
        puff = shaped(noise(0.26, rng), [(60, 0.7), (250, 1), (1200, 0.7), (5000, 0.25)]) * fading(0.26, 0.015, 0.07)
        put(whole, puff, at, (1.0, 0.62, 0.8, 0.58)[k % 4])
        if k % 4 == 0:
            for late in (0.0, 0.11):
                clack = tone(210, 0.08) * fading(0.08, 0.001, 0.02) + band(noise(0.08, rng), 1200, 4000) * fading(
                    0.08, 0.001, 0.008
                )
                put(whole, clack, at + gap * 0.5 + late, 0.30)
        at += gap
        gap = max(0.17, gap * 0.965)
        k += 1
    for start, span in ((2.6, 0.5), (3.25, 1.3)):
        chord = sum(
            (
                tone(f * (1 - 0.03 * np.exp(-seconds(span) / 0.05)), span) + 0.3 * tone(2 * f, span)
                for f in (466.0, 554.0, 698.0)
            ),
            np.zeros(samples(span)),
        )
        hiss = 0.35 * band(noise(span, rng), 1500, 5000)
        put(whole, (chord + hiss) * swell(span, [(0, 0), (0.12, 1), (0.85, 0.9), (1, 0)]), start, 0.30)
    return room(whole, rng, 1.2, 0.14)


def ship(rng: Chance) -> Sound:
    """A ship's horn over the water."""
    whole = silence(7.5)
    base = rng.uniform(92, 128)
    for start, span in ((0.3, 2.4), (3.6, 2.4)):
        pitch = base * swell(span, [(0, 0.94), (0.12, 1.0), (0.9, 1.0), (1, 0.95)])
        horn = saw(pitch, 24) + 0.8 * saw(pitch * 1.498, 18)
        horn = shaped(horn, [(60, 0.8), (250, 1), (700, 0.55), (1800, 0.2), (5000, 0.03)])
        put(whole, horn * swell(span, [(0, 0), (0.10, 0.9), (0.85, 1), (1, 0)]), start)
    sea = shaped(noise(7.5, rng), [(60, 0.6), (300, 1), (1500, 0.3), (6000, 0.05)]) * (
        1 + 0.5 * np.sin(2 * np.pi * seconds(7.5) / 3.7)
    )
    return room(whole, rng, 2.6, 0.30) + 0.05 * sea
