from __future__ import annotations

import re
from itertools import combinations

import numpy as np
import pytest

from pinakes.evaluate.theme import COLOURS, SERIES

# Machado, Oliveira and Fernandes, A Physiologically-based Model for Simulation of Color Vision Deficiency (2009).
VISIONS = {
    "full": np.eye(3),
    "without red": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "without green": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
    "without blue": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
}
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
# Differences of this many units of CIELAB are seen at a glance, in a thin line too.
SEEN = 20

BOTH = pytest.mark.parametrize("which", [0, 1], ids=["light", "dark"])


def linear(colour: str) -> np.ndarray:
    values = np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """The contrast of two colours as WCAG defines it."""
    lights = sorted(float(TO_XYZ[1] @ linear(colour)) for colour in (one, other))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def lab(light: np.ndarray) -> np.ndarray:
    scaled = TO_XYZ @ np.clip(light, 0, 1) / TO_XYZ.sum(axis=1)
    x, y, z = np.where(scaled > 0.008856, np.cbrt(scaled), 7.787 * scaled + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@BOTH
@pytest.mark.parametrize("ink", ["ink", "quiet", "accent", "good", "bad"])
@pytest.mark.parametrize("ground", ["paper", "panel"])
def test_text_stands_out(which: int, ink: str, ground: str) -> None:
    assert contrast(COLOURS[ink][which], COLOURS[ground][which]) >= 4.5


@BOTH
@pytest.mark.parametrize("shade", range(6))
def test_numbers_stand_out_from_their_squares(which: int, shade: int) -> None:
    assert contrast(COLOURS[f"heatink{shade}"][which], COLOURS[f"heat{shade}"][which]) >= 4.5


@BOTH
@pytest.mark.parametrize("name", [*SERIES, "frame"])
def test_lines_stand_out_from_the_paper(which: int, name: str) -> None:
    assert contrast(COLOURS[name][which], COLOURS["paper"][which]) >= 3


@BOTH
@pytest.mark.parametrize("vision", VISIONS)
def test_the_colours_of_lines_are_told_apart_by_all_eyes(which: int, vision: str) -> None:
    seen = {name: lab(np.array(VISIONS[vision]) @ linear(COLOURS[name][which])) for name in SERIES}
    near = {pair: float(np.linalg.norm(seen[pair[0]] - seen[pair[1]])) for pair in combinations(SERIES, 2)}
    assert min(near.values()) >= SEEN, min(near, key=lambda pair: near[pair])


@BOTH
def test_shades_grow_stronger_in_one_direction(which: int) -> None:
    lights = [float(TO_XYZ[1] @ linear(COLOURS[f"heat{shade}"][which])) for shade in range(6)]
    assert lights == sorted(lights, reverse=which == 0)


def test_no_two_names_share_a_colour_on_paper() -> None:
    on_paper = [pair[0] for pair in COLOURS.values()]
    assert len(set(on_paper)) == len(on_paper)


def test_a_page_knows_light_dark_and_paper(html: str) -> None:
    style = re.search(r"<style>(.*?)</style>", html, re.S)
    assert style
    dark = re.search(r"@media screen and \(prefers-color-scheme:dark\)\{:root\{color-scheme:dark;(.*?)\}\}", style[1])
    assert dark and all(f"--{name}:{pair[1]};" in dark[1] for name, pair in COLOURS.items())
    assert "@media print" in style[1]
    used = set(re.findall(r"var\(--([\w]+)", html)) - {"face", "cards"}
    assert used <= set(COLOURS)


def test_charts_have_no_colour_that_does_not_turn_dark(html: str) -> None:
    for chart in re.findall(r"<svg.*?</svg>", html, re.S):
        assert not re.search(r"(?:fill|stroke): ?#", chart)
        assert re.search(r"var\(--\w+,#[0-9a-f]{6}\)", chart)
