"""Results as HTML for a notebook: a card for each hit, with its preview and the reasons."""

from __future__ import annotations

import base64
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pinakes.library.hits import Hit, Results

_CARD = (
    "display:inline-block;vertical-align:top;width:14em;margin:.4em;padding:.6em;"
    "border:1px solid rgba(128,128,128,.4);border-radius:.4em;font:14px/1.4 sans-serif"
)
_QUIET = "opacity:.7;font-size:12px"


def results_html(results: Results) -> str:
    """One page of hits as a row of cards."""
    if not len(results):
        meant = f" Did you mean <b>{escape(results.suggestion)}</b>?" if results.suggestion else ""
        return f"<p>Nothing found.{meant}</p>"
    cards = "".join(_card(hit) for hit in results)
    return f'<div><p style="{_QUIET}">{len(results)} of {results.total} hits</p>{cards}</div>'


def _card(hit: Hit) -> str:
    place = str(hit.place)
    reasons = ", ".join(f"{reason.space} {reason.share:.0%}" for reason in hit.why.spaces)
    lines = [
        _picture(hit),
        f"<b>{escape(hit.title)}</b>",
        f'<div style="{_QUIET}">{hit.rank}. {escape(hit.modality)}{", " + escape(place) if place else ""}</div>',
        f"<div>{escape(hit.snippet)}</div>" if hit.modality == "text" else "",
        f'<div style="{_QUIET}">score {hit.score:.2f}: {escape(reasons)}</div>',
    ]
    return f'<div style="{_CARD}">{"".join(lines)}</div>'


def _picture(hit: Hit) -> str:
    preview = hit.preview
    if preview is None:
        return ""
    data = base64.b64encode(preview.read_bytes()).decode()
    alt = escape(hit.title, quote=True)
    return f'<img alt="{alt}" src="data:image/jpeg;base64,{data}" style="max-width:100%;border-radius:.3em">'
