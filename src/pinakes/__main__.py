"""`python -m pinakes` is the command `pinakes`."""

from pinakes.cli.main import entry

entry()
