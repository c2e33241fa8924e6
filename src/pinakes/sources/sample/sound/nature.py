"""Rain, waves, wind, a river and footsteps: noise that is filtered and breathes."""

from __future__ import annotations

import numpy as np

from pinakes.sources.sample.sound.dsp import (
    Chance,
    Sound,
    band,
    fading,
    noise,
    put,
    room,
    samples,
    seconds,
    shaped,
    silence,
    swell,
    tone,
)


def rain(rng: Chance) -> Sound:
    """Rain on leaves and a sill, and far thunder."""
    length = 7.0
    bed = shaped(noise(length, rng), [(100, 0.05), (600, 0.35), (2500, 1), (7000, 0.8), (10500, 0.4)]) * 0.16
    drops = silence(length)
    for _ in range(420):
        pitch = rng.uniform(900, 4200)
        drop = tone(pitch * (1 + 4 * seconds(0.03)), 0.03) * fading(0.03, 0.001, 0.005)
        put(drops, drop, rng.uniform(0, length), rng.uniform(0.05, 0.6) ** 2)
    roll = shaped(noise(length, rng), [(20, 0.6), (55, 1), (120, 0.5), (300, 0.08), (800, 0)])
    roll *= swell(length, [(0, 0), (0.30, 0), (0.38, 1), (0.46, 0.4), (0.55, 0.7), (0.85, 0.1), (1, 0)])
    return bed + drops + 0.55 * roll * (rng.random() < 0.6)


def waves(rng: Chance) -> Sound:
    """Waves that come in, break and run back."""
    length = 8.0
    whole = silence(length)
    at = -1.2
    while at < length:
        span = rng.uniform(3.0, 4.0)
        surge = shaped(noise(span, rng), [(40, 0.8), (200, 1), (700, 0.6), (2500, 0.2), (8000, 0.04)]) * swell(
            span, [(0, 0), (0.35, 0.5), (0.5, 1), (0.7, 0.35), (1, 0)]
        )
        hiss = shaped(noise(span, rng), [(500, 0.02), (2500, 0.6), (6000, 1), (10000, 0.5)]) * swell(
            span, [(0, 0), (0.42, 0.02), (0.55, 0.75), (0.75, 0.3), (1, 0)]
        )
        both = surge + 0.5 * hiss
        if at < 0:
            both, start = both[samples(-at) :], 0.0
        else:
            start = at
        put(whole, both, start, rng.uniform(0.7, 1.0))
        at += span * rng.uniform(0.62, 0.8)
    return whole


def wind(rng: Chance) -> Sound:
    """Wind that rises, falls and whistles."""
    length = 7.0
    t = seconds(length)
    gust = 0.55 + 0.45 * np.sin(2 * np.pi * t / rng.uniform(3.0, 4.5) + rng.uniform(0, 6)) * np.sin(
        2 * np.pi * t / 7.7 + 1
    )
    bed = shaped(noise(length, rng), [(40, 0.5), (150, 1), (500, 0.5), (1500, 0.12), (5000, 0.02)])
    whole = bed * gust
    for centre in (420, 680, 1040):
        breath = noise(length, rng)
        voice = band(breath, centre * 0.94, centre * 1.06)
        whole += 1.6 * voice * np.clip(gust - 0.35, 0, 1) ** 2
    return whole


def river(rng: Chance) -> Sound:
    """A stream over stones."""
    length = 6.5
    bed = shaped(noise(length, rng), [(80, 0.3), (350, 1), (900, 0.7), (3000, 0.35), (9000, 0.08)]) * 0.12
    drops = silence(length)
    for _ in range(700):
        pitch = rng.uniform(320, 1500)
        span = rng.uniform(0.03, 0.08)
        bubble = tone(pitch * (1 + 2.5 * seconds(span)), span) * fading(span, 0.006, span * 0.35)
        put(drops, bubble, rng.uniform(0, length - span), rng.uniform(0.1, 0.7) ** 2)
    return bed + 0.7 * drops


def footsteps(rng: Chance) -> Sound:
    """Steps on gravel or in snow."""
    whole, at, crisp = silence(6.0), 0.15, rng.random() < 0.5
    foot = 0
    while at < 5.7:
        for part, (delay, loud) in enumerate(((0.0, 1.0), (0.13, 0.6))):
            span = 0.16 if not crisp else 0.22
            grit = band(noise(span, rng), 700 if crisp else 300, 6500 if crisp else 3000) * fading(span, 0.012, 0.045)
            crumbs = silence(span)
            for _ in range(16 if crisp else 8):
                put(
                    crumbs,
                    band(noise(0.02, rng), 1500, 7000) * fading(0.02, 0.001, 0.004),
                    rng.uniform(0, span - 0.02),
                    rng.uniform(0.2, 0.9),
                )
            heel = tone(85 - 15 * part, span) * fading(span, 0.004, 0.03)
            put(whole, grit * 0.6 + crumbs + 0.5 * heel, at + delay, loud * (1.0 if foot % 2 else 0.85))
        at += rng.uniform(0.54, 0.60)
        foot += 1
    return room(whole, rng, 0.4, 0.08)


def crickets(rng: Chance) -> Sound:
    """Crickets on a summer night."""
    length = 6.5
    whole = 0.012 * shaped(noise(length, rng), [(60, 1), (400, 0.5), (2000, 0.1), (6000, 0.05)])
    for _ in range(4):
        pitch, gap, loud = rng.uniform(3900, 4900), rng.uniform(0.52, 0.85), rng.uniform(0.25, 1.0)
        at = rng.uniform(0, gap)
        while at < length - 0.3:
            for k in range(3):
                chirp = tone(pitch * (1 - 0.25 * seconds(0.034)), 0.034) * swell(
                    0.034, [(0, 0), (0.3, 1), (0.7, 1), (1, 0)]
                )
                put(whole, chirp, at + 0.052 * k, loud * 0.4)
            at += gap * rng.uniform(0.97, 1.03)
    return whole
