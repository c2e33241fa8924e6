"""What a decoding child denies itself before it looks at the first file.

| | Linux | macOS | Windows |
|---|---|---|---|
| memory | RLIMIT_AS | the parent watches | the parent watches |
| processor time | RLIMIT_CPU | RLIMIT_CPU | the parent's silent time |
| open files, core dumps, bytes written | rlimits | rlimits | audit hook (no writing) |
| network, processes, writing | seccomp, audit hook | audit hook | audit hook |
| end with the parent | PR_SET_PDEATHSIG, end of pipe | end of pipe | end of pipe |

An audit hook sees what Python does, not what a parser in C does by itself; seccomp sees both.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

from pinakes.limits import MIB, Limits
from pinakes.media.sandbox import seccomp

_PR_SET_PDEATHSIG = 1
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

# Audit events that no decoder has a reason to raise: by the part before the dot, and by name.
_FAMILIES = frozenset(
    {
        "socket",
        "subprocess",
        "pty",
        "ftplib",
        "http",
        "imaplib",
        "poplib",
        "smtplib",
        "nntplib",
        "telnetlib",
        "urllib",
        "webbrowser",
        "winreg",
        "_winapi",
    }
)
_EVENTS = frozenset(
    {"os.system", "os.exec", "os.fork", "os.forkpty", "os.spawn", "os.posix_spawn", "os.startfile", "pickle.find_class"}
)
_WRITING_EVENTS = frozenset(
    {
        "os.remove",
        "os.rename",
        "os.rmdir",
        "os.mkdir",
        "os.link",
        "os.symlink",
        "os.chmod",
        "os.chown",
        "os.truncate",
        "os.utime",
        "os.setxattr",
        "os.removexattr",
        "os.chflags",
        "shutil.copyfile",
        "shutil.move",
        "shutil.rmtree",
        "tempfile.mkstemp",
        "tempfile.mkdtemp",
    }
)


def confine(limits: Limits, parent: int) -> list[str]:
    """Put every limit in force that the platform has, and name those that hold."""
    holding = []
    if sys.platform == "linux":
        # Before anything else: from here on no child outlives its parent.
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        holding.append("pdeathsig")
    if os.name == "posix" and os.getppid() != parent:
        os._exit(0)
    if os.name == "posix":
        holding += _limit_resources(limits)
    may_write = limits.decode_written_bytes > 0
    if sys.platform == "linux" and seccomp.install(may_write=may_write):
        holding.append("seccomp")
    sys.addaudithook(_hook(may_write=may_write))
    holding.append("audit")
    return holding


def _limit_resources(limits: Limits) -> list[str]:
    import resource

    holding = []
    wanted = [
        ("core", resource.RLIMIT_CORE, 0),
        ("files", resource.RLIMIT_NOFILE, limits.decode_open_files),
        ("written", resource.RLIMIT_FSIZE, limits.decode_written_bytes),
    ]
    start = _address_space()
    if start:
        wanted.append(("memory", resource.RLIMIT_AS, start + limits.decode_memory_mib * MIB))
    for name, which, value in wanted:
        hard = resource.getrlimit(which)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        try:
            resource.setrlimit(which, (value, value))
        except (OSError, ValueError):
            continue
        holding.append(name)
    # A write beyond the limit shall be an error that can be told, not the end.
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    return holding


def _address_space() -> int:
    """Bytes of address space in use; 0 where the system does not tell, and so has no limit on it either."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return 0


class ProcessorTime:
    """Processor time up to the next sign of life; past it the system ends the child (SIGXCPU)."""

    def __init__(self, seconds: int) -> None:
        self._seconds = max(1, seconds)
        self._until = 0

    def renew(self) -> None:
        """Start counting anew; between `seconds` and one more, since the system counts whole ones."""
        until = int(time.process_time()) + 1 + self._seconds
        if os.name != "posix" or until == self._until:
            return
        import resource

        hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
        soft = until if hard == resource.RLIM_INFINITY else min(until, hard)
        resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))
        self._until = until


def _hook(*, may_write: bool) -> Any:
    events = _EVENTS if may_write else _EVENTS | _WRITING_EVENTS
    # Libraries of installed packages may be loaded late; nothing else may.
    homes = tuple(os.path.realpath(folder) + os.sep for folder in sys.path if folder)

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            path, _, flags = arguments
            # A number is a descriptor that is open already.
            refused = not may_write and not isinstance(path, int) and isinstance(flags, int) and flags & _WRITING
        elif event == "ctypes.dlopen":
            name = os.fspath(arguments[0] or "")
            # A bare name would be searched for in the system's folders.
            refused = not (Path(name).is_absolute() and os.path.realpath(name).startswith(homes))
        else:
            refused = event in events or event.partition(".")[0] in _FAMILIES
        if refused:
            raise PermissionError(f"A decoder may not do this: {event}.")

    return hook
