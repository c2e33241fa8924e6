"""What the form of a training needs is asked for before one comes to it, and only once."""

from __future__ import annotations

import json
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pinakes.library import forms
from pinakes.web.logic.training_form import read, value_of
from pinakes.web.pages import training
from tests.web.people import browser, emptied


def test_what_no_method_can_do_is_refused_where_it_is_filled_in() -> None:
    bounds = {"least": 1, "above": None, "most": 1024, "below": None}
    told = {"name": "bits", "kind": "int", "default": 32, "help": "", "choices": (), "bounds": bounds}
    words = {"name": "loss", "kind": "str", "default": "siglip", "help": "", "choices": ("infonce", "siglip")}
    knobs = forms._knob(told), forms._knob(words | {"bounds": None})
    method = forms.MethodForm("toy", "hashing", "", "", True, knobs)
    known = forms.Forms({"toy": method}, {})
    filled = {"filled": "1", "name": "codes", "method": "toy", "image.used": "", "method.bits": "0", "method.loss": "x"}
    tables, wrong = read(known, "train", filled)
    assert wrong == {
        "method.bits": "bits must be from 1 to 1024, not 0.",
        "method.loss": "loss is one of infonce, siglip.",
    }
    assert value_of(knobs[0], " 1024 ") == 1024
    tried = filled | {"method.bits": "8", "method.loss": "infonce", "space.1": "method.bits", "values.1": "8, 1025"}
    tables, wrong = read(known, "tune", tried)
    assert wrong == {"space.1": "bits must be from 1 to 1024, not 1025."}
    assert tables["method"] == {"name": "toy", "bits": 8, "loss": "infonce"}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[threading.Event]]:
    """The children that were asked, each of which answers when its event is set."""
    children: list[threading.Event] = []

    def child(*_: Any, **__: Any) -> subprocess.CompletedProcess[bytes]:
        children.append(threading.Event())
        assert children[-1].wait(20)
        return subprocess.CompletedProcess([], 0, json.dumps({"methods": [], "networks": []}).encode())

    monkeypatch.setattr(forms.subprocess, "run", child)
    monkeypatch.setattr(forms, "needs_torch", lambda: None)
    monkeypatch.setattr(training, "_missing", lambda: None)
    forms._asked.cache_clear()
    yield children
    forms._asked.cache_clear()


def test_who_opens_the_list_of_trainings_finds_the_form_ready(asked: list[threading.Event], tmp_path: Path) -> None:
    with emptied(tmp_path) as library:
        client = browser(library)
        for _ in range(3):
            assert client.get("/admin/training").status_code == 200
        found: list[forms.Forms] = []
        waiting = [threading.Thread(target=lambda: found.append(forms.forms())) for _ in range(2)]
        for one in waiting:
            one.start()
        until = time.monotonic() + 20
        while not asked and time.monotonic() < until:
            time.sleep(0.01)
        asked[0].set()
        for one in waiting:
            one.join(20)
        assert found == [forms.Forms({}, {})] * 2
        assert client.get("/admin/training").status_code == 200
        assert len(asked) == 1
    for one in threading.enumerate():
        if one.name == "forms":
            one.join(20)
