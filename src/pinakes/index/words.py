"""Looking up words: BM25 with exact lengths, TF-IDF cosine, phrases by positions, and search within fields.

BM25 is the formula of Robertson and Walker in Lucene's present form:
idf = ln(1 + (N - df + 0.5) / (df + 0.5)), weight = idf * tf / (tf + k1 * (1 - b + b * length / mean length)).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence, Set
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pinakes.index.best import distinct
from pinakes.index.documents import PATH
from pinakes.index.inverted import Inverted
from pinakes.index.keys import Keys
from pinakes.index.packs import Pack
from pinakes.index.words_build import IN_PATHS, SEPARATOR
from pinakes.words.analyse import QueryWord
from pinakes.words.languages import is_little
from pinakes.words.scripts import spaceless_run
from pinakes.words.segment import characters, normal
from pinakes.words.stems import fold

K1, B = 1.2, 0.75
# All words of a query stand together where there are no more than so many for each of them: in a sentence or two.
NEAR = 8
# Words that a clause may stand for and still be looked for near others.
_MANY = 64
# The fields that say what an item is about.
_ABOUT = ("title", "description", "subjects", "labels")
# The running text of a part, and whatever metadata tells of its item.
TEXT, TOLD = "text", "*"
_IN_PATHS = IN_PATHS.encode()


@dataclass(frozen=True, slots=True)
class Clause:
    """What is looked up: one word, or several that must stand side by side; in one field, or anywhere."""

    words: tuple[QueryWord, ...]
    field: str = ""
    weight: float = 1.0
    # The number of the term that it is written in, whose words are meant to stand near each other; -1: of an example.
    term: int = -1

    @property
    def text(self) -> str:
        """The clause as it was written."""
        return " ".join(word.text for word in self.words)

    @property
    def steps(self) -> list[int]:
        """How far behind the first word each of them stands."""
        return [word.at - self.words[0].at for word in self.words]

    def is_little(self, spoken: Set[str] | None = None) -> bool:
        """Whether it is a lone word, asked for anywhere, that tells nothing in some languages or in any."""
        lone = len(self.words) == 1 and not self.words[0].prefix and not self.field
        return lone and is_little(normal(self.text), spoken)


@dataclass(frozen=True, slots=True)
class Found:
    """Rows (n,) ascending in which a clause stands, how often (n,), and in which no more than a path says it (n,)."""

    rows: NDArray[np.int64]
    counts: NDArray[np.int64]
    in_paths: NDArray[np.bool_]

    def times(self, named: float) -> NDArray[np.float32]:
        """What it counts in each row (n,), where it counts so much that a path says it."""
        return np.where(self.in_paths, np.float32(named), np.float32(1))

    def some(self, chosen: NDArray[np.bool_]) -> Found:
        """Some of the rows (n,)."""
        return Found(self.rows[chosen], self.counts[chosen], self.in_paths[chosen])


_NONE = Found(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.bool_))


class Words:
    """The words of one segment."""

    def __init__(self, pack: Pack, max_prefix_words: int) -> None:
        self._pack = pack
        self._terms = Inverted(pack, "terms")
        self._forms = Keys(pack, "forms")
        self._max_prefix_words = max_prefix_words
        self.lengths = pack.array("lengths")
        self.languages: dict[str, int] = pack.extra["languages"]
        self.fields: list[str] = pack.extra["fields"]

    def find(self, clause: Clause, check: Callable[[], None] = lambda: None) -> Found:
        """Where a clause stands."""
        found = self._standing(clause, _mark(clause.field), check)
        if clause.field or PATH not in self.fields:
            return found
        named = self._standing(clause, _IN_PATHS, check)
        named = named.some(~np.isin(named.rows, found.rows))
        if not len(named.rows):
            return found
        order = np.argsort(np.concatenate([found.rows, named.rows]), kind="stable")
        rows, counts = (
            np.concatenate(both)[order] for both in ((found.rows, named.rows), (found.counts, named.counts))
        )
        return Found(rows, counts, order >= len(found.rows))

    def _standing(self, clause: Clause, mark: bytes, check: Callable[[], None]) -> Found:
        """Where a clause stands by its terms in texts, or by those in paths."""
        terms = [self._terms_of(word, mark) for word in clause.words]
        if not all(terms):
            return _NONE
        if len(terms) == 1 and not clause.field:
            rows, counts = self._union(terms[0])
        else:
            rows, counts = np.unique(self._of_clause(clause, terms, check=check) >> 16, return_counts=True)
        return Found(rows, counts, np.zeros(len(rows), np.bool_))

    def near(
        self, clauses: Sequence[Clause], rows: NDArray[np.int64], check: Callable[[], None] = lambda: None
    ) -> NDArray[np.bool_]:
        """In which of some ascending rows (n,), that have all of some clauses, these stand together.

        In the running text that is within as many words as `NEAR` for each of them, and what titles, descriptions and
        the like say is one place beside it. A name told elsewhere, such as the creator's, is near to all of these, and
        so is a prefix that stands for many words: it says little of where its own stand.
        """
        texts, named, told = [], [], []
        for clause in clauses:
            check()
            terms = self._terms_in(clause)
            if sum(map(len, terms)) > _MANY:
                continue
            places = self._of_clause(clause, terms, rows)
            of_row = places >> 16
            in_text = (places & 0xFFFF) < self._pack.array("text_ends")[of_row]
            about = np.zeros(len(places), np.bool_)
            for field in _ABOUT:
                about |= self._lies_in(field, of_row, places & 0xFFFF)
            texts.append(places[in_text])
            named.append(np.isin(rows, of_row[~in_text & ~about]))
            told.append(np.isin(rows, of_row[~in_text]))
        if not texts:
            return np.ones(len(rows), np.bool_)
        every = np.sort(np.concatenate(texts))
        row_of = np.searchsorted(rows, every >> 16)
        # Of each place how far back one must go for the last place of every clause; not into the row before.
        first = every.copy()
        for one, elsewhere in zip(texts, named, strict=True):
            check()
            before = np.searchsorted(one, every, "right") - 1
            last = np.where(before >= 0, one[before], -1) if len(one) else np.full(len(every), -1)
            first = np.minimum(first, np.where(elsewhere[row_of], every, last))
        within = (every - first < NEAR * len(clauses)) & (every >> 16 == first >> 16)
        # A text that is no longer than that stands by its title as a whole.
        together: NDArray[np.bool_] = np.logical_and.reduce(told)
        together |= self._pack.array("text_ends")[rows] <= NEAR * len(clauses)
        together[row_of[within]] = True
        return together

    def titled(
        self,
        clauses: Sequence[Clause],
        telling: Collection[Clause],
        rows: NDArray[np.int64],
        check: Callable[[], None] = lambda: None,
    ) -> NDArray[np.bool_]:
        """Which of some ascending rows (n,) have a title of all telling clauses, and of no words but those of all."""
        titled = np.zeros(len(rows), np.bool_)
        if "title" not in self.fields or any(clause.field not in ("", "title") for clause in clauses):
            return titled
        starts, ends = self._borders(rows, self.fields.index("title"))
        having = np.flatnonzero(ends > starts)
        starts, ends, rows = starts[having], ends[having], rows[having]
        said = ended = np.zeros(0, np.int64)
        told, wanted = np.ones(len(rows), np.bool_), {clause.words for clause in telling}
        for words in dict.fromkeys(clause.words for clause in clauses):
            check()
            clause = Clause(words, "title")
            terms = self._terms_in(clause)
            places = self._of_clause(clause, terms, rows) if sum(map(len, terms)) <= _MANY else said[:0]
            if words in wanted:
                told &= np.isin(rows, places >> 16)
            said = distinct(np.concatenate([said, *(places + step for step in range(clause.steps[-1] + 1))]))
            ended = distinct(np.concatenate([ended, self._ended(clause, places, rows)]))
        # Of a run with pieces that tell nothing of what is meant the end may not be met: of one at least it is no word.
        alone = any(spaceless_run().search(clause.text) for clause in clauses)
        said_in, all_in = (
            np.bincount(np.searchsorted(rows, one >> 16), minlength=len(rows))
            for one in (said, distinct(np.concatenate([said, ended])))
        )
        titled[having] = told & (np.maximum(said_in + alone, all_in) >= ends - starts)
        return titled

    def _ended(self, clause: Clause, places: NDArray[np.int64], rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Where the last character of a clause stands behind it alone, as that of a run cut into pairs does.

        No clause asks for it by itself.
        """
        *_, last = "", *spaceless_run().findall(clause.text)
        if not last or not clause.text.endswith(last):
            return np.zeros(0, np.int64)
        character = fold(normal(last[characters(last)[-2] :]))
        alone = self._places(self._terms_of(QueryWord(character, (character,)), b""), rows)
        behind = clause.steps[-1] + 1
        return _followed(places, alone, behind) + behind

    def _of_clause(
        self,
        clause: Clause,
        terms: Sequence[Sequence[int]],
        rows: NDArray[np.int64] | None = None,
        check: Callable[[], None] = lambda: None,
    ) -> NDArray[np.int64]:
        """Row and position of every place where a clause of some terms begins, in all rows or only in some."""
        places = self._places(terms[0], rows)
        for step, following in zip(clause.steps[1:], terms[1:], strict=True):
            if not len(places):
                break
            check()
            places = _followed(places, self._places(following, rows), step)
        return self._within(places, clause.field) if clause.field else places

    def frequency(self, term: str) -> int:
        """In how many rows a term stands, those that are gone included."""
        index = self._terms.keys.find(term.encode())
        return int(self._frequencies(index, index + 1)[0]) if index >= 0 else 0

    def find_all(self, clauses: Sequence[Clause]) -> NDArray[np.int64]:
        """The rows in which every one of some clauses stands."""
        rows = self.find(clauses[0]).rows
        for clause in clauses[1:]:
            rows = np.intersect1d(rows, self.find(clause).rows, assume_unique=True)
        return rows

    def _terms_in(self, clause: Clause) -> list[list[int]]:
        return [self._terms_of(word, _mark(clause.field)) for word in clause.words]

    def _terms_of(self, word: QueryWord, mark: bytes) -> list[int]:
        if not word.prefix:
            return [index for term in word.terms if (index := self._terms.keys.find(mark + term.encode())) >= 0]
        # Terms have no accents: they are found by a prefix that is written without.
        first, last = self._terms.keys.range_of(mark + word.terms[-1].encode())
        found = set(self._most_frequent(first, last, self._frequencies))
        for prefix in word.terms:
            for form in self._most_frequent(*self._forms.range_of(prefix.encode()), self._counts):
                term = self._forms[form].partition(SEPARATOR)[2]
                if term.startswith(_IN_PATHS) == bool(mark):
                    found.add(self._terms.keys.find(term))
        by_frequency = sorted(found - {-1}, key=lambda term: -int(self._frequencies(term, term + 1)[0]))
        return by_frequency[: self._max_prefix_words]

    def _most_frequent(self, first: int, last: int, counts: Callable[[int, int], NDArray[np.int64]]) -> Sequence[int]:
        """As many of the keys from one to another as a prefix may stand for, those that occur most."""
        if last - first <= self._max_prefix_words:
            return range(first, last)
        chosen: list[int] = (first + np.argsort(-counts(first, last), kind="stable")[: self._max_prefix_words]).tolist()
        return chosen

    def _frequencies(self, first: int, last: int) -> NDArray[np.int64]:
        return np.diff(self._terms.bounds(first, last))

    def _counts(self, first: int, last: int) -> NDArray[np.int64]:
        return self._pack.slice("forms.count", first, last).astype(np.int64)

    def _union(self, terms: Sequence[int]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        if len(terms) == 1:
            return self._terms.ids(terms[0]).astype(np.int64), self._terms.counts(terms[0])
        return np.unique(self._places(terms) >> 16, return_counts=True)

    def _places(self, terms: Sequence[int], within: NDArray[np.int64] | None = None) -> NDArray[np.int64]:
        """Row and position in one number, ascending, of every place where any of the terms stands."""
        pieces = [np.zeros(0, np.int64)]
        for term in terms:
            rows, positions = self._terms.positions(term, within)
            pieces.append(rows.astype(np.int64) << 16 | positions)
        joined: NDArray[np.int64] = np.concatenate(pieces)
        return distinct(joined) if len(terms) > 1 else joined

    def _within(self, places: NDArray[np.int64], field: str) -> NDArray[np.int64]:
        rows = places >> 16
        positions = places & 0xFFFF
        if field == TEXT:
            inside = positions < self._pack.array("text_ends")[rows]
        elif field == TOLD:
            inside = positions >= self._pack.array("text_ends")[rows]
        else:
            inside = self._lies_in(field, rows, positions)
        kept: NDArray[np.int64] = places[inside]
        return kept

    def _lies_in(self, field: str, rows: NDArray[np.int64], positions: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which places lie in a field, by its name."""
        if field not in self.fields:
            return np.zeros(len(rows), np.bool_)
        return self._inside(rows, positions, self.fields.index(field))

    def _inside(self, rows: NDArray[np.int64], positions: NDArray[np.int64], field: int) -> NDArray[np.bool_]:
        starts, ends = self._borders(rows, field)
        inside: NDArray[np.bool_] = (positions >= starts) & (positions < ends)
        return inside

    def _borders(self, rows: NDArray[np.int64], field: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Where a field begins and ends in each of some rows (n,); both are 0 in those that do not have it."""
        first, last = np.searchsorted(self._pack.array("borders.field"), [field, field + 1]).tolist()
        if first == last:
            # No row of this segment has any longer what rows had before it was merged.
            return np.zeros(len(rows), np.int64), np.zeros(len(rows), np.int64)
        having = self._pack.slice("borders.row", first, last).astype(np.int64)
        at = np.minimum(np.searchsorted(having, rows), len(having) - 1)
        there = having[at] == rows
        starts = self._pack.slice("borders.start", first, last)[at] * there
        ends = self._pack.slice("borders.end", first, last)[at] * there
        return starts.astype(np.int64), ends.astype(np.int64)

    def squares(self, idf: NDArray[np.float32]) -> NDArray[np.float64]:
        """Squared length (rows,) of every row's TF-IDF vector, given each term's idf."""
        bounds = self._terms.bounds(0, self._terms.keys.count)
        at = self._pack.array("terms.at").astype(np.int64)
        weights = (1 + np.log(at[1:] - at[:-1])) * np.repeat(idf, bounds[1:] - bounds[:-1])
        ids = self._pack.array("terms.ids")
        return np.bincount(ids, weights=weights**2, minlength=len(self.lengths)).astype(np.float64)

    def vocabulary(self) -> tuple[Keys, NDArray[np.int64]]:
        """All terms, and in how many rows each stands."""
        bounds = self._terms.bounds(0, self._terms.keys.count)
        return self._terms.keys, bounds[1:] - bounds[:-1]


def _followed(places: NDArray[np.int64], standing: NDArray[np.int64], step: int) -> NDArray[np.int64]:
    """Those of some places behind which, after as many words as a step, others stand; both ascending."""
    # Not into the next row.
    places = places[(places & 0xFFFF) + step <= 0xFFFF]
    at = np.searchsorted(standing, places + step)
    followed = np.zeros(len(places), np.bool_)
    inside = at < len(standing)
    followed[inside] = standing[at[inside]] == places[inside] + step
    return places[followed]


def _mark(field: str) -> bytes:
    """How the terms of a field begin."""
    return _IN_PATHS if field == PATH else b""


def idf(rows: int, having: int) -> float:
    """How much a word tells that stands in `having` of `rows` rows."""
    return float(np.log1p((rows - having + 0.5) / (having + 0.5)))


def bm25(counts: NDArray[np.int64], lengths: NDArray[np.uint32], mean_length: float) -> NDArray[np.float32]:
    """The weight of a word, without its idf, in rows where it stands `counts` times."""
    times = counts.astype(np.float32)
    norm = K1 * (1 - B + B * lengths.astype(np.float32) / np.float32(mean_length))
    return (times / (times + norm.astype(np.float32))).astype(np.float32)
