import os
import platform
import re
import subprocess
import sys
from pathlib import Path

import pytest

from pinakes.limits import MIB, Limits
from pinakes.media.sandbox import seccomp
from pinakes.media.sandbox.watch import MAX_TICK, Clock, memory_verdict, resident_bytes

pytestmark = pytest.mark.reliability
ALLOW, KILL, EPERM, EACCES, ENOSYS = 0x7FFF0000, 0x80000000, 0x50001, 0x5000D, 0x50026


def run_filter(program, mark, number, arguments=()):
    """What the kernel would do: classic BPF, one instruction after the other."""
    data = {0: number, 4: mark} | {16 + 8 * i: value for i, value in enumerate(arguments)}
    at = value = 0
    while True:
        code, true, false, operand = program[at]
        at += 1
        if code == 0x20:
            value = data.get(operand, 0)
        elif code == 0x06:
            return operand
        else:
            holds = {0x15: value == operand, 0x35: value >= operand, 0x45: bool(value & operand)}[code]
            at += true if holds else false


@pytest.mark.parametrize("name", seccomp.MACHINES)
@pytest.mark.parametrize("may_write", [False, True])
def test_the_filter_refuses_what_it_must_and_nothing_else(name, may_write):
    machine = seccomp.MACHINES[name]
    program = seccomp.assemble(machine, 4711, may_write=may_write)
    assert len(program) < 4096

    def verdict(number, *arguments):
        return run_filter(program, machine.mark, number, arguments)

    refused = {n[machine.column] for n in seccomp._ALWAYS.values()} - {None}
    changing = {n[machine.column] for n in seccomp._CHANGING_FILES.values()} - {None}
    special = {machine.clone, machine.clone3, machine.kill, machine.tgkill, machine.prlimit64, machine.openat}
    special |= {machine.open, machine.openat2}
    for number in range(600):
        if number in special:
            continue
        denied = number in refused or (number in changing and not may_write)
        assert verdict(number) == (EPERM if denied else ALLOW), number
    assert verdict(machine.clone, 0x3D0F00) == ALLOW
    assert verdict(machine.clone, 0x1200011) == EPERM
    assert verdict(machine.clone3) == ENOSYS
    assert verdict(machine.kill, 4711, 9) == verdict(machine.tgkill, 4711, 4712, 6) == ALLOW
    assert verdict(machine.kill, 1, 9) == verdict(machine.tgkill, 1, 1, 9) == EPERM
    assert verdict(machine.prlimit64, 0) == ALLOW
    assert verdict(machine.prlimit64, 1) == EPERM
    for flags in (0o0, 0o2000000, 0o200000):
        assert verdict(machine.openat, 0, 0, flags) == ALLOW
    for flags in (0o1, 0o2, 0o100, 0o1000, 0o2000):
        assert verdict(machine.openat, 0, 0, flags) == (ALLOW if may_write else EACCES)
        if machine.open is not None:
            assert verdict(machine.open, 0, flags) == (ALLOW if may_write else EACCES)
    assert run_filter(program, 0x40000003, 102) == KILL
    if name == "x86_64":
        assert verdict(0x40000000 + 41) == EPERM


HEADERS = {
    "x86_64": Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
    "aarch64": Path("/usr/include/asm-generic/unistd.h"),
}


@pytest.mark.parametrize("name", seccomp.MACHINES)
def test_the_numbers_of_system_calls_are_those_of_the_headers(name):
    if not HEADERS[name].is_file():
        pytest.skip("the kernel's headers are not installed")
    found = re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)", HEADERS[name].read_text())
    numbers = {call: int(number) for call, number in found}
    machine = seccomp.MACHINES[name]
    for call, columns in (seccomp._ALWAYS | seccomp._CHANGING_FILES).items():
        if call in numbers or columns[machine.column] is None:
            assert numbers.get(call) == columns[machine.column], call
    for call in ("clone", "clone3", "kill", "tgkill", "prlimit64", "open", "openat", "openat2"):
        assert numbers.get(call) == getattr(machine, call)


SECCOMP_ALONE = """
import ctypes, errno, os, sys, threading
sys.path[:0] = sys.argv[1].split("|")
from pinakes.media.sandbox import seccomp
if not seccomp.install(may_write=False):
    sys.exit(77)
libc = ctypes.CDLL(None, use_errno=True)
def refused(name, *arguments):
    ctypes.set_errno(0)
    return getattr(libc, name)(*arguments) == -1 and ctypes.get_errno() in (errno.EPERM, errno.EACCES)
checks = {
    "socket": refused("socket", 2, 1, 0),
    "local socket": refused("socket", 1, 1, 0),
    "fork": refused("fork"),
    "exec": refused("execve", b"/bin/true", None, None),
    "kill parent": refused("kill", os.getppid(), 0),
    "ptrace": refused("ptrace", 16, os.getppid(), 0, 0),
    "create": refused("open", sys.argv[2].encode(), os.O_CREAT | os.O_WRONLY, 0o600),
    "append": refused("open", sys.argv[0].encode() or b"/dev/null", os.O_APPEND | os.O_RDWR),
    "unlink": refused("unlink", sys.argv[2].encode()),
    "rename": refused("rename", b"a", b"b"),
    "mkdir": refused("mkdir", sys.argv[2].encode(), 0o700),
    "limits of others": refused("prlimit", os.getppid(), 0, None, None),
}
thread = threading.Thread(target=lambda: checks.update(thread=refused("socket", 2, 1, 0)))
thread.start()
thread.join()
checks["threads run"] = "thread" in checks
checks["reading"] = bool(open("/proc/self/stat").read())
print([name for name, holds in checks.items() if not holds])
"""


@pytest.mark.skipif(sys.platform != "linux" or platform.machine() not in seccomp.MACHINES, reason="no filter here")
def test_the_kernel_refuses_what_the_filter_names(tmp_path):
    arguments = [sys.executable, "-c", SECCOMP_ALONE, "|".join(sys.path), str(tmp_path / "new")]
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=60, check=False)
    if done.returncode == 77:
        pytest.skip("this kernel does not let us filter")
    assert done.stdout.strip() == "[]", done.stderr
    assert not (tmp_path / "new").exists()


AUDIT_ALONE = """
import ctypes, os, sys
sys.path[:0] = sys.argv[1].split("|")
import socket, subprocess
from pinakes.media.sandbox import confine
sys.addaudithook(confine._hook(may_write=False))
target = sys.argv[2]
def refused(call):
    try:
        call()
    except PermissionError as error:
        return str(error).startswith("A decoder may not")
    except Exception:
        return False
    return False
checks = {
    "socket": refused(lambda: socket.socket()),
    "connect": refused(lambda: socket.create_connection(("127.0.0.1", 9))),
    "resolve": refused(lambda: socket.getaddrinfo("localhost", 80)),
    "subprocess": refused(lambda: subprocess.run([sys.executable, "-V"])),
    "system": refused(lambda: os.system("true")),
    "open for writing": refused(lambda: open(target, "w")),
    "open for appending": refused(lambda: open(target, "ab")),
    "open for both": refused(lambda: open(sys.argv[0] or target, "r+b")),
    "os.open": refused(lambda: os.open(target, os.O_WRONLY | os.O_CREAT)),
    "remove": refused(lambda: os.remove(target)),
    "rename": refused(lambda: os.rename(target, target + "2")),
    "mkdir": refused(lambda: os.mkdir(target)),
    "other libraries": refused(lambda: ctypes.CDLL("libc.so.6")),
    "own symbols": refused(lambda: ctypes.CDLL(None)),
}
if os.name == "posix":
    checks["fork"] = refused(os.fork)
    checks["exec"] = refused(lambda: os.execv("/bin/true", ["true"]))
    checks["spawn"] = refused(lambda: os.posix_spawn("/bin/true", ["true"], {}))
with open(confine.__file__, "rb") as file:
    checks["reading"] = bool(file.read())
print([name for name, holds in checks.items() if not holds])
"""


def test_the_audit_hook_refuses_what_python_could_do(tmp_path):
    arguments = [sys.executable, "-c", AUDIT_ALONE, "|".join(sys.path), str(tmp_path / "new")]
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.strip() == "[]", done.stderr
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("library", ["av", "pypdfium2", "soundfile", "PIL.Image", "simplejpeg", "soxr"])
def test_the_libraries_of_the_decoders_can_be_loaded_by_a_confined_child(library):
    code = f"""
import os, sys
sys.path[:0] = sys.argv[1].split("|")
from pinakes.limits import Limits
from pinakes.media.sandbox.confine import confine
confine(Limits(), os.getppid())
import {library}
"""
    done = subprocess.run(
        [sys.executable, "-B", "-c", code, "|".join(sys.path)], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_clock_counts_silence_only_between_signs_of_life():
    clock, limits = Clock(), Limits(decode_silent_seconds=2, decode_total_seconds=100)
    for beat in range(10):
        clock.tick(0.9, beat, 1, waits_for_us=False)
        assert clock.verdict(limits) is None
    for _ in range(2):
        clock.tick(0.9, 9, 1, waits_for_us=False)
    assert clock.verdict(limits) is None
    clock.tick(0.9, 9, 1, waits_for_us=False)
    assert clock.verdict(limits).code == "timeout"


def test_the_clock_stands_while_the_child_waits_for_us():
    clock, limits = Clock(), Limits(decode_silent_seconds=1, decode_total_seconds=1)
    for _ in range(100):
        clock.tick(0.9, 0, 1, waits_for_us=True)
    assert clock.verdict(limits) is None


def test_the_clock_starts_anew_with_every_file():
    clock, limits = Clock(), Limits(decode_silent_seconds=2, decode_total_seconds=2)
    for job in range(50):
        clock.tick(0.9, 0, job, waits_for_us=False)
        assert clock.verdict(limits) is None


def test_a_sleep_of_the_machine_is_not_a_silence_of_the_child():
    clock = Clock()
    clock.tick(0.1, 0, 1, waits_for_us=False)
    clock.tick(100_000, 0, 1, waits_for_us=False)
    assert clock.silent <= MAX_TICK + 0.1


def test_the_memory_of_a_process_is_seen_and_judged():
    before = resident_bytes(os.getpid())
    if before is None:
        pytest.skip("this system does not tell")
    held = bytearray(64 * MIB)
    held[::4096] = b"x" * len(held[::4096])
    after = resident_bytes(os.getpid())
    assert after - before > 50 * MIB
    assert memory_verdict(after, before, Limits(decode_memory_mib=32)).code == "too-large"
    assert memory_verdict(after, before, Limits(decode_memory_mib=128)) is None
    assert memory_verdict(None, before, Limits()) is None


@pytest.mark.skipif(sys.platform != "linux", reason="uses the limits of Linux to show what the watch does elsewhere")
def test_where_the_system_does_not_limit_memory_the_parent_does(pools, jobs_of, outcome_of, monkeypatch):
    from pinakes.media.sandbox import process

    monkeypatch.setattr(process, "memory_verdict", lambda held, start, limits: memory_verdict(2**40, start, limits))
    pool = pools()
    run = pool.run(jobs_of("beat 0.2", "beat 20"))
    while not any(child and child.confined_by for child in pool._children):
        next(run)
    for child in pool._children:
        child.confined_by = ("audit",)
    outcome = outcome_of(run)
    assert set(outcome.codes.values()) == {"too-large"}
