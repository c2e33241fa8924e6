"""What `pinakes demo` shows last: words that find a picture of which nothing is told."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from pinakes.cli import hits
from pinakes.cli.columns import near
from pinakes.cli.output import Output, printable

if TYPE_CHECKING:
    from pinakes.library import Library

_SHOWN = 4
# Asked by looks alone, until a picture answers of which nothing is told.
_ASKED = ("bridge", "fish", "red boat", "blue kite", "mushroom", "snow at night", "yellow moon", "lighthouse", "cat")
_NO_WORDS = {"words": 0.0, "phrases": 0.0}
# As far down as what is told of works is looked at.
_TOLD = 100


def search_by_looks(library: Library, output: Output) -> None:
    """Search as the command would, under the command itself; nothing where no encoder joins words and pictures."""
    for words in _ASKED:
        query = f"{words} modality=image"
        found = library.search(query, weights=_NO_WORDS, limit=_SHOWN)
        told = {hit.item for hit in library.search(query, limit=_TOLD) if hit.why.words}
        silent = [hit.title for hit in found if hit.item not in told]
        if silent:
            break
    else:
        return
    weights = " ".join(f"--weight {name}=0" for name in _NO_WORDS)
    folder = shlex.quote(printable(near(str(library.folder))))
    output.line()
    output.line(output.bold(f"$ pinakes search --library {folder} {weights} '{query}'"))
    for hit in found:
        output.record({"query": query, **hit.as_dict()})
        hits.show(hit, output, why=False, pictures=True)
    output.line(f"Nothing that is told of {printable(silent[0])} says so: it was found by what it shows.")
