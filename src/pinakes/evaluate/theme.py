"""The colours of charts and reports, each with its twin for dark screens.

The six of the series can be told apart by people with any of the three kinds of colour blindness (the tests simulate
them), stand out from the paper at 3:1, and never speak alone: markers and dashes say the same.
"""

from __future__ import annotations

# Name: on white paper, on a dark screen. No two names have one colour on paper: a drawing is recoloured by it.
COLOURS: dict[str, tuple[str, str]] = {
    "paper": ("#ffffff", "#14181d"),
    "panel": ("#f4f6f8", "#1d232a"),
    "ink": ("#1c2127", "#e7eaee"),
    "quiet": ("#535d68", "#a9b3be"),
    "frame": ("#7f8a95", "#6c7783"),
    "grid": ("#dfe4e9", "#2d353d"),
    "accent": ("#1f4e8c", "#9cc4f5"),
    "good": ("#0b6b4f", "#5fd3ab"),
    "bad": ("#9c2a1f", "#ff9c8f"),
    "one": ("#2450c8", "#7a84ff"),
    "two": ("#a8281f", "#df6457"),
    "three": ("#0a9c80", "#25d2c2"),
    "four": ("#8a3f94", "#9c60a8"),
    "five": ("#8f9400", "#f4bd49"),
    "six": ("#1b2433", "#fdf8c4"),
    "heat0": ("#f3f7fb", "#1b232c"),
    "heat1": ("#d7e5f3", "#1d3550"),
    "heat2": ("#adcbe6", "#1f4a75"),
    "heat3": ("#7fb0d8", "#7db2e6"),
    "heat4": ("#2f6ea8", "#a4cbf0"),
    "heat5": ("#123f70", "#d3e7fa"),
    "heatink0": ("#14191e", "#f2f5f8"),
    "heatink1": ("#14191f", "#f2f5f9"),
    "heatink2": ("#14191d", "#f2f5f7"),
    "heatink3": ("#14191c", "#0d1216"),
    "heatink4": ("#fefefe", "#0d1217"),
    "heatink5": ("#fdfdfd", "#0d1218"),
}

SERIES = ("one", "two", "three", "four", "five", "six")
FACE = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif"


def light(name: str) -> str:
    """A colour on paper."""
    return COLOURS[name][0]


def stylesheet() -> str:
    """All colours as properties of a style sheet: light, dark where the screen is, light again on paper."""

    def tokens(which: int) -> str:
        return "".join(f"--{name}:{pair[which]};" for name, pair in COLOURS.items())

    return (
        f":root{{color-scheme:light;--face:{FACE};{tokens(0)}}}\n"
        f"@media screen and (prefers-color-scheme:dark){{:root{{color-scheme:dark;{tokens(1)}}}}}\n"
    )
