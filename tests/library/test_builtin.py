"""A library with the built-in encoder: words find pictures and sounds that nobody has described."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PIL import Image

from pinakes.catalogue import choices
from pinakes.catalogue.choices import CLASSICAL
from pinakes.cli.main import main
from pinakes.encoders.base import ENCODERS
from pinakes.encoders.builtin import files
from pinakes.errors import NoContent, WrongSpace
from pinakes.library import Library
from pinakes.media.clean.signatures import signature_of_image
from tests.encoders.builtin.standin import write
from tests.media.makers import pdf

COLOURS = {"one": (200, 30, 30), "two": (30, 200, 30), "three": (30, 30, 200), "four": (120, 120, 120)}


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pictures, sounds and texts whose names tell nothing."""
    folder = tmp_path_factory.mktemp("builtin") / "shelf"
    folder.mkdir()
    random = np.random.default_rng(3)
    for name, colour in COLOURS.items():
        pixels = np.clip(np.array(colour) + random.integers(-20, 20, (48, 64, 3)), 0, 255)
        Image.fromarray(pixels.astype(np.uint8)).save(folder / f"{name}.png")
    for name, hertz in (("five", 5_000), ("six", 200)):
        soundfile.write(folder / f"{name}.wav", 0.5 * np.sin(2 * np.pi * hertz * np.arange(16_000) / 16_000), 16_000)
    (folder / "seven.txt").write_text("The quiet sea, and a boat in the harbour by night.")
    (folder / "eight.txt").write_text("Meadow and lighthouse. Zwei rote Boote im Hafen.")
    return folder


@pytest.fixture
def filled(shelf: Path, builtin_model: Path) -> Path:
    """The folder of a library that holds them all, made once."""
    folder = shelf.with_name("library")
    if not folder.exists():
        with Library.open(folder, create=True) as library:
            assert library.add(shelf).failed == 0
    return folder


@pytest.fixture
def library(filled: Path) -> Iterator[Library]:
    """For tests that only look."""
    with Library.open(filled) as library:
        yield library


@pytest.fixture
def own(filled: Path, tmp_path: Path) -> Iterator[Library]:
    """A copy, for tests that change it."""
    shutil.copytree(filled, tmp_path / "own")
    with Library.open(tmp_path / "own") as library:
        yield library


def names(found: object) -> list[str]:
    return [Path(hit.path).stem for hit in found]  # type: ignore[attr-defined]


@pytest.mark.parametrize("mode", ["precise", "quick"])
@pytest.mark.parametrize(
    ("words", "first"), [("red", "one"), ("a blue boat", "three"), ("红色的小船", "one"), ("a shrill sound", "five")]
)
def test_words_find_pictures_and_sounds_that_nobody_described(
    library: Library, mode: str, words: str, first: str
) -> None:
    found = library.search(words, mode=mode, where={"modality": ("image", "audio")})
    assert names(found)[0] == first
    (reason,) = found[0].why.spaces
    assert reason.space == "builtin" and reason.score > 0.5
    assert not found.notes and not found[0].why.unasked


def test_each_modality_brings_its_own_hits_however_many_texts_lie_nearer(
    tmp_path: Path, shelf: Path, builtin_model: Path
) -> None:
    texts = "\n".join(f"text {number},red {'boat ' * (number % 7)}" for number in range(450))
    (tmp_path / "texts.csv").write_text(f"title,text\n{texts}\n")
    with Library.open(tmp_path / "crowded", create=True) as library:
        library.add(tmp_path / "texts.csv", shelf / "one.png", shelf / "two.png")
        found = library.search("red snow", where={"modality": ("text", "image")}, weights={"words": 0, "phrases": 0})
        every = [hit for page in found.pages() for hit in page]
        assert "one" in names(every)
        assert [reason.rank for hit in every for reason in hit.why.spaces] == sorted(
            reason.rank for hit in every for reason in hit.why.spaces
        )


@pytest.mark.parametrize("mode", ["precise", "quick"])
def test_what_one_sentence_of_a_long_text_says_is_found(tmp_path: Path, builtin_model: Path, mode: str) -> None:
    folder = tmp_path / "long"
    folder.mkdir()
    quiet = "The quiet sea and the meadow and the lighthouse by night. "
    for number, colour in enumerate(("red", "green", "blue")):
        # Far behind what the encoder reads at once.
        (folder / f"{colour}.txt").write_text(
            quiet * (9 + number) + f"A {colour} boat in the harbour of snow. " + quiet
        )
    with Library.open(tmp_path / "library", create=True) as library:
        library.add(folder)
        found = library.search("blue", mode=mode, weights={"words": 0})
        assert [Path(hit.path).stem for hit in found][:1] == ["blue"]
        # What is shown of it is what was asked for, though none of its words is.
        wanted = library.search("红色", mode=mode, min_score=0)[0]
        assert Path(wanted.path).stem == "red"
        assert "A red boat in the harbour" in wanted.snippet
        assert wanted.snippet.startswith("\u2026")
        assert not list(library.check())


def test_silence_is_nothing_to_search_with(library: Library, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "silent.wav", np.zeros(32_000), 16_000)
    with pytest.raises(NoContent, match=r"silent\.wav holds nothing to search with"):
        library.search(audio=tmp_path / "silent.wav")


def test_a_text_that_it_can_not_read_has_no_place_among_what_it_has_read(tmp_path: Path) -> None:
    folder = tmp_path / "texts"
    folder.mkdir()
    russian = "Быстрая лиса прыгает через ленивую собаку и смотрит на море, а над ним летит чайка."
    for name, text in (("english", "A brown fox jumps over the lazy dog by the sea."), ("russian", russian)):
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    with Library.open(tmp_path / "library", create=True) as library:
        library.add(folder)
        every = {"min_score": 0.0, "weights": {"words": 0.0, "phrases": 0.0}}
        assert [Path(hit.path).name for hit in library.search("dog", **every)] == ["english.txt"]
        assert [Path(hit.path).name for hit in library.search("чайка")] == ["russian.txt"]
        # What asks is read no better than what is found.
        assert {reason.space for hit in library.search(file=folder / "russian.txt") for reason in hit.why.spaces} == {
            "words"
        }


def test_a_document_asks_by_what_its_pages_say_and_not_by_how_they_look(tmp_path: Path, builtin_model: Path) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    for name, text in (("one", "A red boat in the harbour"), ("two", "Red boats by the sea"), ("three", "Meadow")):
        (folder / f"{name}.pdf").write_bytes(pdf([text]))
    with Library.open(tmp_path / "library", create=True) as library:
        library.add(folder)
        (own, *_) = library.search(file=folder / "one.pdf")
        item = library.search("harbour")[0].item
        assert (own.item, own.modality) == (item, "text") and own.score > 0.9
        like = library.search(item=item, min_score=0)
        assert like and {hit.modality for hit in like} == {"text"}


def test_few_pictures_are_not_all_like_any_other(tmp_path: Path) -> None:
    random = np.random.default_rng(8)
    folder = tmp_path / "few"
    folder.mkdir()
    for number in range(5):
        # Patches of a few colours each, large and small.
        patches = random.integers(0, 255, (2 + number, 3, 3), np.uint8)
        Image.fromarray(patches).resize((96, 96), Image.Resampling.NEAREST).save(folder / f"{number}.png")
    patches = random.integers(0, 255, (7, 5, 3), np.uint8)
    Image.fromarray(patches).resize((96, 96), Image.Resampling.NEAREST).save(tmp_path / "asked.png")
    with Library.open(tmp_path / "library", create=True) as library:
        library.add(folder)
        own = library.search(image=folder / "2.png")
        assert own[0].path.endswith("2.png") and own[0].score > 0.9
        classical = [
            reason.score
            for hit in library.search(image=tmp_path / "asked.png", min_score=0)
            for reason in hit.why.spaces
            if reason.space in CLASSICAL
        ]
        assert len(classical) >= 5
        assert float(np.median(classical)) < 0.3


def test_copies_are_folded_and_the_same_thing_in_another_colour_is_not(tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    folder.mkdir()
    for name, colour in (("blue", (40, 40, 160)), ("violet", (70, 40, 160))):
        picture = Image.new("RGB", (240, 240), "white")
        picture.paste(colour, (60, 40, 180, 200))
        picture.paste((230, 230, 230), (110, 40, 130, 120))
        picture.save(folder / f"{name}.png")
        picture.resize((120, 120), Image.Resampling.NEAREST).save(folder / f"{name}-small.webp", lossless=True)
    with Library.open(tmp_path / "library", create=True) as library:
        library.add(folder)
        hits = library.search("modality=image", where="", limit=10)
        signed = {signature_of_image(np.asarray(Image.open(path).convert("RGB"))) for path in folder.iterdir()}
        assert max((one ^ other).bit_count() for one in signed for other in signed if one and other) <= 3
        assert sorted(len(hit.found.alike) for hit in hits) == [1, 1]
        assert {Path(hit.path).name.split("-")[0].split(".")[0] for hit in hits} == {"blue", "violet"}


def test_codes_are_those_that_were_learned_and_can_be_shorter(own: Library) -> None:
    (space,) = [space for space in own.spaces if space.name == "builtin"]
    assert (space.hasher.name, space.hasher.bits) == ("learned", 128)
    own.recode("builtin", bits=64)
    (space,) = [space for space in own.spaces if space.name == "builtin"]
    assert (space.hasher.name, space.hasher.bits) == ("learned", 64)
    assert names(own.search("blue", mode="quick", where={"modality": "image"}))[0] == "three"


def test_what_it_can_not_read_is_looked_up_by_words_alone_and_said(
    library: Library, capsys: pytest.CaptureFixture[str]
) -> None:
    found = library.search("rote Boote")
    assert names(found) == ["eight"]
    assert found.notes == ("builtin can not read rote, Boote. The words were looked up without builtin.",)
    assert found[0].why.unasked == ("builtin",) and found[0].why.as_dict()["unasked"] == ["builtin"]
    folder = str(library.folder)
    library.close()
    assert main(["search", "rote Boote", "--why", "--library", folder]) == 0
    told = capsys.readouterr()
    assert "builtin: not asked for the words of the query" in told.out and "can not read rote, Boote" in told.err
    assert main(["search", "rote Boote", "--json", "--library", folder]) == 0
    told = capsys.readouterr()
    assert json.loads(told.out)["why"]["unasked"] == ["builtin"]
    assert "can not read rote, Boote" in json.loads(told.err)["about"]["notes"][0]


def test_one_term_that_it_can_not_read_does_not_silence_the_others(library: Library, shelf: Path) -> None:
    found = library.search([str(shelf / "two.png"), "+", "Hafenmeister"])
    assert "builtin" in {reason.space for hit in found for reason in hit.why.spaces}
    assert "Hafenmeister" in found.notes[0]


def test_what_is_too_unlikely_is_not_shown_and_that_is_said(library: Library) -> None:
    found = library.search("meadow", where={"modality": "image"})
    assert not found and found.total == 0
    assert "too unlikely to be right" in found.notes[0] and "builtin" in found.notes[0]
    assert len(library.search("meadow", where={"modality": "image"}, min_score=0)) == len(COLOURS)
    # Where words answer, nothing is left unsaid.
    assert not library.search("meadow").notes


def test_what_it_has_not_learned_to_compare_is_not_found(library: Library, shelf: Path) -> None:
    found = library.search(image=shelf / "two.png", min_score=0)
    assert {hit.modality for hit in found} == {"image", "text"}
    assert "builtin" in {reason.space for hit in found for reason in hit.why.spaces}


def test_its_list_weighs_as_the_words_do_unless_a_search_says_otherwise(library: Library) -> None:
    for weights, ratio in (({}, 1.0), ({"builtin": 0.1}, 0.1)):
        (first, *_) = library.search("quiet sea", fusion="weighted", weights=weights)
        shares = {reason.space: reason.share / max(reason.score, 1e-9) for reason in first.why.spaces}
        assert shares["builtin"] == pytest.approx(ratio * shares["words"])


def test_scores_are_the_probabilities_that_the_encoder_tells(library: Library) -> None:
    (first, *_) = library.search("red", where={"modality": "image"})
    (reason,) = first.why.spaces
    assert reason.score == pytest.approx(1 / (1 + np.exp(-(10 * reason.raw - 5))), abs=1e-4)


def test_a_library_from_before_keeps_its_encoders_until_it_is_told(
    tmp_path: Path, shelf: Path, monkeypatch: pytest.MonkeyPatch, builtin_model: Path
) -> None:
    monkeypatch.setattr(files, "FOLDER", tmp_path / "nothing")
    with Library.open(tmp_path / "old", create=True) as library:
        library.add(shelf)
    monkeypatch.setattr(files, "FOLDER", builtin_model)
    with Library.open(tmp_path / "old", create=True) as library:
        Image.new("RGB", (40, 40), "red").save(tmp_path / "later.png")
        library.add(tmp_path / "later.png")
        assert "builtin" not in [space.name for space in library.spaces]
        assert "pinakes models use builtin" in library.status()["advice"]
        library.use("builtin")
        assert names(library.search("blue", where={"modality": "image"}))[0] == "three"
        assert not library.status()["advice"]


def test_it_makes_room_for_a_model_that_joins_words_and_pictures_but_for_no_other(own: Library) -> None:
    own.use("colour")
    assert "builtin" in [space.name for space in own.spaces]
    assert choices.stays("builtin", ("text",)) and choices.stays("builtin", ("image",))
    assert not choices.stays("builtin", ("text", "image")) and choices.stays("colour", ("text", "image"))
    assert not choices.stays("clip-vit-b32", ("text",))
    assert CLASSICAL[0] == "colour"


def test_words_answer_alone_where_the_vectors_are_of_another_version_of_it(
    own: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shelf: Path
) -> None:
    folder = own.folder
    own.close()
    changed = write(tmp_path / "changed")
    told = json.loads((changed / "encoder.json").read_text())
    told["parts"]["image"]["reader"]["mean"] = [0.001, 0.0, 0.0]
    (changed / "encoder.json").write_text(json.dumps(told))
    monkeypatch.setattr(files, "FOLDER", changed)
    with Library.open(folder) as again:
        found = again.search("quiet sea")
        assert names(found) == ["seven"]
        assert "another version of builtin" in found.notes[0] and "pinakes models use builtin" in found.notes[0]
        assert found[0].why.unasked == ("builtin",)
        with pytest.raises(WrongSpace):
            again.add(shelf)
        again.use("builtin")
        assert not again.search("quiet sea").notes


def test_a_library_whose_encoder_is_gone_is_searched_by_words(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = library.folder
    library.close()
    monkeypatch.setattr(files, "FOLDER", tmp_path / "nothing")
    monkeypatch.delitem(ENCODERS._things, "builtin")
    with Library.open(folder) as again:
        found = again.search("quiet sea")
        assert names(found) == ["seven"] and "no weights of the built-in encoder" in found.notes[0]


def test_a_copied_model_takes_its_codes_along(tmp_path: Path, builtin_model: Path, own: Library) -> None:
    copy = tmp_path / "mine"
    shutil.copytree(builtin_model, copy)
    told = json.loads((copy / "encoder.json").read_text()) | {"name": "mine"}
    (copy / "encoder.json").write_text(json.dumps(told))
    own.use(str(copy))
    (space,) = [space for space in own.spaces if space.name == "mine"]
    assert space.hasher.name == "learned"
    assert "builtin" not in [space.name for space in own.spaces]
