"""pinakes models: the encoders that there are, that were fetched, and that the library uses."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import textwrap
from typing import Any

from pinakes.cli.columns import plural
from pinakes.cli.common import add_common
from pinakes.cli.library_options import loaded_settings, open_library
from pinakes.cli.output import Output
from pinakes.cli.progress import Progress
from pinakes.cli.reading import Help
from pinakes.errors import EXIT_DONE, EXIT_PARTLY

HELP = "list, fetch, use and remove models"
EPILOG = "Nothing is fetched unless asked: `pull` is the only command that uses the network."
EXAMPLES = (
    ("which there are", "pinakes models list"),
    ("search pictures with words: fetch a model, then encode the library with it", "pinakes models pull clip-vit-b32"),
    ("", "pinakes models use clip-vit-b32"),
    ("a model that lies in a folder, without the network", "pinakes models pull ./my-model"),
)
_WIDE = 120
_ACTIONS = {
    "list": "all known encoders, with modalities, languages, size, speed and licence",
    "pull": "fetch a model by its name, or take it from a local folder",
    "use": "encode the library with a model; the old one answers meanwhile",
    "remove": "delete a fetched model",
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    actions = parser.add_subparsers(
        dest="action", metavar="ACTION", required=True, title="actions", prog="pinakes models"
    )
    made = {
        name: actions.add_parser(
            name, help=told, description=f"{told[:1].upper()}{told[1:]}.", formatter_class=Help, allow_abbrev=False
        )
        for name, told in _ACTIONS.items()
    }
    pull, use = made["pull"], made["use"]
    pull.add_argument("name", metavar="NAME", help="name in the table, owner/name on the hub, or a folder")
    pull.add_argument("--revision", default="main", metavar="NAME", help="revision on the hub (default: main)")
    pull.add_argument("--variant", default="", metavar="NAME", help="variant of the files, such as fp16 or quantized")
    pull.add_argument("--link", action="store_true", help="link to a local folder instead of copying it")
    use.add_argument("name", metavar="NAME", help="name of a fetched model, or of an encoder that is code")
    use.add_argument("--beside", action="store_true", help="keep the models that it would replace")
    use.add_argument("--background", action="store_true", help="return at once; `pinakes status` shows how far it is")
    use.add_argument("--bits", type=int, default=0, metavar="N", help="bits of the codes, 64 to 1024")
    use.add_argument(
        "--hasher",
        default="",
        metavar="NAME",
        help="how codes are made: rotation, itq, or learned where the encoder brings them",
    )
    made["remove"].add_argument("name", metavar="NAME", help="name of a fetched model")
    for action in made.values():
        add_common(action)


def run(options: argparse.Namespace, output: Output) -> int:
    """Run the action."""
    return {"list": _list, "pull": _pull, "use": _use, "remove": _remove}[options.action](options, output)


def _list(options: argparse.Namespace, output: Output) -> int:
    from pinakes.library.models import table
    from pinakes.library.paths import library_folder, models_of

    rows = table(loaded_settings(options), models_of(library_folder(options.library)))
    for row in rows:
        output.record(row)
    heads = ("name", "modalities", "languages", "dim", "size", "speed", "licence")
    cells = [heads, *(_cells(row) for row in rows)]
    # The last columns are left out where the terminal is too narrow for them; in a pipe there is room for all.
    room = output.width if sys.stdout.isatty() or "COLUMNS" in os.environ else sys.maxsize
    widths = [max(len(words[column]) for words in cells) for column in range(len(heads))]
    shown = max(n for n in range(1, len(heads) + 1) if n == 1 or sum(widths[:n]) + 2 * (n - 1) + 2 <= room)
    for number, words in enumerate(cells):
        mark = "* " if number and rows[number - 1]["installed"] else "  "
        line = mark + "  ".join(cell.ljust(width) for cell, width in zip(words[:shown], widths, strict=False)).rstrip()
        output.line(line if number else output.bold(line))
    for row in rows:
        if row["name"] == "builtin":
            for line in textwrap.wrap(f"builtin: {row['about']}", min(room, _WIDE)):
                output.line(output.dim(line))
    output.line(output.dim("* ready to use. Sizes and speeds of models that were not fetched are approximate."))
    return EXIT_DONE


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    # Imported here: the parser needs no arrays.
    from pinakes.types import MODALITIES

    return (
        str(row["name"]),
        "all" if len(row["modalities"]) == len(MODALITIES) else ", ".join(row["modalities"]),
        ", ".join(row["languages"][:3]) + (", ..." if len(row["languages"]) > 3 else ""),
        str(row["dim"] or ""),
        f"{row['megabytes']:,} MB" if row["megabytes"] else "",
        row["speed"],
        row["licence"],
    )


def _pull(options: argparse.Namespace, output: Output) -> int:
    from pinakes.library.models import pull

    with Progress("fetching", quiet=options.json, unit=" B") as progress:

        def step(done: int, total: int) -> None:
            progress.total = total
            progress.step(done - progress.done)

        token = os.environ.get("HF_TOKEN", "")
        settings = loaded_settings(options)
        model = pull(settings, options.name, options.variant, options.revision, token, step, link=options.link)
    output.record({"model": model.name, "folder": str(model.folder)})
    output.line(f"{model.name} lies in {model.folder}. Use it with: pinakes models use {model.name}")
    return EXIT_DONE


def _use(options: argparse.Namespace, output: Output) -> int:
    if options.background:
        return _in_background(options, output)
    with open_library(options) as library, Progress("encoding", quiet=options.json) as progress:
        running = library.using(options.name, beside=options.beside)
        with running:
            for told in running:
                progress.total = running.report.expected
                progress.step(1, int(told.outcome == "failed"))
                output.record({"outcome": told.outcome, "path": os.fsdecode(told.path)})
        if options.bits or options.hasher:
            library.recode(options.name, bits=options.bits, hasher=options.hasher)
    report = running.report
    output.record({"report": report.as_dict()})
    failed = f", {plural(report.failed, 'file')} failed: pinakes status --failures" if report.failed else ""
    output.line(f"{options.name}: {plural(report.parts, 'part')} encoded{failed}.")
    return EXIT_PARTLY if report.failed else EXIT_DONE


def _in_background(options: argparse.Namespace, output: Output) -> int:
    """Start the same command in a process of its own, which outlives the terminal; it can be stopped and resumed."""
    from pinakes.library.growing import check_name
    from pinakes.library.paths import models_of

    with open_library(options) as library:
        folder = library.folder
        check_name(options.name, library.settings, models_of(folder))
    command = [sys.executable, "-m", "pinakes", "models", "use", options.name, "--library", str(folder)]
    command += ["--beside"] if options.beside else []
    command += [f"--bits={options.bits}"] if options.bits else []
    command += [f"--hasher={options.hasher}"] if options.hasher else []
    command += [f"--set={pair}" for pair in options.set]
    process = subprocess.Popen(  # noqa: S603 -- this very program, no shell
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    output.record({"process": process.pid})
    output.line(f"Process {process.pid} encodes the library; `pinakes status` shows how far it is.")
    return EXIT_DONE


def _remove(options: argparse.Namespace, output: Output) -> int:
    from pinakes.library.models import remove

    folder = remove(loaded_settings(options), options.name)
    output.record({"removed": options.name})
    output.line(f"Removed {folder}.")
    return EXIT_DONE
