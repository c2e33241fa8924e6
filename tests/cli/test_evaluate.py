"""What `pinakes evaluate` prints of runs in files, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pinakes.evaluate.result import Evaluation
from tests.cli.conftest import Run

QRELS = "q1 0 a 1\nq1 0 b 0\nq2 0 a 2\nq2 0 c 1\nnothing 0 a 0\n"
FIRST = "q1 Q0 a 1 2 t\nq1 Q0 b 2 1 t\nq2 Q0 b 1 1 t\n"
SECOND = "q1 Q0 b 1 2 u\nq1 Q0 a 2 1 u\nq2 Q0 a 1 1 u\nq3 Q0 a 1 1 u\n"


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """Judgements and two runs."""
    for name, text in {"qrels.txt": QRELS, "first.txt": FIRST, "second.txt": SECOND}.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def test_a_run_is_measured_for_people(run: Run, files: Path) -> None:
    shown = run("evaluate", "--run", "first.txt", "--qrels", "qrels.txt", "--metrics", "map,P@1", "--documents", "10")
    assert (shown.code, shown.err) == (0, "")
    assert "first by qrels" in shown.out
    rows = {line.split()[0]: line.split() for line in shown.out.splitlines() if line}
    assert rows["map"][1:5] == ["0.5000", "0.0000", "to", "1.0000"]
    assert rows["map"][-1] == "2"
    assert rows["p@1"][-2] == "0.1500"
    assert "Judged queries with nothing relevant, which do not count: 1." in shown.out
    assert "Equal scores" not in shown.out


def test_the_rules_are_said_when_one_asks(run: Run, files: Path) -> None:
    shown = run("evaluate", "--run", "first.txt", "--qrels", "qrels.txt", "--rules")
    for told in ("Equal scores", "percentile bootstrap", "ndcg@10: discounted grades", "11 levels of recall"):
        assert told in shown.out
    assert max(map(len, shown.out.splitlines())) <= 100


def test_two_runs_are_compared_and_what_differs_is_named(run: Run, files: Path) -> None:
    shown = run("evaluate", "--run", "first.txt", "--run", "second.txt", "--qrels", "qrels.txt", "--metrics", "mrr")
    assert "run second, compared with run first" in shown.out
    assert "tag: u, not t" in shown.out
    # q1 falls from 1 to 1/2, q2 rises from 0 to 1.
    assert "+0.2500" in shown.out
    assert "Queries of second that were not judged and do not count: 1." in shown.out
    assert "say it with --documents N" in " ".join(shown.out.split())


def test_programs_get_one_object_with_everything(run: Run, files: Path) -> None:
    arguments = ("evaluate", "--run", "first.txt", "--run", "second.txt", "--qrels", "qrels.txt", "--json")
    shown = run(*arguments, "--metrics", "map,ndcg@10", "--seed", "4")
    (record,) = shown.records
    evaluation = Evaluation.from_dict(record)
    assert (evaluation.kind, evaluation.seed) == ("run", 4)
    assert [scope.names for scope in evaluation.scopes] == [{"run": "first"}, {"run": "second"}]
    assert evaluation.scopes[0].scores["map"].tolist() == [1.0, 0.0]
    assert evaluation.settings["documents"] == 3
    assert evaluation.comparisons[0].differing == {"tag": ("t", "u")}
    again = run(*arguments, "--metrics", "map,ndcg@10", "--seed", "4").records[0]
    assert again | {"date": ""} == record | {"date": ""}


def test_a_beir_folder_gives_the_size_of_its_collection(run: Run, files: Path) -> None:
    (files / "beir" / "qrels").mkdir(parents=True)
    lines = [json.dumps({"_id": name, "text": ""}) for name in ("a", "b", "c", "d", "e")]
    (files / "beir" / "corpus.jsonl").write_text("\n".join(lines))
    (files / "beir" / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq1\ta\t1\nq2\tc\t1\n")
    (record,) = run("evaluate", "--run", "first.txt", "--qrels", "beir", "--json", "--metrics", "p@1").records
    assert record["settings"]["documents"] == 5
    assert record["scopes"][0]["figures"][0]["chance"] == pytest.approx(1 / 5)
    (files / "first.txt").write_text("q1 Q0 z 1 1 t\n")
    shown = run("evaluate", "--run", "first.txt", "--qrels", "beir")
    assert shown.code == 3
    assert "first.txt, line 1 names document z, which corpus.jsonl does not have" in shown.err


def test_runs_of_the_same_name_are_told_apart_by_their_paths(run: Run, files: Path) -> None:
    (files / "other").mkdir()
    (files / "other" / "first.txt").write_text(SECOND)
    shown = run("evaluate", "--run", "first.txt", "--run", "other/first.txt", "--qrels", "qrels.txt")
    assert "run other/first.txt, compared with run first.txt" in shown.out
    shown = run("evaluate", "--run", "first.txt", "--run", "first.txt", "--qrels", "qrels.txt")
    assert shown.code == 3
    assert "each needs its own" in shown.err


def test_a_report_is_written_beside_what_is_shown(run: Run, files: Path) -> None:
    shown = run("evaluate", "--run", "first.txt", "--qrels", "qrels.txt", "--metrics", "map", "--report", "r.md")
    assert shown.code == 0
    assert "0.500" in (files / "r.md").read_text()
    assert run("evaluate", "--run", "first.txt", "--qrels", "qrels.txt", "--report", "r.doc").code == 2


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("--run", "first.txt"), 2, "Name both: --run FILE --qrels FILE"),
        (("--run", "none.txt", "--qrels", "qrels.txt"), 3, "There is no file none.txt."),
        (("--run", "first.txt", "--qrels", "."), 3, "is no BEIR folder"),
        (("--run", "first.txt", "--qrels", "empty.txt"), 3, "empty.txt holds no judgement."),
        (("--run", "first.txt", "--qrels", "qrels.txt", "--metrics", "mapp"), 2, "Did you mean map"),
        (("--run", "first.txt", "--qrels", "qrels.txt", "--metrics", "p"), 3, "Write p@10."),
        (("--run", "first.txt", "--qrels", "qrels.txt", "--metrics", "p@radius=2"), 3, "need codes"),
        (("--run", "first.txt", "--qrels", "qrels.txt", "--documents", "2"), 3, "more than 2"),
        (("--run", "nan.txt", "--qrels", "qrels.txt"), 3, "nan.txt, line 1 has NaN as its score."),
        (("--run", "strange.txt", "--qrels", "qrels.txt"), 3, "strange answers none of the 2 queries"),
    ],
)
def test_what_can_not_be_measured_is_refused(
    run: Run, files: Path, arguments: tuple[str, ...], code: int, told: str
) -> None:
    for name, text in {"empty.txt": "", "nan.txt": "q1 Q0 a 1 NaN t\n", "strange.txt": "Q1 Q0 a 1 1 t\n"}.items():
        (files / name).write_text(text)
    shown = run("evaluate", *arguments)
    assert (shown.code, shown.out) == (code, "")
    assert told in shown.err
