"""Pages that are photographed: kept, and looked at for what is grossly broken."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
from PIL import Image

from tests.web.browser import Browser

# Of a page with something on it, more than this share of its points differs from its ground.
_LEAST = 0.002
_SHOTS = os.environ.get("PINAKES_SHOTS", "")


def shot(browser: Browser, name: str) -> None:
    """Keep what is seen where PINAKES_SHOTS names a folder."""
    if _SHOTS:
        Path(_SHOTS).mkdir(exist_ok=True)
        browser.photograph(Path(_SHOTS) / f"{name}.png", whole=True)


def wrong_with(browser: Browser, shot: Path) -> str:
    """What is wrong: empty, wider than its window, or without its style; nothing where all is well."""
    wide = browser.script("return [document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    if wide[0] > wide[1]:
        return f"the page is {wide[0]} pixels wide in a window of {wide[1]}"
    if not browser.script("return getComputedStyle(document.documentElement).getPropertyValue('--paper')"):
        # A picture or a file that is shown by itself has no style.
        return "" if browser.script("return !document.querySelector('link[rel=stylesheet]')") else "no style"
    with Image.open(shot) as image:
        points = np.asarray(image.convert("RGB"), np.int16)
    differs = np.abs(points - np.median(points, axis=(0, 1))).max(axis=2) > 24
    return "" if differs.mean() > _LEAST else "there is nothing to be seen"
