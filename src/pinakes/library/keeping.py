"""Backup and restore, with what can be said beforehand about the files that a user names."""

from __future__ import annotations

from pathlib import Path

from pinakes.catalogue import backup as backups
from pinakes.catalogue.catalogue import Catalogue
from pinakes.errors import BadInput
from pinakes.library.paths import is_backup, keep_settings, refuse_file, refuse_target
from pinakes.settings import Settings


def backup(catalogue: Catalogue, target: Path, *, originals: bool = True) -> None:
    """Write a backup to a file, also while the library is in use."""
    refuse_target(target)
    backups.backup(catalogue, target, originals=originals)


def restore(source: Path, folder: Path, settings: Settings) -> None:
    """Make a library of a backup in a folder; a catalogue elsewhere is remembered there."""
    refuse_file(folder)
    if source.is_file() and not is_backup(source):
        raise BadInput(f"{source} is not a backup.", "Name a file that `pinakes backup` wrote.")
    backups.restore(source, folder, settings.catalogue)
    if settings.catalogue:
        keep_settings(folder, {"catalogue": settings.catalogue})
