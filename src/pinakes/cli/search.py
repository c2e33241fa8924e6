"""pinakes search: find parts with words, pictures, sounds, items, and all of them together."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from pinakes.cli import thumbnails
from pinakes.cli.library_options import open_library
from pinakes.cli.output import Output, printable
from pinakes.errors import EXIT_DONE

if TYPE_CHECKING:
    from pinakes.library import Hit, Library, Results

HELP = "search with words, files and items, with plus, minus and weights"
EPILOG = (
    "One argument is a whole query: pinakes search 'red boat - night date>=1900'. Of several, each is a sign or a "
    "whole term: pinakes search 'a red boat' + boat.jpg - night 2:sea. Put -- before a query that begins with a minus "
    "sign."
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("terms", nargs="*", metavar="TERM", help="terms of the query, with + and - between them")
    parser.add_argument("--where", metavar="FILTERS", default="", help="filters, such as 'date>=1900 modality=image'")
    parser.add_argument("--mode", choices=("quick", "precise"), default="precise", help="default: precise")
    parser.add_argument("--limit", type=int, default=10, metavar="N", help="hits on a page (default: 10)")
    parser.add_argument("--page", default="", metavar="TOKEN", help="the page that a former answer named")
    parser.add_argument("--fusion", metavar="NAME", help="how lists are fused; all: each way side by side")
    parser.add_argument("--ranking", choices=("bm25", "tfidf"), default="bm25", help="of words (default: bm25)")
    parser.add_argument("--weight", metavar="SPACE=N", action="append", default=[], help="how much a space counts")
    parser.add_argument("--min-score", type=float, metavar="N", help="calibrated score below which nothing is a hit")
    parser.add_argument("--diversity", type=float, default=0.0, metavar="N", help="0 best first, to 1 most varied")
    parser.add_argument("--unfold", action="store_true", help="show hits that look almost the same one by one")
    parser.add_argument("--facets", action="store_true", help="count values of fields among what was found")
    parser.add_argument("--why", action="store_true", help="show the reasons for each hit")


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
        }
        if options.fusion == "all":
            return _side_by_side(library, options, given, output)
        found = library.search(options.terms, fusion=options.fusion, **given)
        for hit in found:
            output.record(hit.as_dict())
            _show(hit, options, output)
        _after(found, options, output)
    return EXIT_DONE


def _side_by_side(library: Library, options: argparse.Namespace, given: dict[str, object], output: Output) -> int:
    from pinakes.search.fuse import FUSIONS

    for name in FUSIONS.names():
        output.line(output.bold(name))
        for hit in library.search(options.terms, fusion=name, **given):  # type: ignore[arg-type]
            output.record({"fusion": name, **hit.as_dict()})
            output.line(f"  {hit.rank:2} {hit.score:.2f}  {_name(hit)}")
    return EXIT_DONE


def _show(hit: Hit, options: argparse.Namespace, output: Output) -> None:
    if output.json:
        return
    place = f", {hit.place}" if str(hit.place) else ""
    output.line(f"{hit.rank:2} {hit.score:.2f}  {output.bold(_name(hit))}  {output.dim(f'{hit.modality}{place}')}")
    if hit.snippet:
        output.line(f"         {printable(hit.snippet)[: output.width - 10]}")
    output.line(output.dim(f"         item:{hit.item}  {printable(hit.path)}"))
    if hit.found.alike:
        output.line(output.dim(f"         and {len(hit.found.alike)} almost the same"))
    if options.why:
        for reason in hit.why.spaces:
            output.line(
                f"         {reason.space}: rank {reason.rank}, raw {reason.raw:.3f}, score {reason.score:.2f}, "
                f"share {reason.share:.0%}"
            )
        words = ", ".join(dict.fromkeys(f"{word.field}:{word.word}" for word in hit.why.words))
        if words:
            output.line(f"         words: {printable(words)}")
    thumbnails.show(lambda: hit.preview, "         ")


def _name(hit: Hit) -> str:
    return printable(hit.title) or f"item {hit.item}"


def _after(found: Results, options: argparse.Namespace, output: Output) -> None:
    if not len(found):
        output.line("Nothing found.")
    if found.suggestion:
        output.line(f"Did you mean: {printable(found.suggestion)}")
    if options.facets:
        for field, counts in found.facets.items():
            shown = "  ".join(f"{printable(value)} {count}" for value, count in list(counts.items())[:8])
            output.line(f"{output.bold(field)}: {shown}")
    if found.next_page:
        output.line(output.dim(f"{found.total - found[-1].rank:,} more: --page {found.next_page}"))
    for note in found.notes:
        output.error_line(note)
    if options.facets or found.suggestion or found.next_page:
        about = {"total": found.total, "suggestion": found.suggestion, "next_page": found.next_page}
        output.about(about | ({"facets": found.facets} if options.facets else {}))
