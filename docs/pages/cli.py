"""The page about the command line, from the parser itself and never from its printed help, which depends on Python."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from importlib import import_module

from docs.pages.markdown import block, code, page, table
from pinakes import errors
from pinakes.cli.main import COMMANDS, parser

EXITS = {
    errors.EXIT_DONE: "done",
    errors.EXIT_FAULT: "a fault of the machine: the disk, the network, a damaged library, another writer",
    errors.EXIT_USAGE: "the command, a query or a setting was written wrongly",
    errors.EXIT_BAD_INPUT: "what was handed in can not be used: no such file, item or library, a damaged file",
    errors.EXIT_PARTLY: "partly done: some files could not be read; the report names them",
    errors.EXIT_INTERRUPTED: "interrupted by Ctrl-C or a signal; what was acknowledged is kept",
}
_COMMON = "Every command takes these, before or after its own name."
_USUAL = {errors.EXIT_FAULT, errors.EXIT_USAGE, errors.EXIT_BAD_INPUT, errors.EXIT_INTERRUPTED}
_OUTPUT = """Lines for people go to standard output; with `--json` there is one JSON object on each line instead.
Errors, progress bars and notes go to standard error. With `--json` an error is `{"error": {"code": ..., "message":
..., "hint": ...}}`; [errors.md](errors.md) lists the codes. A progress bar is drawn on a terminal alone; colours
and thumbnails too, and not where `NO_COLOR` is set or `TERM` is `dumb`."""


def cli() -> str:
    """The page."""
    top = parser()
    commands = _actions_of(top)
    pieces = [
        f"{top.description} The command is `pinakes`, or `python -m pinakes`.",
        _OUTPUT,
        "## Options of every command",
        _COMMON,
        _options(_common(top)),
        "Besides these, `pinakes --version` prints the version.",
        "## Exit codes",
        table(("code", "meaning"), [(code(str(number)), meaning) for number, meaning in EXITS.items()]),
        "## Commands",
        table(
            ("command", "what it does"),
            [(f"[`pinakes {name}`](#pinakes-{name})", import_module(f"pinakes.cli.{name}").HELP) for name in COMMANDS],
        ),
    ]
    for name in COMMANDS:
        pieces += _command(name, commands[name])
    return page("The command line", *pieces)


def _command(name: str, command: argparse.ArgumentParser) -> Iterator[str]:
    module = import_module(f"pinakes.cli.{name}")
    yield f"## pinakes {name}"
    yield _sentence(module.HELP)
    actions = _actions_of(command)
    if not actions:
        yield from _usage(f"pinakes {name}", command)
    else:
        yield block(f"pinakes {name} ACTION ...")
    if module.EPILOG:
        yield module.EPILOG
    shown: tuple[tuple[str, str], ...] = getattr(module, "EXAMPLES", ())
    if shown:
        yield block("\n".join(f"$ {line}" + (f"  # {about}" if about else "") for about, line in shown), "console")
    for action, inner in actions.items():
        yield f"### pinakes {name} {action}"
        yield _sentence(_help_of(command, action))
        yield from _usage(f"pinakes {name} {action}", inner)
    yield f"Exit codes: {_exits(module)}."


def _exits(module: object) -> str:
    """The codes with which a command ends: its module's own, and those that every error brings."""
    own = {value for name, value in vars(module).items() if name.startswith("EXIT_")}
    return ", ".join(code(str(number)) for number in sorted(own | _USUAL | {errors.EXIT_DONE}))


def _usage(called: str, command: argparse.ArgumentParser) -> Iterator[str]:
    arguments = [action for action in _own(command) if not action.option_strings]
    options = [action for action in _own(command) if action.option_strings]
    words = [called, *(["[OPTIONS]"] if options else []), *(_written(argument) for argument in arguments)]
    yield block(" ".join(words))
    if arguments:
        yield table(("argument", "meaning"), [(code(_name(one)), _help(one)) for one in arguments])
    if options:
        yield _options(options)


def _options(options: list[argparse.Action]) -> str:
    return table(("option", "meaning"), [(code(_option(one)), _help(one)) for one in options])


def _actions_of(command: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    found: dict[str, argparse.ArgumentParser] = {}
    for action in command._actions:
        if isinstance(action, argparse._SubParsersAction):
            found.update(action.choices)
    return found


def _help_of(command: argparse.ArgumentParser, name: str) -> str:
    for action in command._actions:
        if isinstance(action, argparse._SubParsersAction):
            found = next((one.help for one in action._choices_actions if one.dest == name), None)
            if found:
                return found
    return ""


def _own(command: argparse.ArgumentParser) -> list[argparse.Action]:
    """The arguments and options that not every command has."""
    common = {one.dest for one in _common(parser())} | {"help", "version"}
    left_out = argparse._SubParsersAction
    return [one for one in command._actions if one.dest not in common and not isinstance(one, left_out)]


def _common(top: argparse.ArgumentParser) -> list[argparse.Action]:
    found = [one for one in top._actions if one.option_strings]
    return [one for one in found if one.dest != "version"]


def options_of(command: argparse.ArgumentParser) -> set[str]:
    """All options of a command and its actions, for the test that none is forgotten."""
    own = {option for action in command._actions for option in action.option_strings}
    return own.union(*(options_of(inner) for inner in _actions_of(command).values()))


def _option(action: argparse.Action) -> str:
    names = ", ".join(action.option_strings)
    return names if action.nargs == 0 else f"{names} {_name(action)}"


def _name(action: argparse.Action) -> str:
    if action.choices:
        return "{" + ",".join(map(str, action.choices)) + "}"
    return str(action.metavar or action.dest.upper())


def _written(action: argparse.Action) -> str:
    name = _name(action)
    return {"+": f"{name} [{name} ...]", "*": f"[{name} ...]", "?": f"[{name}]"}.get(str(action.nargs), name)


def _help(action: argparse.Action) -> str:
    return "Show the help and end." if action.dest == "help" else _sentence(action.help or "A name in the table.")


def _sentence(text: str) -> str:
    text = text.replace("%%", "%")
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")
