import itertools
import json
import os
import sys
import threading
import time

import numpy as np
import pytest

from pinakes.errors import BadInput, DecoderDied, PinakesError
from pinakes.limits import Limits
from pinakes.media.base import DecodeSpec
from pinakes.media.sandbox import DecoderPool, FileDone, FileFailed, Job, PartReady, decodes_here
from pinakes.media.sandbox.pool import WAITING_BYTES
from pinakes.media.sandbox.region import SLOT_BYTES, SLOTS

posix_only = pytest.mark.skipif(os.name != "posix", reason="signals and descriptors")


def test_every_file_is_decoded_and_its_parts_come_in_order(pools, jobs_of, outcome_of):
    jobs = jobs_of(*["\n".join(f"{n}.{line}" for line in range(n % 5)) for n in range(300)])
    outcome = outcome_of(pools("text", children=3).run(jobs))
    assert sorted(outcome.done) == list(range(300))
    for n in range(300):
        assert [part.text for part in outcome.parts.get(n, [])] == [f"{n}.{line}" for line in range(n % 5)]


def test_the_last_event_of_a_file_comes_after_its_parts(pools, jobs_of):
    over = set()
    for event in pools("text", children=2).run(jobs_of(*["a\nb\nc"] * 50)):
        assert event.token not in over
        if isinstance(event, FileDone):
            over.add(event.token)
    assert len(over) == 50


def test_parts_and_records_cross_the_border_unchanged(pools, jobs_of, outcome_of):
    import fake_decoders

    jobs = jobs_of("x")
    outcome = outcome_of(pools("everything").run(jobs))
    here = list(fake_decoders.everything(jobs[0].path, DecodeSpec()))
    there = outcome.parts[0][0]
    for name, array in here[0].arrays.items():
        assert np.array_equal(there.arrays[name], array)
        assert there.arrays[name].dtype == array.dtype
    for field in ("modality", "place", "text", "preview", "signature", "flags", "cleaning", "fields"):
        assert getattr(there, field) == getattr(here[0], field)
    assert outcome.done[0] == here[-1]


def test_arrays_larger_than_the_shared_memory_arrive_whole(pools, jobs_of, outcome_of):
    size = SLOTS * SLOT_BYTES + 12_345
    part = outcome_of(pools("arrays").run(jobs_of(f"2 {size}"))).parts[0][1]
    assert part.arrays["image"].shape == (size,)
    assert (part.arrays["image"] == 1).all()


def test_lone_surrogates_do_not_cross_the_border(pools, jobs_of, outcome_of):
    assert outcome_of(pools("surrogates").run(jobs_of("x"))).parts[0][0].text == "a?b"


@posix_only
@pytest.mark.reliability
@pytest.mark.parametrize("name", [b"new\nline", b"'quote\"", "\u202ertl".encode(), b"\xff\xfe not utf-8", b"n" * 255])
def test_files_of_any_name_are_decoded(pools, tmp_path, outcome_of, name):
    """B4."""
    path = tmp_path / os.fsdecode(name)
    path.write_text("here")
    outcome = outcome_of(pools("text").run([Job(7, path)]))
    assert outcome.parts[7][0].text == "here"


def test_the_children_outlive_a_run(pools, jobs_of, outcome_of):
    pool = pools(children=1)
    jobs = jobs_of("pid")
    pids = {outcome_of(pool.run(jobs)).parts[0][0].text for _ in range(5)}
    assert len(pids) == 1
    assert pids != {str(os.getpid())}


def test_no_jobs_give_no_events(pools):
    assert list(pools().run([])) == []


def test_results_come_while_the_next_job_takes_long(pools, jobs_of):
    first_is_done = threading.Event()
    jobs = jobs_of("one", "two")

    def slow():
        yield jobs[0]
        assert first_is_done.wait(30)
        yield jobs[1]

    done = []
    for event in pools("text").run(slow()):
        if isinstance(event, FileDone):
            done.append(event.token)
            first_is_done.set()
    assert done == [0, 1]


def test_jobs_are_taken_lazily_and_a_slow_consumer_holds_them_back(pools, jobs_of):
    path = jobs_of("1 1000000")[0].path
    taken = itertools.count()
    numbers = []

    def endless():
        for number in taken:
            numbers.append(number)
            yield Job(number, path)

    events = pools("arrays", children=2).run(endless())
    next(events)
    # Until nothing moves any more.
    before = -1
    while before != len(numbers):
        before = len(numbers)
        time.sleep(0.3)
    held = WAITING_BYTES + 2 * (SLOTS + 1) * SLOT_BYTES
    ahead = 2 * 2 * 64 + 2 * 64
    assert len(numbers) < held / 1_000_000 + ahead + 10
    events.close()


def test_an_error_of_the_source_is_raised_after_the_results_before_it(pools, jobs_of):
    jobs = jobs_of("one", "two")

    def broken():
        yield from jobs
        raise BadInput("The source broke.")

    events = []
    with pytest.raises(BadInput, match="source broke"):
        for event in pools("text").run(broken()):
            events.append(event)
    assert sorted(event.token for event in events if isinstance(event, FileDone)) == [0, 1]


def test_a_run_left_early_leaves_nothing_behind_and_the_pool_works_on(pools, jobs_of, outcome_of):
    pool = pools(children=2)
    sleepers = jobs_of("pid", *["sleep 300"] * 4)
    run = pool.run(sleepers)
    next(run)
    run.close()
    assert [e for e in threading.enumerate() if e.name == "pinakes-decoder"] == []
    assert len(outcome_of(pool.run(jobs_of(*["two-parts"] * 5))).done) == 5


def test_two_runs_at_once_are_refused(pools, jobs_of):
    pool = pools()
    run = pool.run(jobs_of("two-parts"))
    next(run)
    with pytest.raises(PinakesError, match="at work on another run"):
        next(pool.run([]))
    run.close()


def test_a_decoder_that_can_not_be_loaded_is_told_with_its_reason(jobs_of):
    jobs = jobs_of("x")
    with (
        DecoderPool(DecodeSpec(), 1, decode="pinakes.media.nowhere:decode") as pool,
        pytest.raises(DecoderDied, match=r"ends as soon as it is started.*No module named"),
    ):
        list(pool.run(jobs))


def test_what_a_decoder_prints_disturbs_nobody(pools, jobs_of, outcome_of):
    assert sorted(outcome_of(pools().run(jobs_of("print", "two-parts"))).done) == [0, 1]


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="reads /proc")
def test_a_child_inherits_nothing_but_its_pipes_and_its_memory(pools, jobs_of, outcome_of, monkeypatch, tmp_path):
    monkeypatch.setenv("PINAKES_SECRET", "canary")
    monkeypatch.setenv("HOME", str(tmp_path))
    with open(tmp_path / "held open", "w") as held:
        os.set_inheritable(held.fileno(), True)
        seen = json.loads(outcome_of(pools("environment").run(jobs_of("x"))).parts[0][0].text)
    assert "canary" not in seen["environ"].values()
    assert "HOME" not in seen["environ"]
    kinds = {file.split(":")[0] for file in seen["files"]}
    assert kinds == {"/dev/null", "pipe", "/memfd"}


def test_a_child_starts_without_heavy_imports(pools, jobs_of, outcome_of):
    seen = json.loads(outcome_of(pools("environment").run(jobs_of("x"))).parts[0][0].text)
    assert not {"av", "PIL", "soundfile", "pypdfium2", "onnxruntime", "sqlalchemy"} & set(seen["modules"])


@posix_only
@pytest.mark.reliability
def test_children_start_without_home_and_in_any_locale(pools, jobs_of, outcome_of, monkeypatch, tmp_path):
    """E6."""
    for name in ("HOME", "USER", "TMPDIR", "LC_ALL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LC_ALL", "POSIX")
    folder = tmp_path / "a folder with spaces"
    folder.mkdir()
    monkeypatch.chdir(folder)
    (folder / "numpy.py").write_text("raise ImportError('the current folder was imported from')")
    assert sorted(outcome_of(pools("text").run(jobs_of("x"))).done) == [0]


def test_more_files_than_descriptors_of_the_parent_are_no_matter(pools, jobs_of, outcome_of):
    pool = pools("text", children=2)
    before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
    for _ in range(3):
        outcome_of(pool.run(jobs_of("x")))
    pool.close()
    after = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
    assert after <= before


def test_only_small_plain_texts_are_decoded_without_a_child(tmp_path):
    path = tmp_path / "note.txt"
    limit = Limits().small_text_bytes
    assert decodes_here(path, limit, b"Plain words.\n")
    assert not decodes_here(path, limit + 1, b"Plain words.\n")
    assert decodes_here(tmp_path / "note.MD", 10, "Größe 红酒".encode())
    assert not decodes_here(tmp_path / "note.jpg", 10, b"Plain words.")
    assert not decodes_here(path, 10, b"\x89PNG\r\n\x1a\n")
    assert not decodes_here(path, 10, b"%PDF-1.7")
    assert not decodes_here(path, 10, b"<svg>")
    assert not decodes_here(path, 10, "UTF-16".encode("utf-16"))


def test_events_say_to_which_file_they_belong(pools, jobs_of):
    kinds = {type(event): event.token for event in pools().run([Job(99, jobs_of("two-parts")[0].path)])}
    assert kinds == {PartReady: 99, FileDone: 99}
    failed = list(pools().run([Job(5, jobs_of("ours")[0].path)]))
    assert [type(event) for event in failed] == [FileFailed]
    assert sys.exc_info() == (None, None, None)
