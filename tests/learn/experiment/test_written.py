"""Plans written as configurations: what is read again is the plan."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pinakes.learn.experiment.plan import Plan, from_dict
from pinakes.learn.experiment.written import as_toml

_PLAIN = st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | st.text()
_VALUES = st.recursive(
    _PLAIN.filter(lambda value: not isinstance(value, str) or value.isprintable()),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text('ab .-"é', min_size=1, max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)


def plan(**tables: Any) -> Plan:
    """A plan of features."""
    return from_dict(
        {"name": "x", "data": {"layout": "features", "folder": "/f.npz"}, "method": {"name": "dcmh"}} | tables
    )


@given(
    st.dictionaries(st.text("abc_", min_size=1, max_size=5).filter(lambda name: name != "name"), _VALUES, max_size=3)
)
def test_whatever_a_method_is_told_is_read_again(config: dict[str, Any]) -> None:
    told = replace(plan(), config=config)
    assert from_dict(tomllib.loads(as_toml(told))) == told


def test_what_is_as_usual_is_left_out_and_modalities_are_kept() -> None:
    told = plan(text={}, image={"side": 32, "augment": [{"step": "flip"}]}, train={"rate": 1e-05, "epochs": 20})
    text = as_toml(told, "Found by\nchance.")
    assert from_dict(tomllib.loads(text)) == told
    assert text.startswith("# Found by chance.\n")
    assert "epochs" not in text
    assert "[text]" in text


def test_paths_are_whole_so_that_the_file_can_lie_anywhere() -> None:
    told = plan(data={"layout": "features", "folder": "here/f.npz"})
    assert tomllib.loads(as_toml(told))["data"]["folder"] == str(Path.cwd() / "here/f.npz")
