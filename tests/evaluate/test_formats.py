"""Runs and judgements as files: what is read, and the file and line of what can not be."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from pinakes.errors import BadRun, NotFound, PinakesError, Unreadable
from pinakes.evaluate.formats import read_qrels, read_run, write_qrels, write_run
from pinakes.evaluate.judged import Qrels, Run
from pinakes.limits import Limits

RUN = "q1 Q0 d1 1 2.5 mine\nq1\tQ0\td2\t2\t1e-1\tmine\n\nq2 Q0 d1 1 -3 mine\n"
QRELS = "q1 0 d1 1\r\nq1 0 d2 0\r\nq2\t0\td9\t2\r\n"


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode("utf-8"))
    return path


def beir(folder: Path) -> Path:
    """A collection of three documents and two queries, with two splits."""
    lines = [json.dumps({"_id": name, "title": "", "text": "A text."}) for name in ("d1", "d2", "d 3")]
    write(folder / "corpus.jsonl", "\n".join(lines) + "\n")
    write(folder / "queries.jsonl", '{"_id": "q1", "text": "?"}\n{"_id": "q2", "text": "?"}\n')
    write(folder / "qrels" / "test.tsv", "query-id\tcorpus-id\tscore\nq1\td1\t1\nq1\td 3\t0\n")
    write(folder / "qrels" / "dev.tsv", "query-id\tcorpus-id\tscore\nq2\td2\t2\n")
    return folder


def test_a_trec_run_is_read_with_its_scores_and_not_its_ranks(tmp_path: Path) -> None:
    run = read_run(write(tmp_path / "mine.txt", RUN))
    assert run.answers == {"q1": (("d1", 2.5), ("d2", 0.1)), "q2": (("d1", -3.0),)}
    assert run.name == "mine"
    assert run.settings == {"tag": "mine"}


def test_trec_qrels_are_read(tmp_path: Path) -> None:
    qrels = read_qrels(write(tmp_path / "qrels.txt", QRELS))
    assert qrels.grades == {"q1": {"d1": 1, "d2": 0}, "q2": {"d9": 2}}
    assert qrels.collection is None


def test_a_beir_folder_is_read_with_its_collection(tmp_path: Path) -> None:
    qrels = read_qrels(beir(tmp_path / "sci"))
    assert qrels.grades == {"q1": {"d1": 1, "d 3": 0}}
    assert qrels.collection == {"d1", "d2", "d 3"}
    assert qrels.name == "sci"


def test_one_split_of_a_beir_folder_is_read_by_its_name(tmp_path: Path) -> None:
    qrels = read_qrels(beir(tmp_path) / "qrels" / "dev.tsv")
    assert qrels.grades == {"q2": {"d2": 2}}
    assert qrels.collection == {"d1", "d2", "d 3"}


def test_a_lone_table_of_beir_is_read_without_a_collection(tmp_path: Path) -> None:
    qrels = read_qrels(write(tmp_path / "test.tsv", "query-id\tcorpus-id\tscore\nq1\td1\t1\n"))
    assert qrels.grades == {"q1": {"d1": 1}}
    assert qrels.collection is None


def test_json_runs_and_judgements_are_read(tmp_path: Path) -> None:
    plain = read_run(write(tmp_path / "plain.json", '{"q1": {"d1": 2, "d2": 1.5}}'))
    assert plain.answers == {"q1": (("d1", 2.0), ("d2", 1.5))}
    lists = read_run(write(tmp_path / "lists.json", '\ufeff {"q1": [["d1", 2], ["d2", 1.5]]}'))
    assert lists.answers == plain.answers
    told = {"name": "tuned", "settings": {"fusion": "convex"}, "answers": {"q1": {"d1": 2}}}
    run = read_run(write(tmp_path / "told.json", json.dumps(told)))
    assert (run.name, run.settings) == ("tuned", {"fusion": "convex"})
    assert read_qrels(write(tmp_path / "qrels.json", '{"q1": {"d1": 1}}')).grades == {"q1": {"d1": 1}}


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    run = Run({"q1": (("a", 0.1 + 0.2), ("é", 7.0)), "q2": (("a", -1e-9),)}, "my run")
    qrels = Qrels({"q1": {"a": 1, "é": 0}, "q2": {"a": 3}})
    write_run(run, tmp_path / "run.txt")
    write_qrels(qrels, tmp_path / "qrels.txt")
    again = read_run(tmp_path / "run.txt")
    assert {query: dict(answer) for query, answer in again.answers.items()} == {
        query: dict(answer) for query, answer in run.answers.items()
    }
    assert again.settings == {"tag": "my-run"}
    assert read_qrels(tmp_path / "qrels.txt").grades == qrels.grades


@pytest.mark.parametrize("name", ["a b", "", "a\tb", "a\n"])
def test_names_that_would_break_a_line_are_not_written(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadRun, match="can not stand in a TREC file"):
        write_run(Run({"q": ((name, 1.0),)}), tmp_path / "run.txt")
    with pytest.raises(BadRun, match="can not stand in a TREC file"):
        write_qrels(Qrels({name: {"a": 1}}), tmp_path / "qrels.txt")


RUNS = [
    ("q1 Q0 d1 1 2.5\n", "line 1 has 5 columns instead of 6"),
    ("q1 Q0 d1 1 2.5 tag more\n", "line 1 has 7 columns instead of 6"),
    ("q1 Q0 d1 1 2.5 t\n\nq1 Q0 d1 2 1.5 t\n", "line 3 has document d1 for query q1 a second time"),
    ("q1 Q0 d1 1 nan t\n", "line 1 has NaN as its score"),
    ("q1 Q0 d1 1 high t\n", "line 1 has high where the score belongs"),
    ("", "holds no answer"),
    ("\n\n", "holds no answer"),
    ("{}", "holds no answer"),
    ('{"q1": {"d1": NaN}}', "query q1 has NaN instead of a number for document d1"),
    ('{"q1": {"d1": true}}', "has true instead of a number"),
    ('{"q1": {"d1": "2"}}', 'has "2" instead of a number'),
    ('{"q1": {"d1": 1, "d1": 2}}', "has d1 twice in one object"),
    ('{"q1": {}, "q1": {}}', "has q1 twice in one object"),
    ('{"q1": [["d1", 1], ["d1", 2]]}', "query q1 has document d1 twice"),
    ('{"q1": [["", 1]]}', "where a document and a number belong"),
    ('{"q1": ["d1"]}', "where a document and a number belong"),
    ('{"q1": 3}', "query q1 has no documents with numbers"),
    ("[1]", "holds no object"),
    ('{\n"q1": {', "line 2 is no JSON"),
    ("[" * 100_000, "nested too deeply"),
]


@pytest.mark.parametrize(("text", "told"), RUNS)
def test_a_run_that_can_not_be_read_is_refused_with_its_line(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(BadRun) as caught:
        read_run(write(tmp_path / "run.txt", text))
    assert told in caught.value.message
    assert caught.value.message.startswith(str(tmp_path / "run.txt"))
    assert caught.value.hint


QRELS_WRONG = [
    ("q1 0 d1\n", "line 1 has 3 columns instead of 4"),
    ("q1 0 d1 1\nq1 0 d1 0\n", "line 2 has document d1 for query q1 a second time"),
    ("q1 0 d1 yes\n", "line 1 has yes where a whole number belongs"),
    ("q1 0 d1 0.5\n", "line 1 has 0.5 where a whole number belongs"),
    ("", "holds no judgement"),
    ("query-id\tcorpus-id\tscore\n", "holds no judgement"),
    ("query-id\tcorpus-id\tscore\nq1\td1\n", "line 2 has 2 columns instead of 3"),
    ("query-id\tcorpus-id\tscore\nq1\t\t1\n", "line 2 names no query or no document"),
    ('{"q1": {}}', "holds no judgement"),
    ('{"q1": {"d1": null}}', "has null instead of a number"),
]


@pytest.mark.parametrize(("text", "told"), QRELS_WRONG)
def test_judgements_that_can_not_be_read_are_refused_with_their_line(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(BadRun) as caught:
        read_qrels(write(tmp_path / "qrels.txt", text))
    assert told in caught.value.message
    assert caught.value.hint


BEIR_WRONG = [
    ("qrels/test.tsv", "query-id\tcorpus-id\tscore\nq1\td7\t1\n", "line 2 names document d7, which corpus.jsonl"),
    ("qrels/test.tsv", "query-id\tcorpus-id\tscore\nq7\td1\t1\n", "line 2 names query q7, which queries.jsonl"),
    ("corpus.jsonl", '{"_id": "d1"}\n{"id": "d2"}\n', "line 2 has no _id"),
    ("corpus.jsonl", '{"_id": "d1"}\n{"_id": ""}\n', "line 2 has no _id"),
    ("corpus.jsonl", '{"_id": "d1"}\n{"_id": "d1"}\n', "line 2 has the _id d1, which an earlier line has too"),
    ("corpus.jsonl", "d1\n", "line 1 is no JSON"),
    ("queries.jsonl", '["q1"]\n', "line 1 has no _id"),
]


@pytest.mark.parametrize(("file", "text", "told"), BEIR_WRONG)
def test_a_beir_folder_that_contradicts_itself_is_refused(tmp_path: Path, file: str, text: str, told: str) -> None:
    write(beir(tmp_path) / file, text)
    with pytest.raises(BadRun) as caught:
        read_qrels(tmp_path)
    assert told in caught.value.message


def test_a_run_may_name_only_documents_of_a_known_collection(tmp_path: Path) -> None:
    known = read_qrels(beir(tmp_path)).collection
    with pytest.raises(BadRun, match="line 2 names document d2x, which corpus"):
        read_run(write(tmp_path / "run.txt", "q1 Q0 d1 1 3 t\nq1 Q0 d2x 2 2 t\n"), known=known)
    with pytest.raises(BadRun, match="query q1 has document d2x, which corpus"):
        read_run(write(tmp_path / "run.json", '{"q1": {"d2x": 1}}'), known=known)


def test_a_folder_without_a_collection_or_with_several_splits_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadRun, match="is no BEIR folder"):
        read_qrels(tmp_path)
    (beir(tmp_path) / "qrels" / "test.tsv").rename(tmp_path / "qrels" / "train.tsv")
    with pytest.raises(BadRun, match="2 files of judgements") as caught:
        read_qrels(tmp_path)
    assert str(tmp_path / "qrels" / "dev.tsv") in caught.value.hint


def test_files_that_can_not_be_opened_or_are_no_text_are_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        read_run(tmp_path / "nothing.txt")
    with pytest.raises(Unreadable):
        read_run(tmp_path)
    (tmp_path / "latin.txt").write_bytes(b"q1 Q0 caf\xe9 1 1 t\n")
    with pytest.raises(BadRun, match="line 1 is not UTF-8"):
        read_run(tmp_path / "latin.txt")
    (tmp_path / "latin.json").write_bytes(b'{"caf\xe9": {}}')
    with pytest.raises(BadRun, match="is not UTF-8"):
        read_run(tmp_path / "latin.json")


@pytest.mark.parametrize("over", [-1, 0, 1])
def test_the_longest_line_is_bounded(tmp_path: Path, over: int) -> None:
    line = "q1 Q0 " + "d" * 50 + " 1 1 t\n"
    path = write(tmp_path / "run.txt", line)
    limits = Limits(max_line_bytes=len(line) - over)
    if over <= 0:
        assert read_run(path, limits=limits).answers
        return
    with pytest.raises(PinakesError, match="line 1 is longer than"):
        read_run(path, limits=limits)


@pytest.mark.parametrize("name", ["mine.txt.gz", "mine.txt"])
def test_what_gzip_packed_is_unpacked_whatever_it_is_called(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(gzip.compress(RUN.encode()))
    assert read_run(path) == read_run(write(tmp_path / "plain" / "mine.txt", RUN))
    path.write_bytes(gzip.compress(QRELS.encode()))
    assert read_qrels(path) == read_qrels(write(tmp_path / "plain" / "mine.txt", QRELS))
    path.write_bytes(gzip.compress(b'{"q1": {"d1": 1.5}}'))
    assert read_run(path).answers == {"q1": (("d1", 1.5),)}
    assert read_run(path).name == read_qrels(path).name == "mine"


@pytest.mark.parametrize("text", [RUN, '{"q1": {"d1": 1.5}}'])
@pytest.mark.parametrize("harm", ["cut", "bytes", "sum", "nothing but its mark"])
def test_damaged_gzip_is_refused(tmp_path: Path, text: str, harm: str) -> None:
    whole = bytearray(gzip.compress(text.encode()))
    if harm == "bytes":
        whole[12:16] = b"\xff\xff\xff\xff"
    if harm == "sum":
        whole[-8] ^= 1
    harmed = {"cut": whole[:-12], "nothing but its mark": whole[:3]}.get(harm, whole)
    path = tmp_path / "run.gz"
    path.write_bytes(harmed)
    for read in (read_run, read_qrels):
        with pytest.raises(BadRun, match="damaged") as caught:
            read(path)
        assert caught.value.hint


def test_what_gzip_packed_is_bounded_while_it_is_unpacked(tmp_path: Path) -> None:
    """Sixty megabytes in sixty kilobytes: not one of them more than the limit is unpacked."""
    path = tmp_path / "bomb.gz"
    path.write_bytes(gzip.compress(b"\n" * 60_000_000))
    limits = Limits(max_file_bytes=10_000, max_line_bytes=1_000, max_text_bytes=1_000)
    with pytest.raises(BadRun, match="line 10001 ends beyond 10,000 bytes"):
        read_run(path, limits=limits)
    path.write_bytes(gzip.compress(b"q" * 60_000_000))
    with pytest.raises(BadRun, match="longer than 1,000 bytes"):
        read_qrels(path, limits=limits)
    path.write_bytes(gzip.compress(b"{" + b" " * 60_000_000))
    with pytest.raises(BadRun, match="JSON of more than 1,000 bytes"):
        read_run(path, limits=limits)


@pytest.mark.parametrize("over", [-1, 0, 1])
def test_the_whole_of_a_file_is_bounded(tmp_path: Path, over: int) -> None:
    run, data = write(tmp_path / "run.txt", RUN), write(tmp_path / "run.json", '{"q1": {"d1": 1.5}}')
    limits = Limits(max_file_bytes=len(RUN) - over, max_text_bytes=data.stat().st_size - over)
    for path in (run, data):
        if over > 0:
            with pytest.raises(BadRun, match="bytes"):
                read_run(path, limits=limits)
        else:
            assert read_run(path, limits=limits).answers
