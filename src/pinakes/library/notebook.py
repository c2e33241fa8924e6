"""Results as HTML for a notebook: a card for each hit, with its preview, its place, and the share of each space.

All styles are inline: what shows notebooks elsewhere takes style sheets away, and the colours of text and ground are
the notebook's own, light or dark.
"""

from __future__ import annotations

import base64
import re
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pinakes.library.hits import Hit, Results

_ROW = "display:flex;flex-wrap:wrap;gap:12px;align-items:stretch;font:14px/1.4 system-ui,sans-serif;text-align:left"
_CARD = (
    "box-sizing:border-box;width:212px;border:1px solid rgba(128,128,128,.35);border-radius:8px;overflow:hidden;"
    "display:flex;flex-direction:column"
)
_TOP = "height:148px;background:rgba(128,128,128,.10);border-bottom:1px solid rgba(128,128,128,.2);overflow:hidden"
_PICTURE = "display:block;width:100%;height:100%;margin:0;object-fit:"
_PAGE = "padding:10px 12px;font:13px/1.5 Georgia,serif"
_BODY = "padding:8px 10px 10px;flex:1;display:flex;flex-direction:column;gap:3px"
_QUIET = "opacity:.72;font-size:12px"
_CUT = "display:-webkit-box;-webkit-box-orient:vertical;overflow:hidden;-webkit-line-clamp:"
_MARK = "background:rgba(255,200,60,.45);color:inherit;border-radius:2px;padding:0 1px"
_BAR = "display:flex;height:5px;border-radius:3px;overflow:hidden;background:rgba(128,128,128,.18);margin-top:auto"
# Readable on light and dark ground, and told apart also without red and green.
_COLOURS = ("#2f7f9b", "#d9822b", "#7b5aa6", "#4f9d69", "#b5485d", "#8a8f3c")


def results_html(results: Results) -> str:
    """One page of hits as rows of cards."""
    meant = f" Did you mean <b>{escape(results.suggestion)}</b>?" if results.suggestion else ""
    if not len(results):
        return f"<p>Nothing found.{meant}</p>"
    more = f"{len(results)} of {results.total:,} hits" if results.total > len(results) else _counted(len(results))
    cards = "".join(_card(hit) for hit in results)
    return f'<p style="{_QUIET};margin:0 0 6px">{more}.{meant}</p><div style="{_ROW}">{cards}</div>'


def hit_html(hit: Hit) -> str:
    """One hit as a card."""
    return f'<div style="{_ROW}">{_card(hit)}</div>'


def _counted(number: int) -> str:
    return "1 hit" if number == 1 else f"{number} hits"


def _card(hit: Hit) -> str:
    place = str(hit.place)
    title = escape(hit.title or f"item {hit.item}")
    picture = _picture(hit)
    lines = [
        f'<b style="{_CUT}2" title="{escape(hit.path, quote=True)}">{title}</b>',
        f'<div style="{_QUIET}">{hit.rank}. {escape(hit.modality)}{", " + escape(place) if place else ""}</div>',
        f'<div style="{_CUT}3;font-size:13px">{_marked(hit)}</div>' if picture and hit.snippet else "",
        _reasons(hit),
    ]
    top = picture or f'<div style="{_PAGE}"><div style="{_CUT}6">{_marked(hit)}</div></div>'
    return f'<div style="{_CARD}"><div style="{_TOP}">{top}</div><div style="{_BODY}">{"".join(lines)}</div></div>'


def _reasons(hit: Hit) -> str:
    """The score as a bar, whose colours are the shares of the spaces."""
    pieces, names = [], []
    for number, reason in enumerate(hit.why.spaces):
        colour = _COLOURS[number % len(_COLOURS)]
        told = f"{reason.space}: rank {reason.rank}, raw {reason.raw:.3f}, score {reason.score:.2f}"
        width = 100 * reason.share * hit.score
        pieces.append(
            f'<span title="{escape(told, quote=True)}" style="width:{width:.1f}%;background:{colour}"></span>'
        )
        names.append(
            f'<span style="white-space:nowrap"><span style="color:{colour}">■</span> {escape(reason.space)}</span>'
        )
    legend = f'<div style="{_QUIET}">{hit.score:.2f}&ensp;{" ".join(names)}</div>'
    return f'<div style="{_BAR}">{"".join(pieces)}</div>{legend}'


def _marked(hit: Hit) -> str:
    """The snippet, with the words that were asked for marked."""
    words = sorted({word.word for word in hit.why.words}, key=len, reverse=True)
    if not words:
        return escape(hit.snippet)
    pattern = "|".join(rf"\b{re.escape(word)}\b" if word.isascii() else re.escape(word) for word in words)
    pieces = re.split(f"({pattern})", hit.snippet, flags=re.I)
    return "".join(
        f'<mark style="{_MARK}">{escape(piece)}</mark>' if number % 2 else escape(piece)
        for number, piece in enumerate(pieces)
    )


def _picture(hit: Hit) -> str:
    preview = hit.preview
    if preview is None:
        return ""
    data = base64.b64encode(preview.read_bytes()).decode()
    alt = escape(hit.title, quote=True)
    # Plates may lose their edges; pages and waveforms are shown whole.
    fit = "cover" if hit.modality == "image" and hit.place.page is None else "contain"
    return f'<img alt="{alt}" src="data:image/jpeg;base64,{data}" style="{_PICTURE}{fit}">'
