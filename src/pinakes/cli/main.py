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
from pinakes.cli.output import Output
from pinakes.errors import EXIT_INTERRUPTED, EXIT_USAGE, PinakesError

# In the order in which the help lists them; each is a module of this folder.
COMMANDS = (
    "add",
    "search",
    "show",
    "remove",
    "status",
    "check",
    "backup",
    "restore",
    "models",
    "demo",
    "info",
)


def parser() -> argparse.ArgumentParser:
    """The parser of the whole command line."""
    top = argparse.ArgumentParser(
        prog="pinakes",
        description="Find anything in a library with anything.",
        epilog="Exit codes: 0 done, 1 fault of the machine, 2 usage, 3 bad input, 4 partly done, 130 interrupted.",
    )
    add_common(top)
    top.add_argument("--version", action="version", version=f"pinakes {__version__}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name in COMMANDS:
        module = import_module(f"pinakes.cli.{name}")
        command = commands.add_parser(name, help=module.HELP, description=module.HELP, epilog=module.EPILOG or None)
        add_common(command)
        module.configure(command)
        command.set_defaults(run=module.run)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    _be_interruptible()
    options = parser().parse_args(arguments, argparse.Namespace(**COMMON))
    output = Output(json=options.json)
    try:
        code: int = options.run(options, output)
        output.flush()
    except BrokenPipeError:
        return _pipe_closed()
    except KeyboardInterrupt:
        output.error_line("Interrupted; what was acknowledged is kept.")
        return EXIT_INTERRUPTED
    except PinakesError as error:
        output.error(error)
        return error.exit
    return code


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
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def entry() -> None:
    """The console script."""
    # Start-up makes many objects and hardly any garbage: looking for it in the usual rhythm costs a tenth of it.
    gc.set_threshold(100_000, 50, 50)
    raise SystemExit(main())


def usage(message: str) -> int:
    """The exit code of a command that was written wrongly."""
    sys.stderr.write(f"pinakes: {message}\n")
    return EXIT_USAGE
