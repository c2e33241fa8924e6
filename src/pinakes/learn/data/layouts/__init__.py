"""Folders of known benchmarks as people download them, each on a page; importing this room files all in `LAYOUTS`."""

from pinakes.learn.data.layouts import (
    captioned,
    coco,
    esc,
    features,
    mirflickr25k,
    nus_wide,
    pascal_sentence,
    plain,
    wikipedia,
)
from pinakes.learn.data.layouts.base import LAYOUTS, Layout, Loaded, read_layout

__all__ = [
    "LAYOUTS",
    "Layout",
    "Loaded",
    "captioned",
    "coco",
    "esc",
    "features",
    "mirflickr25k",
    "nus_wide",
    "pascal_sentence",
    "plain",
    "read_layout",
    "wikipedia",
]
