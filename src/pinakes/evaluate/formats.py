"""Runs and judgements as files: TREC, BEIR and JSON. Whatever is wrong in one is named with its file and line."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Set
from pathlib import Path
from typing import Any

from pinakes.errors import BadRun
from pinakes.evaluate.judged import Qrels, Run
from pinakes.evaluate.lines import lines, opened, stem, values, wrong
from pinakes.limits import Limits

_RUN_LINE = "A line of a TREC run reads: query Q0 document rank score tag."
_QRELS_LINE = "A line of TREC qrels reads: query 0 document grade."
_BEIR_LINE = "Its columns are query-id, corpus-id and score, with tabs between them."
_JSON_FORM = '{"query": {"document": 1.0}}'
# The split of a BEIR folder that is read where none is named.
SPLIT = "test"

# Which documents a file may name, or None where any may be.
Known = Set[str] | None


def read_run(path: Path, *, known: Known = None, limits: Limits | None = None) -> Run:
    """A run of TREC (query Q0 document rank score tag) or of JSON; ranks are not looked at, scores are."""
    if _is_json(path):
        return _json_run(path, known, limits)
    answers: dict[str, dict[str, float]] = {}
    tags: dict[str, None] = {}
    for number, line in lines(path, limits):
        cells = line.split()
        if len(cells) != 6:
            raise wrong(path, number, f"has {len(cells)} columns instead of 6", _RUN_LINE)
        query, _, document, _, score, tag = cells
        _check(path, number, query, document, answers.get(query, {}), known)
        answers.setdefault(query, {})[document] = _score(path, number, score)
        tags[tag] = None
    if not answers:
        raise BadRun(f"{path} holds no answer.", _RUN_LINE)
    told = {"tag": ", ".join(tags)}
    return Run({query: tuple(answer.items()) for query, answer in answers.items()}, stem(path), told)


def read_qrels(path: Path, *, limits: Limits | None = None) -> Qrels:
    """Judgements of TREC (query 0 document grade), of JSON, or of BEIR: a folder, or one of its qrels/*.tsv."""
    folder = path if path.is_dir() else path.parent.parent
    beir = (folder / "corpus.jsonl").is_file() and (path.is_dir() or path.parent.name == "qrels")
    if path.is_dir() and not beir:
        raise BadRun(f"{path} is no BEIR folder: it holds no corpus.jsonl.", "Name the file of judgements.")
    known = frozenset(_ids(folder / "corpus.jsonl", limits)) if beir else None
    queries = folder / "queries.jsonl"
    asked = frozenset(_ids(queries, limits)) if beir and queries.is_file() else None
    file = _split(folder) if path.is_dir() else path
    if _is_json(file):
        return Qrels(_json_grades(file, limits), stem(path), known)
    return Qrels(_grades(file, known, asked, limits), stem(path), known)


def write_run(run: Run, path: Path) -> None:
    """Write a run as TREC does, best first."""
    with path.open("w", encoding="utf-8") as file:
        for query, answer in run.answers.items():
            _check_writable(query)
            for rank, (document, score) in enumerate(sorted(answer, key=lambda pair: pair[1], reverse=True), 1):
                _check_writable(document)
                file.write(f"{query} Q0 {document} {rank} {score!r} {run.name.replace(' ', '-') or 'run'}\n")


def write_qrels(qrels: Qrels, path: Path) -> None:
    """Write judgements as TREC does; grades are whole numbers there."""
    with path.open("w", encoding="utf-8") as file:
        for query, judged in qrels.grades.items():
            _check_writable(query)
            for document, grade in judged.items():
                _check_writable(document)
                file.write(f"{query} 0 {document} {round(grade)}\n")


def _grades(path: Path, known: Known, asked: Known, limits: Limits | None) -> dict[str, dict[str, float]]:
    """TREC with four columns between any spaces, or BEIR with a header and three between tabs."""
    grades: dict[str, dict[str, float]] = {}
    of_beir = False
    for number, line in lines(path, limits):
        cells = line.split("\t") if of_beir else line.split()
        if not grades and cells[:2] == ["query-id", "corpus-id"]:
            of_beir = True
            continue
        if len(cells) != (3 if of_beir else 4):
            wanted = (3, _BEIR_LINE) if of_beir else (4, _QRELS_LINE)
            raise wrong(path, number, f"has {len(cells)} columns instead of {wanted[0]}", wanted[1])
        query, document, grade = cells if of_beir else (cells[0], cells[2], cells[3])
        _check(path, number, query, document, grades.get(query, {}), known)
        if asked is not None and query not in asked:
            raise wrong(path, number, f"names query {query}, which queries.jsonl does not have")
        grades.setdefault(query, {})[document] = _grade(path, number, grade)
    if not grades:
        raise BadRun(f"{path} holds no judgement.", _BEIR_LINE if of_beir else _QRELS_LINE)
    return grades


def _json_run(path: Path, known: Known, limits: Limits | None) -> Run:
    data = _json(path, limits)
    told = data if isinstance(data.get("answers"), dict) else {"answers": data}
    answers: dict[str, tuple[tuple[str, float], ...]] = {}
    for query, answer in told["answers"].items():
        pairs = list(answer.items()) if isinstance(answer, dict) else answer
        answers[query] = tuple(_pairs(path, query, pairs, known))
    if not answers:
        raise BadRun(f"{path} holds no answer.", f"It reads: {_JSON_FORM}")
    settings = told.get("settings", {})
    return Run(answers, str(told.get("name", stem(path))), settings if isinstance(settings, dict) else {})


def _json_grades(path: Path, limits: Limits | None) -> dict[str, dict[str, float]]:
    grades = {}
    for query, judged in _json(path, limits).items():
        pairs = list(judged.items()) if isinstance(judged, dict) else judged
        grades[query] = dict(_pairs(path, query, pairs, None))
    if not any(grades.values()):
        raise BadRun(f"{path} holds no judgement.", f"It reads: {_JSON_FORM}")
    return grades


def _pairs(path: Path, query: str, pairs: Any, known: Known) -> Iterator[tuple[str, float]]:
    """Documents with their numbers, each once."""
    seen: set[str] = set()
    where = f"{path}: query {query}"
    if not isinstance(pairs, list):
        raise BadRun(f"{where} has no documents with numbers.", f"It reads: {_JSON_FORM}")
    for pair in pairs:
        if not (isinstance(pair, list | tuple) and len(pair) == 2 and isinstance(pair[0], str) and pair[0]):
            raise BadRun(f"{where} has {json.dumps(pair)[:80]} where a document and a number belong.")
        document, value = pair
        if document in seen:
            raise BadRun(f"{where} has document {document} twice.", "Keep one of them.")
        if isinstance(value, bool) or not isinstance(value, int | float) or math.isnan(value):
            raise BadRun(f"{where} has {json.dumps(value)[:80]} instead of a number for document {document}.")
        if known is not None and document not in known:
            raise BadRun(f"{where} has document {document}, which corpus.jsonl does not have.")
        seen.add(document)
        yield document, float(value)


def _json(path: Path, limits: Limits | None) -> dict[str, Any]:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        names: set[str] = set()
        for name, _ in pairs:
            if name in names:
                raise BadRun(f"{path} has {name} twice in one object.", "Keep one of them.")
            names.add(name)
        return dict(pairs)

    try:
        data = json.loads(_bytes(path, limits).decode("utf-8-sig"), object_pairs_hook=once)
    except UnicodeDecodeError:
        raise BadRun(f"{path} is not UTF-8.", "Save it as UTF-8.") from None
    except json.JSONDecodeError as error:
        raise wrong(path, error.lineno, f"is no JSON: {error.msg}") from None
    except RecursionError:
        raise BadRun(f"{path} is nested too deeply.", f"It reads: {_JSON_FORM}") from None
    if not isinstance(data, dict):
        raise BadRun(f"{path} holds no object.", f"It reads: {_JSON_FORM}")
    return data


def _ids(path: Path, limits: Limits | None) -> Iterator[str]:
    """The ids of a BEIR file: one JSON object a line."""
    seen: set[str] = set()
    for number, data in values(path, limits):
        name = data.get("_id") if isinstance(data, dict) else None
        if not isinstance(name, str) or not name:
            raise wrong(path, number, "has no _id")
        if name in seen:
            raise wrong(path, number, f"has the _id {name}, which an earlier line has too")
        seen.add(name)
        yield name


def splits(folder: Path) -> list[Path]:
    """The judgements of a BEIR folder that may be meant: those of the test split, or all where it has none."""
    found = sorted((folder / "qrels").glob("*.tsv"))
    return [path for path in found if path.stem == SPLIT] or found


def _split(folder: Path) -> Path:
    chosen = splits(folder)
    if len(chosen) != 1:
        raise BadRun(
            f"{folder} holds {len(chosen)} files of judgements, and none of them is qrels/{SPLIT}.tsv.",
            f"Name one: {folder / 'qrels' / (chosen[0].name if chosen else 'NAME.tsv')}",
        )
    return chosen[0]


def _bytes(path: Path, limits: Limits | None) -> bytes:
    """The whole of a file that is parsed at once, and so must fit into memory."""
    most = (limits or Limits()).max_text_bytes
    with opened(path) as file:
        found = file.read(most + 1)
    if len(found) > most:
        raise BadRun(f"{path} is JSON of more than {most:,} bytes.", "Raise max_text_bytes, or write it as TREC does.")
    return found


def _is_json(path: Path) -> bool:
    """Whether a file begins as a JSON object or list does."""
    with opened(path) as file:
        return file.read(64).lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")


def _check(path: Path, number: int, query: str, document: str, so_far: Any, known: Known) -> None:
    if not query or not document:
        raise wrong(path, number, "names no query or no document")
    if document in so_far:
        raise wrong(path, number, f"has document {document} for query {query} a second time", "Keep one of them.")
    if known is not None and document not in known:
        raise wrong(path, number, f"names document {document}, which corpus.jsonl does not have")


def _check_writable(name: str) -> None:
    if not name or len(name.split()) != 1 or name.strip() != name:
        raise BadRun(f"{name!r} can not stand in a TREC file: names have no spaces there.", "Write JSON instead.")


def _score(path: Path, number: int, text: str) -> float:
    try:
        score = float(text)
    except ValueError:
        raise wrong(path, number, f"has {text} where the score belongs", _RUN_LINE) from None
    if math.isnan(score):
        raise wrong(path, number, "has NaN as its score", "Give it a number, or leave the document out.")
    return score


def _grade(path: Path, number: int, text: str) -> float:
    try:
        return float(int(text))
    except ValueError:
        raise wrong(path, number, f"has {text} where a whole number belongs", "Grades are 0, 1, 2 and so on.") from None
