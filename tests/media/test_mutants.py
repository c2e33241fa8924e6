"""A5: damaged files of every format are read or refused; nothing else happens."""

import random

import numpy as np
import pytest

from pinakes.errors import BadInput
from tests.media.conftest import decoded

EVERYDAY, NIGHTLY = 200, 5000


def mutant(data, chance):
    """One kind of damage: bits flipped, a cut, a stretch of one byte, a stretch doubled or put in, a rubbed head."""
    out = bytearray(data)
    kind, at = chance.randrange(6), chance.randrange(len(out))
    if kind == 0:
        for _ in range(chance.choice((1, 3, 10, 40))):
            out[chance.randrange(len(out))] ^= 1 << chance.randrange(8)
    elif kind == 1:
        del out[max(at, 1) :]
    elif kind == 2:
        end = min(len(out), at + chance.randrange(1, 200))
        out[at:end] = bytes([chance.choice((0, 255))]) * (end - at)
    elif kind == 3:
        out[at:at] = out[chance.randrange(len(out)) :][: chance.randrange(1, 400)]
    elif kind == 4:
        out[at:at] = chance.randbytes(chance.randrange(1, 60))
    else:
        for _ in range(chance.choice((1, 4))):
            out[chance.randrange(min(len(out), 200))] = chance.randrange(256)
    return bytes(out)


def run(formats, folder, seeds):
    names = sorted(formats)
    outcomes = set()
    for seed in seeds:
        chance = random.Random(seed)
        name = names[seed % len(names)]
        path = folder / "mutant"
        path.write_bytes(mutant(formats[name], chance))
        try:
            parts = decoded(path).parts
        except BadInput as error:
            outcomes.add(error.code)
            continue
        except Exception as error:
            raise AssertionError(f"seed {seed}, {name}: {error!r}") from error
        outcomes.add("read")
        for part in parts:
            part.text.encode("utf-8")
            assert all(np.isfinite(array).all() for array in part.arrays.values()), f"seed {seed}, {name}"
    return outcomes


@pytest.mark.reliability
def test_two_hundred_damaged_files_are_read_or_refused(formats, tmp_path):
    """A5, the short run."""
    assert {"read", "bad-media", "unsupported"} <= run(formats, tmp_path, range(EVERYDAY))


@pytest.mark.slow
@pytest.mark.reliability
def test_five_thousand_damaged_files_are_read_or_refused(formats, tmp_path):
    """A5."""
    run(formats, tmp_path, range(EVERYDAY, EVERYDAY + NIGHTLY))
