"""Questions with judgements, read from a folder or made of what readers opened, as queries to a library."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from sqlalchemy import Connection

from pinakes.catalogue.clicks import Clicked
from pinakes.catalogue.entries import parts_of
from pinakes.errors import BadInput, BadQuery, NoContent
from pinakes.evaluate import holding
from pinakes.evaluate.cases import Case, Task, graded
from pinakes.evaluate.holding import Documents
from pinakes.evaluate.judged import Qrels
from pinakes.evaluate.protocols import ANY, ANY_RULE, Asking, sampled
from pinakes.index.filters import Filter
from pinakes.limits import Limits
from pinakes.search.query.parse import parse
from pinakes.search.query.terms import FileTerm, ItemTerm, Query, Term, TextTerm

JUDGED_RULES = (
    "A work that was not judged counts as not relevant; grades of 1 or more are relevant.",
    "A judged document that the library does not have counts as relevant and not found.",
    "A medium that is asked with and stands in the library is left out of its own answer.",
    ANY_RULE,
)
CLICKS_RULES = (
    "A work that was opened after a search counts as relevant to it, and no other does: what readers did not see they "
    "could not open, so that these figures favour the way of searching that they used.",
)


@dataclass(frozen=True, slots=True)
class Question:
    """A question as it was written: in the term language, or as plain text that means nothing but its words."""

    name: str
    text: str
    modality: str = ""
    plain: bool = False


@dataclass(frozen=True, slots=True)
class Folders:
    """Where the media lie that questions name."""

    places: tuple[Path, ...] = ()

    def file(self, name: str) -> Path | None:
        """The file of that name in the first folder that has it."""
        if "\0" in name or not name.strip() or len(name) > 4096:
            return None
        for place in self.places:
            try:
                if (place / name).is_file():
                    return place / name
            except OSError:
                continue
        return None


def by_judgements(
    connection: Connection,
    questions: Sequence[Question],
    qrels: Qrels,
    folders: Folders,
    limits: Limits,
    field: str = "",
    sample: int = 0,
    seed: int = 1,
) -> Asking:
    """Judged questions, their documents found among the works of the library."""
    judged = [question for question in questions if any(grade >= 1 for grade in _of(qrels, question).values())]
    if not judged:
        raise NoContent("No question has a relevant document.", "Its id must stand in the first column of the qrels.")
    chosen = sampled(np.arange(len(judged)), sample, seed)
    asked = [judged[number] for number in chosen.tolist()]
    documents = Documents(connection, field)
    names = sorted({name for question in asked for name in _of(qrels, question)})
    way, known = documents.found(names)
    if not known:
        raise BadInput(
            f"None of the {len(names):,} judged documents is in this library, such as {names[0]}.",
            "Documents are named by path, identifier or number; --documents FIELD names them by a field.",
        )
    reading = _Reading(connection, documents, folders, limits)
    cases = tuple(reading.case(question, _of(qrels, question), known) for question in asked)
    notes = [f"Documents are named by {way}."]
    if len(known) < len(names):
        missing = next(name for name in names if name not in known)
        notes.append(f"{len(names) - len(known):,} of {len(names):,} judged documents are not here, such as {missing}.")
    if len(judged) < len(questions):
        notes.append(f"{len(questions) - len(judged):,} questions have no relevant document and do not count.")
    return Asking("judgements", (Task(cases),), JUDGED_RULES, tuple(notes))


def by_clicks(connection: Connection, clicked: Sequence[Clicked], limits: Limits, sample: int, seed: int) -> Asking:
    """Searches that were made, with the works that were opened after them."""
    if not clicked:
        raise NoContent(
            "No one has opened anything after a search in this library.", "Use --by labels, or --queries FOLDER."
        )
    reading = _Reading(connection, Documents(connection), Folders(), limits)
    chosen = [clicked[number] for number in sampled(np.arange(len(clicked)), sample, seed).tolist()]
    cases, unread = [], 0
    for one in chosen:
        question = Question(one.query, one.query)
        try:
            case = reading.case(question, {str(item): 1.0 for item in one.items}, {str(i): i for i in one.items})
        except (BadInput, BadQuery):
            unread += 1
            continue
        cases.append(case)
    if not cases:
        raise NoContent("None of the searches that readers made can be made again.")
    notes = (f"{unread:,} searches can not be made again and do not count.",) if unread else ()
    return Asking("clicks", (Task(tuple(cases)),), CLICKS_RULES, notes)


def _of(qrels: Qrels, question: Question) -> Mapping[str, float]:
    return qrels.grades.get(question.name, {})


class _Reading:
    """Makes queries of questions."""

    def __init__(self, connection: Connection, documents: Documents, folders: Folders, limits: Limits) -> None:
        self._connection = connection
        self._documents = documents
        self._folders = folders
        self._limits = limits
        self._sizes = {name: len(found) for name, found in holding.by_modality(connection).items()}
        self._all = len(holding.all_items(connection))

    def case(self, question: Question, grades: Mapping[str, float], known: Mapping[str, int]) -> Case:
        """The query of a question, with the items of its documents; those that are not here get numbers below zero."""
        query = self._query(question)
        items = {known.get(name, -number): grade for number, (name, grade) in enumerate(grades.items(), 1)}
        terms, besides, sources = [], [], []
        for term in query.terms:
            made, item, source = self._term(term)
            terms.append(made)
            besides += [item] if item else []
            sources.append(source)
        filters = query.filters
        if question.modality:
            filters = (*filters, Filter("modality", "=", (question.modality,)))
        numbers, values = graded({item: grade for item, grade in items.items() if item not in besides})
        among = self._sizes.get(question.modality, 0) if question.modality else self._all
        return Case(
            name=question.name,
            query=replace(query, terms=tuple(terms), filters=filters),
            items=numbers,
            grades=values,
            among=max(among - len(besides), len(numbers)),
            besides=tuple(besides),
            source=" and ".join(dict.fromkeys(sources)) or ANY,
            target=question.modality or ANY,
            judged=True,
        )

    def _query(self, question: Question) -> Query:
        if question.plain:
            return Query((TextTerm(question.text),))
        try:
            query = parse(question.text, self._limits, self._names_file)
        except BadQuery as error:
            raise BadInput(f"Question {question.name} can not be read: {error.message}", error.hint) from error
        if not query.terms and not query.filters:
            raise BadInput(f"Question {question.name} is empty.", "Write words, or leave the question out.")
        return query

    def _names_file(self, word: str) -> bool:
        """Whether a word names a medium; in a library of paths that end in words, only what looks like a path does."""
        if self._folders.file(word) is not None:
            return True
        return "." in word and self._documents.by_path(word) is not None

    def _term(self, term: Term) -> tuple[Term, int | None, str]:
        """A term as it is asked, the item that it stands for, and the modality that it is asked with."""
        if isinstance(term, FileTerm):
            item, path = self._documents.by_path(term.path), self._folders.file(term.path)
            source = self._modality(item) if item else "file"
            if path is not None:
                return replace(term, path=str(path)), item, source
            return (ItemTerm(item, term.weight) if item else term), item, source
        if isinstance(term, ItemTerm):
            return term, term.item, self._modality(term.item)
        return term, None, "text"

    def _modality(self, item: int) -> str:
        return next((part.modality for part in parts_of(self._connection, [item])), "file")
