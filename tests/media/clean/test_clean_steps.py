import subprocess
import sys

import numpy as np
import pytest

from pinakes.errors import UnknownName
from pinakes.media import clean
from pinakes.types import MODALITIES


def test_every_step_says_what_it_does_and_for_which_modality():
    for name in clean.STEPS.names():
        step = clean.STEPS.get(name)
        assert step.modality in MODALITIES
        assert len(step.about) > 20


def test_the_default_steps_exist():
    assert all(name in clean.STEPS for name in clean.DEFAULT_STEPS)


def test_only_the_steps_of_the_modality_run():
    names = clean.STEPS.names()
    _, text_notes = clean.apply_text("plain", names)
    _, image_notes = clean.apply_image(np.zeros((8, 8, 3), np.uint8), names)
    _, sound_notes = clean.apply_sound(np.zeros(800, np.float32), 8000, names)
    assert {note.step for note in text_notes} == {"mojibake", "hyphenation"}
    assert {note.step for note in image_notes} == {
        "median-denoise",
        "gaussian-denoise",
        "size",
        "grey-world",
        "stretch",
    }
    assert {note.step for note in sound_notes} == {"loudness"}


def test_steps_run_in_the_order_in_which_they_are_named():
    _, notes = clean.apply_text("plain", ["hyphenation", "mojibake"])
    assert [note.step for note in notes] == ["hyphenation", "mojibake"]


def test_an_unknown_step_is_refused_with_the_nearest_name():
    with pytest.raises(UnknownName, match="hyphenation"):
        clean.apply_text("plain", ["hyphenatoin"])


def test_a_step_that_needs_a_speller_is_left_out_where_there_is_none():
    assert clean.apply_text("teh", ["spelling"]) == ("teh", ())


def test_a_text_in_which_there_is_nothing_to_clean_is_returned_itself():
    text = "Nothing to do here, not even for well-known words."
    cleaned, notes = clean.apply_text(text, clean.DEFAULT_STEPS)
    assert cleaned is text
    assert not any(note.applied for note in notes)


def test_importing_the_room_loads_neither_pillow_nor_ftfy():
    code = "import sys, pinakes.media.clean; sys.exit(any(m in sys.modules for m in ('PIL', 'ftfy', 'av')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
