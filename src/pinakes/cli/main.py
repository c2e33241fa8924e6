"""The command `pinakes`: one parser, one module a command, one place where errors become exit codes."""

from __future__ import annotations

import argparse
import gc
import os
import signal
import sys
from collections.abc import Sequence
from importlib import import_module
from types import FrameType

from pinakes import __version__
from pinakes.cli.common import COMMON, add_common
from pinakes.cli.output import CannotPrint, Output
from pinakes.cli.reading import Help, Parser, examples
from pinakes.errors import EXIT_INTERRUPTED, EXIT_USAGE, PinakesError, StorageFailed, UsageError

# In the order in which the help lists them; each is a module of this folder.
COMMANDS = (
    "add",
    "search",
    "serve",
    "show",
    "remove",
    "users",
    "tasks",
    "worker",
    "status",
    "check",
    "backup",
    "restore",
    "models",
    "evaluate",
    "benchmark",
    "train",
    "tune",
    "compare",
    "export",
    "demo",
    "info",
)

FIRST_STEPS = (
    ("see it work on a library that is drawn on the spot", "pinakes demo"),
    ("make a library of your own", "pinakes add ~/Pictures ~/Documents"),
    ("search it with words, with a picture, and with both", "pinakes search 'red boat'"),
    ("", "pinakes search boat.jpg"),
    ("", "pinakes search boat.jpg + night"),
)
_ABOUT = "Find anything in a library with anything."
_EXITS = "Exit codes: 0 done, 1 fault of the machine, 2 usage, 3 bad input, 4 partly done, 130 interrupted."


def parser(names: Sequence[str] = COMMANDS) -> Parser:
    """The parser of the whole command line, or of some of its commands."""
    top = Parser(prog="pinakes", description=_ABOUT, formatter_class=Help, allow_abbrev=False)
    top.set_defaults(run=_help)
    top.epilog = f"{examples(FIRST_STEPS)}\n\n{_EXITS}"
    add_common(top)
    top.add_argument("--version", action="version", version=f"pinakes {__version__}", help="print the version")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", title="commands", prog="pinakes")
    for name in names:
        module = import_module(f"pinakes.cli.{name}")
        about = f"{module.HELP[:1].upper()}{module.HELP[1:]}."
        after = "\n\n".join(filter(None, [module.EPILOG, examples(module.EXAMPLES)]))
        command = commands.add_parser(
            name, help=module.HELP, description=about, epilog=after, formatter_class=Help, allow_abbrev=False
        )
        add_common(command)
        module.configure(command)
        command.set_defaults(run=module.run)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    _be_interruptible()
    given = list(sys.argv[1:] if arguments is None else arguments)
    output = Output(json="--json" in given)
    try:
        options = _read(given)
        output = Output(json=options.json)
        code: int = options.run(options, output)
        output.flush()
    except BrokenPipeError:
        return _pipe_closed()
    except KeyboardInterrupt:
        output.error_line("Interrupted; what was stored is kept, and the same command goes on from there.")
        return EXIT_INTERRUPTED
    except CannotPrint as error:
        _pipe_closed()
        output.error(StorageFailed(f"Standard output: {error}.", "Check where the output goes."))
        return StorageFailed.exit
    except PinakesError as error:
        output.error(error)
        return error.exit
    return code


def _read(given: Sequence[str]) -> argparse.Namespace:
    """The options of a command line."""
    # Where a command comes first, the modules of the others need not be read.
    top = parser(given[:1] if given and given[0] in COMMANDS else COMMANDS)
    options, left = top.parse_known_args(given, argparse.Namespace(**COMMON))
    if left:
        top.refuse(left, options.command)
    return options


def _help(_options: argparse.Namespace, output: Output) -> int:
    """Without a command there is nothing to do but to show which there are."""
    if output.json:
        raise UsageError("No command is given.", f"There are {', '.join(COMMANDS)}.")
    output.line(parser().format_help().rstrip())
    return EXIT_USAGE


def _be_interruptible() -> None:
    """A request to terminate ends a command in as good an order as Ctrl-C does."""

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    try:
        signal.signal(signal.SIGTERM, interrupt)
    except ValueError:
        # Not in the main thread: whoever runs us there takes care of signals.
        return


def _pipe_closed() -> int:
    """The reader of our output has gone, as `head` does: not an error."""
    # What is still buffered must not be complained about when the interpreter ends.
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def entry() -> None:
    """The console script."""
    # Start-up makes many objects and hardly any garbage: looking for it in the usual rhythm costs a tenth of it.
    gc.set_threshold(200_000, 50, 50)
    try:
        code = main()
    finally:
        # The interpreter's own look for garbage at its end would cost a sixth more, and what is left goes with it.
        gc.freeze()
    raise SystemExit(code)
