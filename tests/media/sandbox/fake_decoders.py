"""Decoders for the tests of the sandbox: each does one thing, right or wrong, in the child process."""

import contextlib
import hashlib
import os
import signal
import time

import numpy as np

from pinakes.errors import BadMedia
from pinakes.media.base import CleaningNote, DecodedPart, FileRecord, StillGoing
from pinakes.types import Place


def text(path, spec):
    """One part for each line, whatever the lines are."""
    data = path.read_bytes()
    for number, line in enumerate(data.decode("utf-8", "replace").splitlines()):
        yield DecodedPart("text", Place(page=number), text=line)
    yield FileRecord("text/plain", len(data), hashlib.sha256(data).hexdigest())


def everything(path, spec):
    """A part in which every field is filled, and a record in which every field is."""
    pixels = np.arange(2 * 3 * 3, dtype=np.uint8).reshape(2, 3, 3)
    sound = np.linspace(-1, 1, 7, dtype=np.float32)
    yield DecodedPart(
        "image",
        Place(page=3, chapter=1, chars=(5, 9), seconds=(0.5, 1.25), box=(0.0, 0.25, 0.5, 1.0), frame=7),
        text="naïve 红酒 \U0001f6a2",
        arrays={"image": pixels, "reversed": pixels[:, ::-1], "sound": sound, "none": np.zeros((0, 3), np.float32)},
        preview=b"\xff\xd8\x00preview",
        signature=2**64 - 1,
        flags=("blank", "tiny"),
        cleaning=(CleaningNote("size", True, "from 3 x 2"),),
        fields={"title": ("A plate", "Ein Bild")},
    )
    yield StillGoing(0.5)
    yield FileRecord(
        "image/png", 42, "ab" * 32, {"creator": ("Anna",)}, {"width": 3.0}, ("suffix misleads",), b"preview of all"
    )


def arrays(path, spec):
    """As many pictures as the file says, of the size that it says."""
    count, size = map(int, path.read_text().split())
    for number in range(count):
        yield DecodedPart("image", Place(page=number), arrays={"image": np.full((size,), number % 251, np.uint8)})
    yield FileRecord("image/png")


def surrogates(path, spec):
    yield DecodedPart("text", Place(), text="a\ud800b")
    yield FileRecord("text/plain")


def by_content(path, spec):  # noqa: C901 -- one branch for each fault
    """Does what the file says: a word and, for some, a number."""
    word, _, number = path.read_text().partition(" ")
    if word == "two-parts":
        yield DecodedPart("text", Place(), text="one")
        yield DecodedPart("text", Place(), text="two")
    elif word == "part-then-kill":
        yield DecodedPart("text", Place(), text="before the end")
        os.kill(os.getpid(), signal.SIGKILL)
    elif word == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif word == "segv":
        os.kill(os.getpid(), signal.SIGSEGV)
    elif word == "exit":
        os._exit(3)
    elif word == "sleep":
        time.sleep(float(number))
    elif word == "beat":
        until = time.monotonic() + float(number)
        while time.monotonic() < until:
            time.sleep(0.05)
            yield StillGoing(0.1)
    elif word == "spin":
        until = time.process_time() + float(number)
        while time.process_time() < until:
            pass
    elif word == "memory":
        held = bytearray(int(number) << 20)
        held[-1] = 1
    elif word == "numpy-memory":
        np.ones(int(number) << 20, np.uint8)
    elif word == "ours":
        raise BadMedia("It is broken.", "Mend it.")
    elif word == "theirs":
        raise ZeroDivisionError("deep inside")
    elif word == "deep":

        def dive():
            return dive()

        dive()
    elif word == "no-record":
        return
    elif word == "large-part":
        yield DecodedPart("image", Place(), arrays={"image": np.zeros(int(number), np.uint8)})
    elif word == "open-files":
        held = [open(path) for _ in range(int(number))]  # noqa: SIM115
        yield DecodedPart("text", Place(), text=str(len(held)))
    elif word == "descriptor":
        os.dup2(0, int(number))
    elif word == "spin-and-beat":
        for _ in range(int(number)):
            until = time.process_time() + 0.5
            while time.process_time() < until:
                pass
            yield StillGoing(0.1)
    elif word == "garble":
        # Whatever we hold, the pipe to the parent is among it.
        for descriptor in range(3, 20):
            with contextlib.suppress(OSError):
                os.write(descriptor, b"\xff" * 64)
        time.sleep(300)
    elif word == "print":
        print("chatter" * 100_000)
        os.write(2, b"chatter" * 100_000)
    elif word == "write":
        name, count = number.split()
        with open(name, "wb", buffering=0) as file:
            if file.write(b"x" * int(count)) != int(count):
                raise OSError("not all was written")
    elif word == "pid":
        yield DecodedPart("text", Place(), text=str(os.getpid()))
    elif word == "many-parts":
        for n in range(int(number)):
            yield DecodedPart("text", Place(page=n), text=str(n))
    elif word == "film":
        import av

        av.open(number)
    elif word == "connect":
        import socket

        socket.create_connection(("127.0.0.1", int(number)), timeout=5)
    elif word == "hang-with-children":
        time.sleep(300)
    yield FileRecord("text/plain")


def environment(path, spec):
    """What the child sees of its surroundings."""
    import json
    import sys

    handles = sorted(int(name) for name in os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else []
    seen = {
        "environ": dict(os.environ),
        "files": [os.readlink(f"/proc/self/fd/{n}") for n in handles[:-1]] if handles else [],
        "encoding": sys.getfilesystemencoding(),
        "modules": sorted(sys.modules),
    }
    yield DecodedPart("text", Place(), text=json.dumps(seen))
    yield FileRecord("text/plain")


def limits(path, spec):
    import json
    import resource

    names = ("RLIMIT_CORE", "RLIMIT_NOFILE", "RLIMIT_FSIZE", "RLIMIT_CPU", "RLIMIT_AS")
    yield DecodedPart("text", Place(), text=json.dumps({n: resource.getrlimit(getattr(resource, n)) for n in names}))
    yield FileRecord("text/plain")
