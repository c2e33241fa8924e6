"""Reading a folder of questions and judgements, as the sample library and as BEIR write them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pinakes.errors import BadRun, NotFound
from pinakes.evaluate.formats import SPLIT, read_qrels, splits
from pinakes.evaluate.judged import Qrels
from pinakes.evaluate.judging import Folders, Question
from pinakes.evaluate.lines import values, wrong
from pinakes.limits import Limits
from pinakes.types import MODALITIES

QUERIES = "queries.jsonl"
_QRELS = ("qrels.tsv", "qrels.txt", "qrels.json")
_HINT = 'A line reads {"id": "q1", "text": "red boat"}; BEIR calls the id _id.'


@dataclass(frozen=True, slots=True)
class Judged:
    """Questions, their judgements, and where the media lie that questions name."""

    questions: tuple[Question, ...]
    qrels: Qrels
    folders: Folders


def read(folder: Path, limits: Limits) -> Judged:
    """The questions of `queries.jsonl`, and the judgements of `qrels.tsv` or of one of BEIR's `qrels/*.tsv`."""
    if not folder.is_dir():
        raise NotFound(f"There is no folder {folder}.", f"It must hold {QUERIES} and {_QRELS[0]}.")
    questions = tuple(_questions(folder / QUERIES, limits))
    if not questions:
        raise BadRun(f"{folder / QUERIES} holds no question.", _HINT)
    qrels = read_qrels(_qrels(folder), limits=limits)
    # Media are named from where the questions lie, or from the collection beside them.
    places = (folder, folder.parent / "collection", folder.parent, Path())
    return Judged(questions, qrels, Folders(places))


def _qrels(folder: Path) -> Path:
    for name in _QRELS:
        if (folder / name).is_file():
            return folder / name
    chosen = splits(folder)
    if len(chosen) != 1:
        raise NotFound(
            f"{folder} holds {len(chosen) or 'no'} files of judgements where one is wanted.",
            f"It must hold {_QRELS[0]}, or qrels/{SPLIT}.tsv as BEIR has it.",
        )
    return chosen[0]


def _questions(path: Path, limits: Limits) -> Iterator[Question]:
    seen: set[str] = set()
    for number, data in values(path, limits, _HINT):
        if not isinstance(data, dict):
            raise wrong(path, number, "holds no object", _HINT)
        name = data.get("id", data.get("_id"))
        text = data.get("text")
        name = str(name) if isinstance(name, int) and not isinstance(name, bool) else name
        if not isinstance(name, str) or not name or not isinstance(text, str) or not text.strip():
            raise wrong(path, number, "has no id or no text", _HINT)
        if name in seen:
            raise wrong(path, number, f"has the id {name}, which an earlier line has too")
        seen.add(name)
        modality = data.get("modality") or ""
        if modality and modality not in MODALITIES:
            raise wrong(path, number, f"asks for the modality {modality}", f"Known: {', '.join(MODALITIES)}.")
        # Questions of BEIR are plain text: a sign or a colon in it means nothing.
        yield Question(name, text, modality, plain="id" not in data)
