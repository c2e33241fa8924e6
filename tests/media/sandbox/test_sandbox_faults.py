import os
import signal
import subprocess
import sys
import time

import pytest

from pinakes.media.sandbox import FileFailed, Job

pytestmark = pytest.mark.reliability
posix_only = pytest.mark.skipif(os.name != "posix", reason="signals")


@posix_only
@pytest.mark.parametrize("fault", ["kill", "segv", "exit", "garble"])
def test_a_dead_child_fails_its_file_and_no_other(pools, jobs_of, outcome_of, fault):
    """A14."""
    jobs = jobs_of(*["two-parts"] * 10, fault, *["two-parts"] * 10)
    outcome = outcome_of(pools().run(jobs))
    assert outcome.codes == {10: "decoder-died"}
    assert "10.txt" in outcome.errors[10].message
    assert sorted(outcome.done) == [n for n in range(21) if n != 10]
    assert all(len(parts) == 2 for parts in outcome.parts.values())


@posix_only
def test_what_was_ready_before_the_end_is_not_lost(pools, jobs_of, outcome_of):
    outcome = outcome_of(pools().run(jobs_of("two-parts", "part-then-kill")))
    assert [part.text for part in outcome.parts[1]] == ["before the end"]
    assert sorted(outcome.done) == [0]
    assert outcome.codes == {1: "decoder-died"}


@posix_only
def test_many_deaths_in_a_row_end_in_as_many_failures(pools, jobs_of, outcome_of):
    jobs = jobs_of(*["kill", "two-parts"] * 8)
    outcome = outcome_of(pools(children=2).run(jobs))
    assert sorted(outcome.errors) == list(range(0, 16, 2))
    assert sorted(outcome.done) == list(range(1, 16, 2))


@posix_only
def test_a_child_killed_from_outside_fails_at_most_its_file(pools, jobs_of, outcome_of):
    jobs = jobs_of("pid", "beat 0.3", "two-parts", "two-parts")
    events = []
    for event in pools().run(jobs):
        events.append(event)
        if event.token == 0 and len(events) == 1:
            os.kill(int(event.part.text), signal.SIGKILL)
    outcome = outcome_of(events)
    assert len(outcome.errors) <= 1
    assert sorted([*outcome.errors, *outcome.done]) == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        ("ours", "bad-media", "It is broken. Mend it."),
        ("theirs", "bad-media", "ZeroDivisionError: deep inside"),
        ("deep", "bad-media", "RecursionError"),
        ("no-record", "bad-media", "without a record"),
    ],
)
def test_errors_of_decoders_are_told_and_the_child_lives_on(pools, jobs_of, outcome_of, content, code, words):
    jobs = jobs_of("pid", content, "pid")
    outcome = outcome_of(pools().run(jobs))
    assert outcome.codes == {1: code}
    assert words in str(outcome.errors[1])
    assert outcome.parts[0][0].text == outcome.parts[2][0].text


def test_a_missing_file_fails_alone(pools, jobs_of, outcome_of, tmp_path):
    jobs = [Job(0, tmp_path / "nowhere"), Job(1, jobs_of("two-parts")[0].path), Job(2, tmp_path / "zero\0byte")]
    outcome = outcome_of(pools().run(jobs))
    assert sorted(outcome.errors) == [0, 2]
    assert sorted(outcome.done) == [1]


def test_results_before_a_slow_file_come_while_it_is_decoded(pools, jobs_of):
    run = pools().run(jobs_of("two-parts", "sleep 300"))
    seen = [next(run) for _ in range(3)]
    assert {event.token for event in seen} == {0}
    run.close()


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with open(f"/proc/{pid}/stat") as stat:
        return stat.read().rpartition(")")[2].split()[0] != "Z"


PARENT = """
import sys
sys.path[:0] = sys.argv[1].split("|")
from pathlib import Path
from pinakes.media.base import DecodeSpec
from pinakes.media.sandbox import DecoderPool, Job
def jobs():
    for number in range(10**9):
        yield Job(number, Path(sys.argv[2]) if number < 2 else Path(sys.argv[3]))
if __name__ == "__main__":
    try:
        with DecoderPool(DecodeSpec(), 2, decode="fake_decoders:by_content") as pool:
            for number, event in enumerate(pool.run(jobs())):
                if number < 4:
                    print(getattr(getattr(event, "part", None), "text", "-"), flush=True)
    except KeyboardInterrupt:
        sys.exit(130)
"""


@pytest.fixture
def parent(tmp_path):
    """A process of its own with a pool at work, and the numbers of its two children."""
    (tmp_path / "pid").write_text("pid")
    (tmp_path / "sleep").write_text("beat 300")
    folders = "|".join([os.path.dirname(__file__), *sys.path])
    arguments = [sys.executable, "-c", PARENT, folders, str(tmp_path / "pid"), str(tmp_path / "sleep")]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        children = set()
        for line in process.stdout:
            if line.strip().isdigit():
                children.add(int(line))
            if len(children) == 2 or (children and line == "-\n"):
                break
        yield process, children
        process.kill()


def gone(children, seconds=10):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not any(alive(pid) for pid in children):
            return True
        time.sleep(0.05)
    return False


@pytest.mark.skipif(not os.path.isdir("/proc"), reason="reads /proc")
def test_an_interrupt_leaves_no_child(parent):
    """E1."""
    process, children = parent
    assert children
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 130
    assert gone(children)
    assert "Traceback" not in process.stderr.read()


@pytest.mark.skipif(not os.path.isdir("/proc"), reason="reads /proc")
def test_no_child_outlives_a_killed_parent(parent):
    process, children = parent
    assert children
    process.kill()
    process.wait(20)
    assert gone(children)


def test_failures_name_the_file(pools, jobs_of):
    if os.name != "posix":
        pytest.skip("signals")
    (event,) = pools().run(jobs_of("kill"))
    assert isinstance(event, FileFailed)
    assert event.error.message == "0.txt: The process that was decoding it ended by SIGKILL."
