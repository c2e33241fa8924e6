"""One sheet to draw a chart on: matplotlib makes the SVG, and what leaves here fits into any page.

The same drawing gives the same bytes. Its colours are properties of a style sheet with the light ones as fallback, so
that a page turns dark with its charts; its words are real text. Matplotlib measures stand-ins instead of the words of
users, which are put in at the end, escaped: a label may hold dollars, angle brackets or a script that no font of
matplotlib has.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING, Any

from pinakes.errors import MissingExtra
from pinakes.evaluate.markup import clean, escaped
from pinakes.evaluate.theme import COLOURS, FACE, light

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_POINTS_PER_INCH = 72
# Matplotlib's settings are the process's own: one drawing at a time.
_ONE_AT_A_TIME = threading.Lock()
_BY_COLOUR = {pair[0]: name for name, pair in COLOURS.items()}
_OURS: dict[str, Any] = {
    "svg.fonttype": "none",
    "text.usetex": False,
    "font.family": ["DejaVu Sans"],
    "font.size": 11,
    "axes.linewidth": 0.8,
    "axes.edgecolor": light("frame"),
    "axes.labelcolor": light("quiet"),
    "axes.facecolor": "none",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "figure.facecolor": "none",
    "figure.edgecolor": "none",
    "savefig.facecolor": "none",
    "savefig.edgecolor": "none",
    "grid.color": light("grid"),
    "grid.linewidth": 0.8,
    "text.color": light("ink"),
    "xtick.color": light("frame"),
    "ytick.color": light("frame"),
    "xtick.labelcolor": light("quiet"),
    "ytick.labelcolor": light("quiet"),
    "lines.linewidth": 1.8,
    "lines.markersize": 7,
    "legend.frameon": False,
    "legend.fontsize": 11,
    "legend.labelcolor": light("ink"),
}


@dataclass(frozen=True, slots=True)
class Drawing:
    """A finished chart: an SVG that stands alone or within a page, with its title and what it shows in words."""

    key: str
    title: str
    about: str
    svg: str


class Canvas:
    """A figure of a fixed size in points, whose words are stand-ins until it is finished."""

    def __init__(self, key: str, width: float, height: float) -> None:
        from matplotlib.backends.backend_svg import FigureCanvasSVG
        from matplotlib.figure import Figure

        self.key, self.width, self.height = key, width, height
        self._figure = Figure(figsize=(width / _POINTS_PER_INCH, height / _POINTS_PER_INCH))
        FigureCanvasSVG(self._figure)
        self._words: list[str] = []

    def axes(self, left: float, bottom: float, width: float, height: float) -> Axes:
        """Axes whose frame lies at that place, in points from the lower left."""
        across, up = self.width, self.height
        return self._figure.add_axes((left / across, bottom / up, width / across, height / up))

    def say(self, words: str, longest: int = 46) -> str:
        """A stand-in about as wide as these words, which take its place in the end; long ones are cut."""
        words = shortened(clean(words), longest)
        self._words.append(words)
        return f"q{len(self._words) - 1:03d}".ljust(wide(words), "n")

    def finish(self, title: str, about: str) -> Drawing:
        """The chart as SVG."""
        raw = StringIO()
        self._figure.savefig(raw, format="svg", metadata={"Date": None})
        return Drawing(self.key, title, about, self._settled(raw.getvalue(), title, about))

    def _settled(self, svg: str, title: str, about: str) -> str:
        """What matplotlib wrote, cut down to what a page needs, with our colours, ids and words."""
        inner = svg[svg.index(">", svg.index("<svg")) + 1 : svg.rindex("</svg>")]
        for unneeded in (r"<metadata>.*?</metadata>", r"<!--.*?-->", r"<defs>\s*<style.*?</style>\s*</defs>"):
            inner = re.sub(unneeded, "", inner, flags=re.S)
        inner = inner.replace("xlink:href=", "href=")
        wanted = set(re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', inner))
        kept = {name for pair in wanted for name in pair if name}
        inner = re.sub(r' id="([^"]+)"', lambda m: f' id="{self.key}-{m[1]}"' if m[1] in kept else "", inner)
        inner = re.sub(r'(href="#|url\(#)', rf"\g<1>{self.key}-", inner)
        inner = re.sub(r"<[^>]+>", lambda tag: re.sub(r"\d+\.\d{3,}", _rounded, tag[0]), inner)
        inner = re.sub(r"#[0-9a-f]{6}\b", _recoloured, inner)
        inner = re.sub(r"font: ((?:\w+ )*[\d.]+px)[^;\"]*", rf"font: \1 var(--face,{FACE})", inner)
        inner = re.sub(r">q(\d{3})n*<", lambda found: f">{escaped(self._words[int(found[1])])}<", inner)
        inner = re.sub(r"\s*\n\s*", "\n", inner)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {self.width:g} {self.height:g}" '
            f'aria-labelledby="{self.key}-title {self.key}-about" '
            f'style="stroke-linejoin:round;stroke-linecap:butt">'
            f'<title id="{self.key}-title">{escaped(title)}</title>'
            f'<desc id="{self.key}-about">{escaped(about)}</desc>{inner}</svg>'
        )


@contextmanager
def canvas(key: str, width: float, height: float) -> Iterator[Canvas]:
    """A canvas to draw on; `key` names it, and its ids, within a page."""
    try:
        from matplotlib import rc_context, rcParamsDefault
    except ImportError:
        raise MissingExtra("Drawing charts", "report") from None
    # A user's own matplotlibrc changes nothing here.
    settings: dict[Any, Any] = {
        name: rcParamsDefault[name] for name in rcParamsDefault if not name.startswith("backend")
    }
    settings |= _OURS | {"svg.hashsalt": key}
    with _ONE_AT_A_TIME, rc_context(settings):
        yield Canvas(key, width, height)


def wide(words: str) -> int:
    """How many letters wide a text is: those of East Asian scripts count twice, marks upon others not at all."""
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else not unicodedata.combining(one) for one in words)


def shortened(words: str, longest: int) -> str:
    """A text that is at most so many letters wide, with an ellipsis where it was cut."""
    if wide(words) <= longest:
        return words
    while wide(words) > longest - 1:
        words = words[: min(len(words) - 1, longest)]
    return words.rstrip() + "…"


def _rounded(found: re.Match[str]) -> str:
    return f"{float(found[0]):.2f}".rstrip("0").rstrip(".")


def _recoloured(found: re.Match[str]) -> str:
    name = _BY_COLOUR.get(found[0])
    return found[0] if name is None else f"var(--{name},{found[0]})"
