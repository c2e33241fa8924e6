import json
import os
import socket
import sys
import threading

import pytest

from pinakes.limits import MIB

pytestmark = pytest.mark.reliability
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="the system has no such limit; the parent watches")
posix_only = pytest.mark.skipif(os.name != "posix", reason="the system has no such limit")


def test_the_platforms_limits_are_in_force(pools, jobs_of, outcome_of):
    pool = pools()
    outcome_of(pool.run(jobs_of("two-parts")))
    expected = {"audit"}
    if os.name == "posix":
        expected |= {"core", "files", "written"}
    if sys.platform == "linux":
        expected |= {"pdeathsig", "memory", "seccomp"}
    assert expected <= set(pool.confined_by)


@linux_only
def test_the_limits_are_those_of_the_settings(pools, jobs_of, outcome_of):
    pool = pools("limits", decode_open_files=33, decode_cpu_seconds=7, decode_written_bytes=44)
    seen = json.loads(outcome_of(pool.run(jobs_of("x"))).parts[0][0].text)
    assert seen["RLIMIT_CORE"] == [0, 0]
    assert seen["RLIMIT_NOFILE"] == [33, 33]
    assert seen["RLIMIT_FSIZE"] == [44, 44]
    assert 7 <= seen["RLIMIT_CPU"][0] <= 9


@linux_only
def test_memory_within_the_limit_is_given_and_beyond_it_refused(pools, jobs_of, outcome_of):
    """E2: the file fails, and nothing but the file."""
    outcome = outcome_of(pools(decode_memory_mib=100).run(jobs_of("memory 60", "memory 140", "two-parts")))
    assert sorted(outcome.done) == [0, 2]
    assert outcome.codes == {1: "too-large"}
    assert "100 MiB" in outcome.errors[1].message
    assert "decode_memory_mib" in outcome.errors[1].hint


@linux_only
def test_memory_that_a_library_asks_for_is_limited_too(pools, jobs_of, outcome_of):
    outcome = outcome_of(pools(decode_memory_mib=100).run(jobs_of("numpy-memory 140", "numpy-memory 20")))
    assert outcome.codes == {0: "too-large"}
    assert sorted(outcome.done) == [1]


def test_a_child_that_ran_out_of_memory_is_replaced(pools, jobs_of, outcome_of):
    if sys.platform != "linux":
        pytest.skip("the parent stops it instead")
    jobs = jobs_of("pid", "memory 300", "pid")
    outcome = outcome_of(pools(decode_memory_mib=100).run(jobs))
    assert outcome.parts[0][0].text != outcome.parts[2][0].text


@posix_only
def test_processor_time_without_a_result_is_limited(pools, jobs_of, outcome_of):
    outcome = outcome_of(pools(decode_cpu_seconds=1).run(jobs_of("spin 20", "two-parts")))
    assert outcome.codes == {0: "timeout"}
    assert "1 seconds of processor time" in outcome.errors[0].message
    assert sorted(outcome.done) == [1]


@posix_only
def test_processor_time_starts_anew_with_every_sign_of_life(pools, jobs_of, outcome_of):
    outcome = outcome_of(pools(decode_cpu_seconds=1).run(jobs_of("spin-and-beat 5")))
    assert sorted(outcome.done) == [0]


def test_a_silent_decoder_is_stopped(pools, jobs_of, outcome_of):
    """A14: the file fails, the pool is refilled, the next file is decoded."""
    outcome = outcome_of(pools(decode_silent_seconds=1).run(jobs_of("sleep 300", "two-parts")))
    assert outcome.codes == {0: "timeout"}
    assert "no sign of life for 1 seconds" in outcome.errors[0].message
    assert sorted(outcome.done) == [1]


def test_a_decoder_that_gives_signs_of_life_is_not_silent(pools, jobs_of, outcome_of):
    assert sorted(outcome_of(pools(decode_silent_seconds=2).run(jobs_of("beat 2.5"))).done) == [0]


def test_the_total_time_of_a_file_is_limited(pools, jobs_of, outcome_of):
    outcome = outcome_of(pools(decode_total_seconds=1).run(jobs_of("beat 300", "beat 0.2")))
    assert outcome.codes == {0: "timeout"}
    assert "longer than 1 seconds" in outcome.errors[0].message
    assert sorted(outcome.done) == [1]


def test_time_that_a_slow_consumer_takes_is_not_the_decoders(pools, jobs_of):
    pool = pools("arrays", decode_silent_seconds=1, decode_total_seconds=1)
    events = pool.run(jobs_of("200 1000000"))
    next(events)
    # Longer than both limits, while the child waits for room.
    threading.Event().wait(2.5)
    assert sum(1 for _ in events) == 200


@posix_only
def test_open_files_are_limited(pools, jobs_of, outcome_of):
    outcome = outcome_of(pools(decode_open_files=24).run(jobs_of("open-files 10", "open-files 30", "open-files 10")))
    assert outcome.codes == {1: "bad-media"}
    assert sorted(outcome.done) == [0, 2]


def test_nothing_may_be_written(pools, jobs_of, outcome_of, tmp_path):
    target = tmp_path / "written"
    outcome = outcome_of(pools().run(jobs_of(f"write {target} 1", "two-parts")))
    assert outcome.codes == {0: "bad-media"}
    assert not target.exists()
    assert sorted(outcome.done) == [1]


@posix_only
@pytest.mark.parametrize(("count", "fits"), [(999, True), (1000, True), (1001, False)])
def test_what_may_be_written_is_limited(pools, jobs_of, outcome_of, tmp_path, count, fits):
    target = tmp_path / "written"
    outcome = outcome_of(pools(decode_written_bytes=1000).run(jobs_of(f"write {target} {count}")))
    assert bool(outcome.done) == fits
    assert target.stat().st_size == min(count, 1000)


def test_a_part_beyond_its_limit_is_refused_by_name(pools, jobs_of, outcome_of):
    jobs = jobs_of(f"large-part {MIB // 2}", f"large-part {2 * MIB}", "two-parts")
    outcome = outcome_of(pools(max_part_bytes=MIB).run(jobs))
    assert outcome.codes == {1: "too-large"}
    assert "max_part_bytes" in outcome.errors[1].hint
    assert sorted(outcome.done) == [0, 2]


@pytest.mark.parametrize(("count", "fits"), [(19, True), (20, True), (21, False)])
def test_the_number_of_parts_is_limited_whatever_the_decoder_does(pools, jobs_of, outcome_of, count, fits):
    outcome = outcome_of(pools(max_parts=20).run(jobs_of(f"many-parts {count}", "two-parts")))
    assert (0 in outcome.done) == fits
    assert outcome.codes == ({} if fits else {0: "too-large"})
    assert 1 in outcome.done


@pytest.fixture
def listener():
    """A port of this machine, and whether anybody has come."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)

        def visitors():
            try:
                server.accept()[0].close()
            except BlockingIOError:
                return 0
            return 1

        yield server.getsockname()[1], visitors


def test_python_in_a_child_reaches_no_port(pools, jobs_of, outcome_of, listener):
    port, visitors = listener
    outcome = outcome_of(pools().run(jobs_of(f"connect {port}", "two-parts")))
    assert outcome.codes == {0: "bad-media"}
    assert visitors() == 0
    assert sorted(outcome.done) == [1]


@linux_only
def test_a_parser_in_c_reaches_no_port(pools, jobs_of, outcome_of, listener):
    """A11: FFmpeg is handed an address, which the audit hook can not see, and is refused its socket."""
    port, visitors = listener
    outcome = outcome_of(pools().run(jobs_of(f"film http://127.0.0.1:{port}/a.m3u8", "two-parts")))
    assert outcome.codes == {0: "bad-media"}
    assert "not permitted" in outcome.errors[0].message
    assert visitors() == 0
    assert sorted(outcome.done) == [1]
