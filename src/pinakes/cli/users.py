"""pinakes users: who may use the library, from the command line of the machine it is on."""

from __future__ import annotations

import argparse
import getpass
import sys
from typing import TYPE_CHECKING, Any

from pinakes.cli.columns import plural, table
from pinakes.cli.common import add_common
from pinakes.cli.library_options import open_library
from pinakes.cli.output import Output, printable
from pinakes.cli.reading import Help
from pinakes.errors import EXIT_DONE, UsageError

if TYPE_CHECKING:
    from pinakes.accounts.people import Person
    from pinakes.library import Library

HELP = "list, add, change and remove the people who may use the library"
EPILOG = (
    "The first account is an administrator's; from then on whoever opens the library in the browser logs in. A "
    "password is asked for, or read as a line from standard input; it is never an argument, which others could see."
)
EXAMPLES = (
    ("the first account", "pinakes users add anna"),
    ("a reader who chooses a password by a link", "pinakes users add rolf --link"),
    ("another role", "pinakes users role rolf editor"),
    ("forgotten password: a link to choose another", "pinakes users reset rolf"),
)
_ACTIONS = {
    "list": "who has an account",
    "add": "make an account",
    "role": "give someone another role",
    "lock": "let someone in no more, and keep what is theirs",
    "unlock": "let someone in again",
    "reset": "make a link by which someone chooses another password",
    "remove": "remove someone with all that is personal",
}
_ROLES = ("reader", "editor", "administrator")


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    actions = parser.add_subparsers(
        dest="action", metavar="ACTION", required=True, title="actions", prog="pinakes users"
    )
    for name, told in _ACTIONS.items():
        about = f"{told[:1].upper()}{told[1:]}."
        action = actions.add_parser(name, help=told, description=about, formatter_class=Help, allow_abbrev=False)
        if name == "list":
            action.add_argument("words", nargs="*", metavar="WORD", help="words that stand in a name or an address")
        else:
            action.add_argument("name", metavar="NAME", help="the name by which one logs in")
        if name == "add":
            action.add_argument("--role", choices=_ROLES, help="what they may (default: reader; first: administrator)")
            action.add_argument("--shown", default="", metavar="NAME", help="the name that others see")
            action.add_argument("--email", default="", metavar="ADDRESS", help="an address for mail")
            action.add_argument("--link", action="store_true", help="print a link by which they choose the password")
        if name == "remove":
            about = "what becomes of the works that they handed in: they stay, or a worker removes them (default: keep)"
            action.add_argument("--works", choices=("keep", "remove"), default="keep", help=about)
        if name == "role":
            action.add_argument("role", metavar="ROLE", help=", ".join(_ROLES))
        add_common(action)


def run(options: argparse.Namespace, output: Output) -> int:
    """Run the action."""
    with open_library(options, create=options.action == "add") as library:
        {"list": _list, "add": _add, "reset": _reset, "remove": _remove}.get(options.action, _change)(
            library, options, output
        )
    return EXIT_DONE


def _list(library: Library, options: argparse.Namespace, output: Output) -> None:
    from pinakes.accounts import people
    from pinakes.durations import moment

    with library.catalogue.reading() as connection:
        total, found = people.find(connection, " ".join(options.words), limit=None)
    for one in found:
        output.record(_told(one))
    rows = [
        (printable(one.name), printable(one.shown), one.rank, one.state, moment(one.seen) if one.seen else "-")
        for one in found
    ]
    for line in table(("name", "shown", "role", "state", "last here"), rows) if rows else ():
        output.line(line)
    output.line(f"{plural(total, 'account')}.")


def _told(one: Person) -> dict[str, Any]:
    return {
        "number": one.id,
        "name": one.name,
        "shown": one.shown,
        "email": one.email,
        "role": one.rank,
        "state": one.state,
        "seen": one.seen,
    }


def _add(library: Library, options: argparse.Namespace, output: Output) -> None:
    from pinakes.accounts import names, stewarding

    # Before the password is asked for: nobody wants to type it twice for nothing.
    names.chosen(options.name)
    password = "" if options.link else _password(options.name)
    number = stewarding.add(
        library.catalogue,
        None,
        options.name,
        options.role or "",
        shown=options.shown,
        email=options.email,
        password=password,
    )
    one = _by_number(library, number)
    output.record(_told(one))
    output.line(f"{printable(one.name)} can use this library as {one.rank}.")
    if options.link:
        _print_link(library, number, output)


def _password(name: str) -> str:
    """A password, typed twice without being seen, or a line of standard input."""
    if not sys.stdin.isatty():
        line = sys.stdin.readline().rstrip("\r\n")
        if not line:
            raise UsageError("There is no password on standard input.", "Write it as one line, or use --link.")
        return line
    first = getpass.getpass(f"Password for {printable(name)}: ")
    if first != getpass.getpass("The same again: "):
        raise UsageError("The two passwords are not the same.", "Run it again, and type the same one twice.")
    return first


def _change(library: Library, options: argparse.Namespace, output: Output) -> None:
    from pinakes.accounts import people, stewarding

    how: dict[str, str] = {
        "role": {"rank": getattr(options, "role", "")},
        "lock": {"state": people.LOCKED},
        "unlock": {"state": people.ACTIVE},
    }[options.action]
    number = _by_name(library, options.name).id
    stewarding.change(library.catalogue, None, number, **how)
    one = _by_number(library, number)
    output.record(_told(one))
    output.line(f"{printable(one.name)} is {one.rank} and {one.state}.")


def _reset(library: Library, options: argparse.Namespace, output: Output) -> None:
    _print_link(library, _by_name(library, options.name).id, output)


def _print_link(library: Library, number: int, output: Output) -> None:
    from pinakes.accounts import stewarding

    path = f"/reset?code={stewarding.reset(library.catalogue, None, number)}"
    settings = library.settings
    name = settings.hosts.partition(",")[0].strip()
    start = f"https://{name}" if name else f"http://{settings.host}:{settings.port}"
    output.record({"path": path, "address": f"{start}{path}"})
    output.line(f"Whoever opens this address within a day chooses the password: {start}{path}")


def _remove(library: Library, options: argparse.Namespace, output: Output) -> None:
    from pinakes.accounts import stewarding
    from pinakes.tasks.leaving import leaving

    one = _by_name(library, options.name)
    stewarding.remove(library.catalogue, None, one.id, leaving(library, None, one.id, options.works))
    output.record({"removed": one.name})
    output.line(f"Removed {printable(one.name)}.")


def _by_name(library: Library, name: str) -> Person:
    from pinakes.accounts import people

    with library.catalogue.reading() as connection:
        return people.named(connection, name)


def _by_number(library: Library, number: int) -> Person:
    from pinakes.accounts import people

    with library.catalogue.reading() as connection:
        return people.person(connection, number)
