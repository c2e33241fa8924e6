import dataclasses
import importlib.util
import sys
from pathlib import Path

import pytest

from pinakes.limits import Limits
from pinakes.media.base import DecodeSpec
from pinakes.media.sandbox import DecoderPool, FileDone, FileFailed, Job, PartReady

FAKES = Path(__file__).with_name("fake_decoders.py")


def load_fakes():
    """Make the fake decoders importable under one name, here and in the children."""
    if "fake_decoders" not in sys.modules:
        spec = importlib.util.spec_from_file_location("fake_decoders", FAKES)
        module = importlib.util.module_from_spec(spec)
        sys.modules["fake_decoders"] = module
        spec.loader.exec_module(module)


@pytest.fixture
def pools(monkeypatch):
    """Makes pools of children that run a fake decoder under the given limits; all are closed in the end."""
    monkeypatch.syspath_prepend(str(FAKES.parent))
    made = []

    def make(decoder="by_content", children=1, **limits):
        spec = DecodeSpec(limits=dataclasses.replace(Limits(), **limits))
        pool = DecoderPool(spec, children, decode=f"fake_decoders:{decoder}")
        made.append(pool)
        return pool

    yield make
    for pool in made:
        pool.close()


@pytest.fixture
def jobs_of(tmp_path):
    """Makes a job for each content, in files of their own."""

    def make(*contents):
        jobs = []
        for content in contents:
            path = tmp_path / f"{len(list(tmp_path.iterdir()))}.txt"
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
            jobs.append(Job(len(jobs), path))
        return jobs

    return make


class Outcome:
    """The events of a run, sorted by what they tell."""

    def __init__(self, events):
        self.events = list(events)
        self.parts = {}
        for event in self.events:
            if isinstance(event, PartReady):
                self.parts.setdefault(event.token, []).append(event.part)
        self.done = {event.token: event.record for event in self.events if isinstance(event, FileDone)}
        self.errors = {event.token: event.error for event in self.events if isinstance(event, FileFailed)}
        self.codes = {token: error.code for token, error in self.errors.items()}


@pytest.fixture
def outcome_of():
    return Outcome
