"""A library that is served elsewhere, in the words in which a library of one's own is used: `connect(address)`."""

from __future__ import annotations

from pinakes.client.found import File, Hit, Item, Part, Results, Told, Upload
from pinakes.client.remote import RemoteLibrary, connect
from pinakes.client.tasks import Task

__all__ = ["File", "Hit", "Item", "Part", "RemoteLibrary", "Results", "Task", "Told", "Upload", "connect"]
