"""pinakes search: find parts with words, pictures, sounds, items, and all of them together."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pinakes.cli import hits
from pinakes.cli.library_options import open_library
from pinakes.cli.output import Output, printable
from pinakes.cli.reading import count, share
from pinakes.errors import EXIT_DONE

if TYPE_CHECKING:
    from pinakes.library import Library, Results
    from pinakes.search.understanding.finding import Finding

HELP = "search with words, files and items, with plus, minus and weights"
EPILOG = (
    "A term is words, the path of a picture, sound, film or text, or an item of the library (item:12). One argument "
    "is a whole query; of several, each is a sign or a whole term. In a query, field:word looks in one field alone, "
    'words in "quotation marks" are a phrase, boat* is a beginning, 2: in front of a term counts it twice, and '
    "field=value, <, <=, > and >= are filters. Put -- before a query that begins with a minus sign."
)
EXAMPLES = (
    ("words, in any language", "pinakes search 'red boat'"),
    ("a picture, a sound, a text", "pinakes search boat.jpg"),
    ("more of one, less of another, one that counts twice", "pinakes search boat.jpg + 2:night - rain"),
    ("only what was made since 1900 and can be seen", "pinakes search 'boat date>=1900 modality=image'"),
    ("more like an item that was found", "pinakes search item:12"),
    ("as one says it", "pinakes search --understand 'boats by Ilse Maravant before 1930, without snow'"),
    ("the files themselves, for another program", "pinakes search boat --paths"),
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("terms", nargs="*", metavar="TERM", help="terms of the query, with + and - between them")
    parser.add_argument("--where", metavar="FILTERS", default="", help="filters, such as 'date>=1900 modality=image'")
    parser.add_argument(
        "--understand", action="store_true", help="understand plain words: names, dates, media, languages, negation"
    )
    parser.add_argument(
        "--plain", metavar="WORDS", action="append", default=[], help="words that are not to be understood; repeatable"
    )
    parser.add_argument("--limit", type=count, default=10, metavar="N", help="hits on a page (default: 10)")
    parser.add_argument("--page", default="", metavar="TOKEN", help="the page that a former answer named")
    parser.add_argument("--why", action="store_true", help="show the reasons for each hit")
    parser.add_argument("--facets", action="store_true", help="count values of fields among what was found")
    parser.add_argument("--paths", action="store_true", help="print nothing but the paths of the files")
    parser.add_argument("--no-pictures", action="store_true", help="no thumbnails, also where the terminal can")
    parser.add_argument(
        "--mode",
        choices=("quick", "precise"),
        default="precise",
        help="quick: words and codes alone; precise: all that the library knows (default: precise)",
    )
    parser.add_argument("--fusion", metavar="NAME", help="how lists are fused; all: each way side by side")
    parser.add_argument(
        "--ranking", choices=("bm25", "tfidf"), default="bm25", help="how words are ranked (default: bm25)"
    )
    parser.add_argument("--weight", metavar="SPACE=N", action="append", default=[], help="how much a space counts")
    parser.add_argument("--min-score", type=share, metavar="N", help="0 to 1: likeness below which nothing is a hit")
    parser.add_argument("--diversity", type=share, default=0.0, metavar="N", help="0 best first, to 1 most varied")
    parser.add_argument("--unfold", action="store_true", help="show hits that look almost the same one by one")


def run(options: argparse.Namespace, output: Output) -> int:
    """Search and show what was found."""
    from pinakes.library.asking import weights_of

    with open_library(options) as library:
        given = {
            "where": options.where,
            "mode": options.mode,
            "limit": options.limit,
            "page": options.page,
            "ranking": options.ranking,
            "weights": weights_of(options.weight),
            "min_score": options.min_score,
            "diversity": options.diversity,
            "unfold": options.unfold,
            "understand": options.understand,
            "plain": options.plain,
            **({} if options.facets else {"facets": ()}),
        }
        if options.fusion == "all":
            return _side_by_side(library, options, given, output)
        found = library.search(options.terms, fusion=options.fusion, **given)
        for hit in found:
            output.record(hit.as_dict())
        if options.paths:
            hits.show_paths(found, output)
        else:
            for hit in found:
                hits.show(hit, output, why=options.why, pictures=not options.no_pictures)
            _after(library, found, options, output)
        told = (
            library.understood(options.terms, where=options.where, plain=options.plain) if options.understand else None
        )
        _about(found, told.findings if told else None, options, output)
    return EXIT_DONE


def _side_by_side(library: Library, options: argparse.Namespace, given: dict[str, object], output: Output) -> int:
    from pinakes.search.fuse import FUSIONS

    for name in FUSIONS.names():
        output.line(output.bold(name))
        for hit in library.search(options.terms, fusion=name, **given):  # type: ignore[arg-type]
            output.record({"fusion": name, **hit.as_dict()})
            output.line(hits.heading(hit, output))
    return EXIT_DONE


def _after(library: Library, found: Results, options: argparse.Namespace, output: Output) -> None:
    if not len(found):
        empty = not output.json and _is_empty(library)
        output.line(f"{library.folder} is empty. Fill it: pinakes add FOLDER" if empty else "Nothing found.")
    if found.suggestion:
        output.line(f"Did you mean: {printable(found.suggestion)}")
    if options.facets:
        for field, counts in found.facets.items():
            shown = "  ".join(f"{printable(value)} {number}" for value, number in list(counts.items())[:8])
            output.line(f"{output.bold(field)}: {shown}")
    if found.next_page:
        ranks = f"{found[0].rank} to {found[-1].rank}" if len(found) > 1 else f"{found[0].rank}"
        shown = f"{ranks} of {found.total:,}"
        output.line(output.dim(f"{shown}. For more, add: --page {found.next_page}"))


def _is_empty(library: Library) -> bool:
    """Whether there is nothing to search; asked of the index, which knows at once."""
    from pinakes.types import MODALITIES

    return not library.search(where={"modality": MODALITIES}, limit=1, facets=()).total


def _about(found: Results, understood: Sequence[Finding] | None, options: argparse.Namespace, output: Output) -> None:
    """What is to be said of the answer as a whole, on standard error."""
    for note in found.notes if not output.json else ():
        output.error_line(note)
    for one in understood or () if not output.json else ():
        output.error_line(f"Understood: {one.kind} {printable(one.label)} ({printable(one.words)}: {one.why})")
    if options.facets or found.suggestion or found.next_page or found.notes or understood is not None:
        about = {"total": found.total, "suggestion": found.suggestion, "next_page": found.next_page}
        about |= {"notes": list(found.notes)} if found.notes else {}
        about |= {} if understood is None else {"understood": [one.as_dict() for one in understood]}
        output.about(about | ({"facets": found.facets} if options.facets else {}))
