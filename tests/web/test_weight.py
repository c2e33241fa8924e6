"""How much a page weighs on its way: 60 kB at most without its pictures."""

from __future__ import annotations

import gzip
import re

import pytest
from starlette.testclient import TestClient

_MOST = 60_000


def weight(client: TestClient, address: str) -> int:
    """Bytes of a page, its sheets and its scripts, as they are sent."""
    page = client.get(address, headers={"accept-encoding": "gzip"})
    assert page.headers["content-encoding"] == "gzip"
    total = int(page.headers["content-length"])
    waiting = re.findall(r'(?:href|src)="(/static/[^"]+\.(?:css|js))"', page.text)
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        file = client.get(name, headers={"accept-encoding": "gzip"})
        total += int(file.headers["content-length"])
        folder = name.rpartition("/")[0]
        waiting += [f"{folder}/{one}" for one in re.findall(r'^import .* from "\./([^"]+)"', file.text, re.M)]
    assert len(seen) > 8
    return total


@pytest.mark.parametrize("address", ["/", "/?q=boat", "/?q=boat&view=list&lang=zh"])
def test_a_page_weighs_less_than_60_kb_with_its_sheets_and_scripts(client: TestClient, address: str) -> None:
    assert weight(client, address) < _MOST
    client.cookies.clear()


def test_a_full_page_of_results_is_light_even_unpacked(client: TestClient) -> None:
    shown = client.get("/?q=boat&unlikely=1").text
    cards = re.findall(r"<article class=.card.*?</article>", shown, re.S)
    assert len(cards) > 4
    rest = len(shown.encode()) - sum(len(card.encode()) for card in cards)
    assert rest + 24 * sum(len(card.encode()) for card in cards) / len(cards) < _MOST


def test_who_can_not_unpack_is_sent_plain_text(client: TestClient) -> None:
    for told in ("identity", "gzip;q=0", "br, gzip; q=0.0"):
        plain = client.get("/", headers={"accept-encoding": told})
        assert "content-encoding" not in plain.headers
        assert "Accept-Encoding" in plain.headers["vary"]
    with client.stream("GET", "/", headers={"accept-encoding": "br, gzip"}) as packed:
        assert b"Pinakes" in gzip.decompress(b"".join(packed.iter_raw()))
