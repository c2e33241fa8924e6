"""Pinakes finds anything in a library with anything."""

__version__ = "0.1.0"
