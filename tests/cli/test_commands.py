"""What the commands print, and with which exit code they end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from pinakes.accounts.audit import entries
from pinakes.cli.main import COMMANDS, parser
from pinakes.encoders.builtin import files
from pinakes.library import Library
from tests.cli.conftest import Run


def test_adding_tells_what_became_of_every_file(run: Run, media: Path) -> None:
    added = run("add", media, "--library", "lib", "--json")
    *files, last = added.records
    assert added.code == 0
    assert {record["outcome"] for record in files} == {"added"}
    assert {Path(record["path"]).name for record in files} == {path.name for path in media.iterdir()}
    assert last["report"]["added"] == 4
    assert added.err == ""


def test_several_columns_of_a_table_can_be_files_of_one_work(run: Run, media: Path) -> None:
    picture, text = (next(path.name for path in media.iterdir() if path.suffix == end) for end in (".png", ".txt"))
    (media / "works.csv").write_text(f"titre,un,deux\nA pair,{picture},{text}\n", encoding="utf-8")
    told = ("--map", "title=titre", "--map", "path=un", "--map", "path=deux", "--library", "lib")
    assert run("add", media / "works.csv", *told).code == 0
    shown = run("show", "1", "--library", "lib").out
    assert "image/png" in shown and "text/plain" in shown


def test_adding_with_a_bad_file_is_partly_done(run: Run, media: Path) -> None:
    (media / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nrubbish")
    added = run("add", media, "--library", "lib")
    assert added.code == 4
    assert "1 failed" in added.out
    assert "broken.png" in added.out
    (failure,) = run("status", "--failures", "--library", "lib", "--json").records
    assert failure["code"] == "bad-media"
    assert failure["path"].endswith("broken.png")


def test_a_search_prints_one_object_a_hit(run: Run, standing: Path) -> None:
    library = standing / "lib"
    found = run("search", "red boat", "--library", library, "--json", "--limit", "2")
    assert found.code == 0
    first, second = found.records
    assert list(first)[:9] == ["rank", "score", "item", "part", "title", "modality", "place", "path", "why"]
    assert (first["rank"], first["title"], first["modality"]) == (1, "red boat", "image")
    assert first["why"]["spaces"][0]["space"] == "words"
    assert second["rank"] == 2


def test_a_search_for_people_fits_the_terminal(run: Run, library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    shown = run("search", "lighthouse", "--library", library, "--why").out
    assert " 1 1.00  letter\n         text, characters 0 to 60\n         The keeper of the lighthouse w…\n" in shown
    assert "words: rank 1" in shown
    assert "\x1b" not in shown


def test_what_was_understood_of_plain_words_is_told_beside_the_hits(run: Run, standing: Path) -> None:
    library = standing / "lib"
    plain = run("search", "pictures of boats", "--library", library, "--json")
    told = run("search", "pictures of boats", "--understand", "--library", library, "--json")
    assert "understood" not in plain.err
    (found,) = json.loads(told.err.splitlines()[-1])["about"]["understood"]
    assert (found["kind"], found["words"], found["filters"]) == ("medium", "pictures of", ["modality=image"])
    assert {record["modality"] for record in told.records} == {"image"}
    kept = run("search", "pictures of boats", "--understand", "--plain", "pictures of", "--library", library, "--json")
    assert json.loads(kept.err.splitlines()[-1])["about"]["understood"] == []


def test_terms_are_signs_files_items_and_weights(run: Run, standing: Path) -> None:
    library = standing / "lib"
    media = standing / "media"
    both = run("search", media / "red boat.png", "+", "2:letter", "--library", library, "--json").records
    assert {record["title"] for record in both} >= {"red boat", "letter"}
    without = run("search", "boat", "-", "red", "--library", library, "--json").records
    assert {record["title"] for record in without} == {"blue boat", "letter"}
    minus_first = run("search", "--library", library, "--json", "--", "-", "red", "+", "boat").records
    assert {record["title"] for record in minus_first} == {"blue boat", "letter"}
    item = both[0]["item"]
    assert item not in {
        record["item"] for record in run("search", f"item:{item}", "--library", library, "--json").records
    }


def test_filters_may_stand_in_the_query_or_beside_it(run: Run, standing: Path) -> None:
    library = standing / "lib"
    inside = run("search", "boat modality=image", "--library", library, "--json").records
    beside = run("search", "boat", "--where", "modality=image", "--library", library, "--json").records
    assert inside == beside
    assert {record["modality"] for record in beside} == {"image"}


def test_quick_mode_and_every_fusion_answer(run: Run, standing: Path) -> None:
    library = standing / "lib"
    assert run("search", "boat", "--mode", "quick", "--library", library, "--json").records
    side_by_side = run("search", "boat", "--fusion", "all", "--library", library, "--json").records
    assert {record["fusion"] for record in side_by_side} == {
        "convex",
        "early",
        "evidence",
        "reciprocal",
        "voting",
        "weighted",
    }


def test_pages_are_named_on_standard_error_and_can_be_asked_for(run: Run, standing: Path) -> None:
    library = standing / "lib"
    first = run("search", "boat", "--limit", "1", "--library", library, "--json")
    token = json.loads(first.err)["about"]["next_page"]
    second = run("search", "boat", "--limit", "1", "--page", token, "--library", library, "--json").records
    assert second[0]["rank"] == 2
    assert second[0]["item"] != first.records[0]["item"]


def test_nothing_found_is_no_error_and_may_have_a_suggestion(run: Run, standing: Path) -> None:
    library = standing / "lib"
    found = run("search", "lighthuose", "--library", library)
    assert found.code == 0
    assert found.out == "Nothing found.\nDid you mean: lighthouse\n"
    found = run("search", "collection=Nope", "--library", library)
    assert (found.code, found.out, found.err) == (
        0,
        "Nothing found.\n",
        "pinakes: No item of this library meets collection=Nope.\n",
    )


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("search", 'a "b'), 2, "not closed"),
        (("search", "nothere.jpg"), 3, "There is no file nothere.jpg"),
        (("search", "height>=3"), 2, "No item of this library has a field named height"),
        (("search", "boat", "--limit", "0"), 2, "limit"),
        (("search", "boat", "--fusion", "reciprocl"), 2, "reciprocal"),
        (("search", "boat", "--weight", "words"), 2, "--weight"),
        (("search",), 2, "empty"),
        (("show", "999"), 3, "There is no item 999"),
        (("remove",), 2, "Nothing to remove"),
        (("add", "nowhere"), 3, "There is no nowhere"),
        (("models", "use", "nonsense"), 2, "nonsense"),
        (("search", "boat", "--set", "limit=3"), 2, "limit"),
        (("search", "boat", "--set", "threads=many"), 2, "whole number"),
        (("search", "boat", "--set", "catalogue=mysql://root@localhost/x"), 2, "not one of PostgreSQL"),
        (("restore", "nowhere.tar"), 3, "There is no backup nowhere.tar"),
        (("restore", "media/wine.txt"), 3, "is not a backup"),
        (("backup", "media"), 3, "is a folder"),
        (("backup", "media/wine.txt"), 3, "is no backup"),
        (("backup", "no/where"), 3, "There is no folder no"),
        (("add", ""), 3, "An empty path"),
        (("add", "lib"), 3, "is a library"),
        (("add", "media", "--collection", " "), 2, "needs a name"),
        (("add", "media", "--collection", "two\nlines"), 2, "no letter"),
        (("add", "media", "--collection", os.fsdecode(b"\xff")), 2, "no letter"),
        (("search", "-boat"), 2, "pinakes search -- -boat"),
        (("search", "boat", "--diversity", "2"), 2, "from 0 to 1"),
        (("search", "boat", "--min-score", "nan"), 2, "from 0 to 1"),
        (("search", "boat", "--weight", "word=2"), 2, "Did you mean words?"),
        (("search", "boat", "--mode", "slow"), 2, "'slow' is no value of --mode"),
        (("search", "item:99999999999999999999"), 2, "item:"),
        (("show", "99999999999999999999"), 2, "is not the number of an item"),
        (("show", "red"), 2, "write 12 or item:12"),
        (("show", "1", "--parts", "-1"), 2, "--parts"),
        (("remove", "999"), 3, "There is no item 999"),
        (("serach", "boat"), 2, "Did you mean search or users or serve?"),
        (("models", "lst"), 2, "Did you mean list?"),
        (("models",), 2, "needs ACTION"),
        (("add",), 2, "needs PATH"),
        (("status", "--failure"), 2, "has no option --failure"),
        (("status", "everything"), 2, "does not know what to do with everything"),
        (("search", "boat", "--limit", "many"), 2, "not a whole number"),
    ],
)
def test_errors_say_what_and_the_way_out(
    run: Run, standing: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], code: int, said: str
) -> None:
    monkeypatch.chdir(standing)
    ended = run(*arguments, "--library", "other" if arguments[0] == "restore" else "lib")
    assert ended.code == code
    assert said in ended.err
    assert ended.out == ""
    assert "Traceback" not in ended.err


def test_an_error_for_machines_has_one_shape(run: Run, standing: Path) -> None:
    library = standing / "lib"
    ended = run("show", "999", "--library", library, "--json")
    assert json.loads(ended.err) == {
        "error": {
            "code": "not-found",
            "message": "There is no item 999 in this library.",
            "hint": "Item numbers stand in every search result.",
        }
    }


def test_a_command_that_was_written_wrongly_is_told_to_programs_in_the_same_shape(run: Run) -> None:
    for arguments in (("serach",), ("search", "boat", "--limit", "x"), ("show", "--json"), ()):
        ended = run(*arguments, "--json")
        assert (ended.code, ended.out) == (2, "")
        assert json.loads(ended.err)["error"]["code"] == "usage"


def test_without_a_command_there_is_help(run: Run) -> None:
    shown = run()
    assert shown.code == 2
    assert "pinakes demo" in shown.out


def test_a_file_where_a_library_should_be_is_named(run: Run, media: Path) -> None:
    for place in ("media/wine.txt", "media/wine.txt/deeper"):
        for command in (("add", "media"), ("search", "boat"), ("demo", "--no-serve")):
            ended = run(*command, "--library", place)
            assert ended.code == 3
            assert "wine.txt is not a folder" in ended.err


def test_a_library_does_not_add_itself_nor_another(run: Run, library: Path, media: Path) -> None:
    run("add", media, "--library", media / "other library")
    added = run("add", ".", "--library", library, "--json").records
    assert added[-1]["report"]["unchanged"] == 4
    assert len(added) == 5


def test_an_older_backup_is_replaced_and_other_files_are_not(run: Run, library: Path, media: Path) -> None:
    assert run("backup", "b.tar", "--library", library).code == 0
    assert run("backup", "b.tar", "--library", library).code == 0
    assert run("backup", media / "letter.txt", "--library", library).code == 3
    assert (media / "letter.txt").read_text().startswith("The keeper")


def test_paths_alone_are_for_other_programs(run: Run, library: Path, media: Path) -> None:
    shown = run("search", "boat", "--paths", "--library", library).out
    assert set(shown.splitlines()) == {str(path) for path in media.iterdir() if path.name != "wine.txt"}


def test_items_are_named_as_hits_show_them(run: Run, library: Path) -> None:
    assert run("show", "item:1", "--library", library).out == run("show", "1", "--library", library).out
    assert run("remove", "item:1", "--library", library).out == "Removed 1 item.\n"


def test_an_empty_library_says_so(run: Run, library: Path) -> None:
    run("remove", "1", "2", "3", "4", "--library", library)
    assert "pinakes add" in run("search", "boat", "--library", library).out


def test_a_status_for_people_leaves_out_what_is_nothing(run: Run, library: Path, media: Path) -> None:
    shown = run("status", "--library", library).out
    assert "parts        4: 2 image, 2 text\n" in shown
    assert "last run     done: 4 added, 4 parts\n" in shown
    assert "failures" not in shown
    (media / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nrubbish")
    run("add", media, "--library", library)
    assert "failures     1 file: pinakes status --failures\n" in run("status", "--library", library).out
    assert "broken.png\n  bad-media: " in run("status", "--failures", "--library", library).out


def test_nothing_failed_and_nothing_twice_is_said_in_words(run: Run, standing: Path) -> None:
    library = standing / "lib"
    assert run("status", "--failures", "--library", library).out == "Every file could be read.\n"
    assert run("status", "--duplicates", "--library", library, "--json").code == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that takes nothing")
def test_output_that_goes_nowhere_is_an_error_and_no_output_at_all_is_not(standing: Path) -> None:
    library = standing / "lib"
    command = [sys.executable, "-m", "pinakes", "search", "boat", "--library", str(library)]
    with open("/dev/full", "wb") as full:
        ended = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True)
    assert (ended.returncode, ended.stderr.count("\n")) == (1, 1)
    assert "Standard output: No space left on device" in ended.stderr
    closed = subprocess.run(["/bin/sh", "-c", '"$@" >&-', "sh", *command], stderr=subprocess.PIPE, text=True)
    assert (closed.returncode, closed.stderr) == (0, "")


def test_a_library_that_is_not_there_says_how_to_make_one(run: Run) -> None:
    ended = run("search", "boat", "--library", "nowhere")
    assert ended.code == 3
    assert "pinakes add" in ended.err


def test_show_tells_everything_of_an_item(run: Run, standing: Path) -> None:
    library = standing / "lib"
    item = run("search", "lighthouse", "--library", library, "--json").records[0]["item"]
    (record,) = run("show", str(item), "--library", library, "--json").records
    assert record["files"][0]["kind"] == "text/plain"
    assert record["parts"][0]["text"].startswith("The keeper")
    shown = run("show", str(item), "--library", library).out
    assert "letter" in shown
    assert "text/plain" in shown


def test_show_tells_of_a_row_of_a_table_that_it_is_a_record(run: Run, tmp_path: Path) -> None:
    (tmp_path / "cards.csv").write_text("title,creator\nThe Sea,Anton Klee\n", encoding="utf-8")
    run("add", tmp_path / "cards.csv", "--library", "cards")
    item = run("search", "sea", "--library", "cards", "--json").records[0]["item"]
    shown = run("show", str(item), "--library", "cards").out
    assert "\n  record\n" in shown and "bytes" not in shown


def test_a_search_in_an_empty_library_says_how_to_fill_it(run: Run, tmp_path: Path) -> None:
    (tmp_path / "nothing").mkdir()
    run("add", tmp_path / "nothing", "--library", "new")
    assert run("search", "lighthouse", "--library", "new").out.endswith("new is empty. Fill it: pinakes add FOLDER\n")
    assert run("search", "lighthouse", "--library", "new", "--json").out == ""


def test_items_are_removed_by_number_and_the_originals_stay(run: Run, library: Path, media: Path) -> None:
    item = run("search", "lighthouse", "--library", library, "--json").records[0]["item"]
    assert run("remove", str(item), "--library", library).out == "Removed 1 item.\n"
    assert run("search", "lighthouse", "--library", library).out == "Nothing found.\n"
    assert (media / "letter.txt").exists()


def test_status_and_check_of_a_sound_library(run: Run, library: Path) -> None:
    (status,) = run("status", "--library", library, "--json").records
    assert (status["items"], status["parts"], status["failures"]) == (4, 4, 0)
    assert set(status["spaces"]) - {"builtin"} == {"colour", "gradient", "texture"}
    checked = run("check", "--library", library)
    assert (checked.code, checked.out) == (0, "Everything matches.\n")
    assert run("status", "--duplicates", "--library", library, "--json").code == 0


def test_a_damaged_index_is_named_and_repaired(run: Run, library: Path) -> None:
    words = next((library / "index").glob("*-words.pack"))
    data = bytearray(words.read_bytes())
    data[100] ^= 1
    words.write_bytes(bytes(data))
    damaged = run("check", "--library", library)
    assert damaged.code == 1
    assert words.name in damaged.out
    repaired = run("check", "--repair", "--library", library)
    assert (repaired.code, repaired.out.splitlines()[-1]) == (0, "1 problem found, 0 left.")
    assert run("search", "lighthouse", "--library", library, "--json").records


def test_a_backup_is_restored_elsewhere_with_the_same_answers(run: Run, library: Path) -> None:
    before = run("search", "boat", "--library", library, "--json").out
    assert run("backup", "b.tar", "--library", library).code == 0
    with Library.open(library) as opened, opened.catalogue.reading() as connection:
        assert [(one.action, one.subject) for one in entries(connection)] == [("export.backup", "b.tar")]
    restored = run("restore", "b.tar", "--library", "other", "--json")
    assert restored.records[0]["items"] == 4
    assert run("search", "boat", "--library", "other", "--json").out == before
    again = run("restore", "b.tar", "--library", "other")
    assert again.code == 3
    assert "holds a library already" in again.err


def test_settings_with_which_a_library_is_made_are_kept(run: Run, media: Path) -> None:
    run("add", media, "--library", "lib", "--set", "passage_chars=400", "--set", "threads=1")
    kept = tomllib.loads((media.parent / "lib" / "settings.toml").read_text())
    assert kept == {"passage_chars": 400}


def test_common_options_stand_before_or_after_the_command_and_its_action(run: Run, library: Path) -> None:
    for arguments in (("--json", "models", "list"), ("models", "--json", "list"), ("models", "list", "--json")):
        assert {"colour", "clip-vit-b32"} <= {record["name"] for record in run(*arguments).records}


def test_models_are_listed_with_what_one_chooses_by(run: Run) -> None:
    shown = run("models", "list").out
    heading = shown.splitlines()[0].split()
    assert heading == ["name", "modalities", "languages", "dim", "size", "speed", "licence"]
    assert "* colour" in shown


def test_a_table_of_models_leaves_out_columns_before_it_breaks_its_lines(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    table = run("models", "list").out.splitlines()[:-1]
    assert table[0].split()[:3] == ["name", "modalities", "languages"]
    assert "licence" not in table[0]
    assert max(map(len, table)) <= 60


def test_info_names_versions_settings_and_limits(run: Run) -> None:
    (record,) = run("info", "--json").records
    assert record["limits"]["max_megapixels"] == 100
    assert record["settings"]["fusion"] == "evidence"
    assert "numpy" in record["packages"]


def test_every_command_has_help(run: Run) -> None:
    for name in COMMANDS:
        helped = run(name, "--help")
        assert helped.code == 0
        assert "--library" in helped.out
        assert "Examples:" in helped.out
    assert run("--help").code == 0
    assert parser().prog == "pinakes"


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_help_fits_the_terminal_but_for_examples(run: Run, monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    for name in COMMANDS:
        prose = run(name, "--help").out.partition("Examples:")[0]
        assert max(map(len, prose.splitlines()[1:])) <= columns


def test_a_demo_is_drawn_once(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    first = run("demo", "--no-serve", "--library", "demo", "--works", "40", "--json").records
    assert first[0]["report"]["failed"] == 1
    monkeypatch.setattr("pinakes.sources.sample.library.everything", None)
    again = run("demo", "--no-serve", "--library", "demo", "--works", "40", "--json").records
    assert again[0]["report"]["added"] == 0
    assert again[1:] == first[1:]
    assert len({record["query"] for record in again[1:]}) == 3 + files.is_there()


def test_the_demo_shows_its_searches_and_says_how_to_go_on(run: Run) -> None:
    shown = run("demo", "--no-serve", "--library", "demo", "--works", "40", "--sheet", "sheet.jpg")
    assert shown.code == 0
    # The last one asks the built-in encoder.
    assert shown.out.count("$ pinakes search --library demo") == 3 + files.is_there()
    assert "+ snow" in shown.out
    assert "collection/sounds/bell-1.wav" in shown.out
    assert "empty on purpose" in shown.out
    assert "'红色的小船'" in shown.out
    assert shown.out.endswith("and with a library of your own: pinakes add ~/Pictures\n")
    assert Path("sheet.jpg").stat().st_size > 10_000
