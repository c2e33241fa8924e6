"""No bound without its name: every one is a setting and is tried at one less, at itself and at one more."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from pinakes.errors import BadSetting
from pinakes.limits import Limits
from pinakes.settings import MOST_AT_ONCE, Settings, load, rows, with_values
from tests.limits import (  # noqa: F401 -- they file their trials
    accounts,
    children,
    media,
    personal,
    searching,
    sources,
    tasks,
    web,
)
from tests.limits.trials import TRIALS

NAMES = [field.name for field in fields(Limits)]


def test_every_bound_has_a_trial_and_every_trial_a_bound() -> None:
    assert sorted(TRIALS) == sorted(NAMES)


@pytest.mark.usefixtures("classical_alone")
@pytest.mark.reliability
@pytest.mark.parametrize("more", [-1, 0, 1])
@pytest.mark.parametrize("name", sorted(TRIALS))
def test_a_bound_is_the_last_that_is_taken(name: str, more: int, tmp_path: Path) -> None:
    assert TRIALS[name](more, tmp_path) == (more <= 0)


@pytest.mark.parametrize("name", NAMES)
def test_every_bound_is_a_setting_in_file_environment_and_code(name: str, tmp_path: Path) -> None:
    (row,) = [row for row in rows() if row.name == name]
    assert row.is_limit
    assert row.unit
    assert row.help
    other = row.default + 1
    (tmp_path / "settings.toml").write_text(f"{name} = {other}\n")
    for settings in (
        with_values(Settings(), {name: str(other)}),
        load(tmp_path, {}),
        load(None, {f"PINAKES_{name.upper()}": str(other)}),
    ):
        assert getattr(settings.limits, name) == other


@pytest.mark.parametrize("name", ["threads", "decoders", "processes", "workers"])
def test_no_more_is_begun_at_once_than_any_machine_has_cores(name: str, tmp_path: Path) -> None:
    for more in (-1, 0):
        (tmp_path / "settings.toml").write_text(f"{name} = {MOST_AT_ONCE + more}\n")
        assert getattr(load(tmp_path, {}), name) == MOST_AT_ONCE + more
    for values in ({name: MOST_AT_ONCE + 1}, {name: "1000000"}):
        with pytest.raises(BadSetting, match=f"{name} must be 1,024 at most"):
            with_values(Settings(), values)


@pytest.mark.parametrize("value", ["1.5", "inf", '"1.5"'])
def test_a_whole_number_with_a_fraction_is_refused_in_a_file(value: str, tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text(f"threads = {value}\n")
    with pytest.raises(BadSetting, match="a whole number"):
        load(tmp_path, {})
