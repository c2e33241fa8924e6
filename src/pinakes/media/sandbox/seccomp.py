"""Linux: a filter in the kernel that refuses a decoding child the network, other processes and other people's files.

Classic BPF over `struct seccomp_data` (linux/seccomp.h); what is refused fails with an error number, so that a parser
that merely tries goes on, and system calls of another architecture end the process.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
from dataclasses import dataclass

_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _MODE_FILTER = 38, 22, 2
_ALLOW, _ERRNO, _KILL_PROCESS = 0x7FFF0000, 0x00050000, 0x80000000
_LOAD, _JUMP_EQUAL, _JUMP_AT_LEAST, _JUMP_ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_OFFSET_NUMBER, _OFFSET_ARCHITECTURE, _OFFSET_ARGUMENTS = 0, 4, 16
_CLONE_THREAD = 0x00010000
# O_WRONLY, O_RDWR, O_CREAT, O_TRUNC and O_APPEND, the same numbers on both architectures.
_WRITING = 0x1 | 0x2 | 0x40 | 0x200 | 0x400
# System calls of the x32 interface start here; they run on the same architecture under other numbers.
_X32 = 0x40000000

Instruction = tuple[int, int, int, int]

# Refused whatever their arguments. Numbers: x86-64, and the generic table that AArch64 has; None: not there.
_ALWAYS: dict[str, tuple[int | None, int | None]] = {
    # The network; io_uring could open sockets behind the filter's back.
    "socket": (41, 198),
    "socketpair": (53, 199),
    "connect": (42, 203),
    "bind": (49, 200),
    "listen": (50, 201),
    "accept": (43, 202),
    "accept4": (288, 242),
    "sendto": (44, 206),
    "sendmsg": (46, 211),
    "sendmmsg": (307, 269),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    # Other programs and processes.
    "execve": (59, 221),
    "execveat": (322, 281),
    "fork": (57, None),
    "vfork": (58, None),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "process_madvise": (440, 440),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "tkill": (200, 130),
    "pidfd_open": (434, 434),
    "pidfd_send_signal": (424, 424),
    "pidfd_getfd": (438, 438),
    # The system itself.
    "bpf": (321, 280),
    "userfaultfd": (323, 282),
    "perf_event_open": (298, 241),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "unshare": (272, 97),
    "setns": (308, 268),
    "keyctl": (250, 219),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "open_by_handle_at": (304, 265),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsmount": (432, 432),
    "shmget": (29, 194),
    "msgget": (68, 186),
    "semget": (64, 190),
    "mq_open": (240, 180),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "kexec_load": (246, 104),
    "personality": (135, 92),
}

# Refused unless the child may write.
_CHANGING_FILES: dict[str, tuple[int | None, int | None]] = {
    "creat": (85, None),
    "mknod": (133, None),
    "mknodat": (259, 33),
    "mkdir": (83, None),
    "mkdirat": (258, 34),
    "rmdir": (84, None),
    "unlink": (87, None),
    "unlinkat": (263, 35),
    "symlink": (88, None),
    "symlinkat": (266, 36),
    "link": (86, None),
    "linkat": (265, 37),
    "rename": (82, None),
    "renameat": (264, 38),
    "renameat2": (316, 276),
    "truncate": (76, 45),
    "chmod": (90, None),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "chown": (92, None),
    "lchown": (94, None),
    "fchown": (93, 55),
    "fchownat": (260, 54),
    "utime": (132, None),
    "utimes": (235, None),
    "futimesat": (261, None),
    "utimensat": (280, 88),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "fsetxattr": (190, 7),
    "removexattr": (197, 14),
    "lremovexattr": (198, 15),
    "fremovexattr": (199, 16),
}


@dataclass(frozen=True, slots=True)
class Machine:
    """An architecture: its mark in `seccomp_data`, its column above, and the calls whose arguments decide."""

    mark: int
    column: int
    clone: int
    clone3: int
    kill: int
    tgkill: int
    prlimit64: int
    open: int | None
    openat: int
    openat2: int


MACHINES = {
    "x86_64": Machine(0xC000003E, 0, 56, 435, 62, 234, 302, 2, 257, 437),
    "aarch64": Machine(0xC00000B7, 1, 220, 435, 129, 131, 261, None, 56, 437),
}


def install(*, may_write: bool) -> bool:
    """Put the filter in force for this thread and all that it starts; False where the kernel has none for us."""
    machine = MACHINES.get(platform.machine())
    if machine is None or os.name != "posix" or struct.calcsize("P") != 8:
        return False
    program = assemble(machine, os.getpid(), may_write=may_write)
    code = b"".join(struct.pack("=HBBI", *instruction) for instruction in program)
    buffer = ctypes.create_string_buffer(code, len(code))
    pointer = ctypes.create_string_buffer(struct.pack("@HP", len(program), ctypes.addressof(buffer)))
    libc = ctypes.CDLL(None, use_errno=True)
    prctl = libc.prctl
    prctl.argtypes = [ctypes.c_int, *[ctypes.c_ulong] * 4]
    if prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    return bool(prctl(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.addressof(pointer), 0, 0) == 0)


def assemble(machine: Machine, pid: int, *, may_write: bool) -> list[Instruction]:
    """The filter's instructions (code, jump if true, jump if false, operand)."""
    refused = _return(_ERRNO | errno.EPERM)
    program: list[Instruction] = [
        (_LOAD, 0, 0, _OFFSET_ARCHITECTURE),
        (_JUMP_EQUAL, 1, 0, machine.mark),
        _return(_KILL_PROCESS),
        (_LOAD, 0, 0, _OFFSET_NUMBER),
    ]
    if machine.column == 0:
        program += [(_JUMP_AT_LEAST, 0, 1, _X32), refused]
    for numbers in [*_ALWAYS.values(), *(() if may_write else _CHANGING_FILES.values())]:
        number = numbers[machine.column]
        if number is not None:
            program += _when(number, [refused])
    # Threads are allowed, processes are not; the C library falls back to `clone` where `clone3` is unknown.
    program += _when(machine.clone, [_argument(0), (_JUMP_ANY_BIT, 1, 0, _CLONE_THREAD), refused, _return(_ALLOW)])
    program += _when(machine.clone3, [_return(_ERRNO | errno.ENOSYS)])
    for number, own in ((machine.kill, pid), (machine.tgkill, pid), (machine.prlimit64, 0)):
        program += _when(number, [_argument(0), (_JUMP_EQUAL, 1, 0, own), refused, _return(_ALLOW)])
    if not may_write:
        denied = _return(_ERRNO | errno.EACCES)
        for number, flags in ((machine.open, 1), (machine.openat, 2)):
            if number is not None:
                reading = [_argument(flags), (_JUMP_ANY_BIT, 0, 1, _WRITING), denied, _return(_ALLOW)]
                program += _when(number, reading)
        # Its flags lie in memory, where a filter can not look.
        program += _when(machine.openat2, [_return(_ERRNO | errno.ENOSYS)])
    return [*program, _return(_ALLOW)]


def _return(action: int) -> Instruction:
    return (_RETURN, 0, 0, action)


def _argument(index: int) -> Instruction:
    """Load the lower half of an argument; both machines are little-endian."""
    return (_LOAD, 0, 0, _OFFSET_ARGUMENTS + 8 * index)


def _when(number: int, body: list[Instruction]) -> list[Instruction]:
    """Run the body, all of whose ways return, for one system call, and step over it for all others."""
    return [(_JUMP_EQUAL, 0, len(body), number), *body]
