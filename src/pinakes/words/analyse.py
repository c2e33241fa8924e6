"""From text to the terms that are indexed, and from a query's words to the terms that are looked up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, field, replace
from itertools import pairwise

from pinakes.settings import Settings
from pinakes.words.joined import Joined, cut
from pinakes.words.languages import guess, is_little
from pinakes.words.segment import SEGMENTERS, Segmenter, Word, characters, forms, normal, words
from pinakes.words.stems import fold, short_code, stem_all

# Raised whenever the same text would give other terms than before: indexes made by an older analysis are rebuilt.
ANALYSIS = 8


@dataclass(frozen=True, slots=True)
class Analyser:
    """How one library cuts and stems its texts."""

    segmenter: Segmenter
    language: str
    name: str

    def language_of(self, text: str, told: str = "") -> str:
        """The language told by metadata, else guessed, else the library's own."""
        return short_code(told) if told else guess(text) or self.language

    def forms(self, text: str) -> list[str]:
        """The normalised, unstemmed words of a text."""
        return forms(text, self.segmenter)

    def cut(self, text: str) -> tuple[list[str], list[Joined]]:
        """The same words as long as they are, and which of them are written together."""
        return cut(text, self.segmenter)

    def terms(self, text: str, language: str) -> list[str]:
        """The terms under which a text is indexed, in order, one for each position."""
        return stem_all(forms(text, self.segmenter), language)


def analyser(settings: Settings) -> Analyser:
    """The analyser that the settings ask for."""
    name = f"{settings.segmenter}-{ANALYSIS}"
    return Analyser(SEGMENTERS.get(settings.segmenter), short_code(settings.language), name)


_DIGRAPHS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})

# Characters of grammar alone: a piece of a run that holds one tells nothing of what is meant.
PARTICLES = frozenset("的了着吗呢吧嘛のをはが")


@dataclass(frozen=True, slots=True)
class QueryWord:
    """One word of a query and the terms under which it may stand in the index."""

    text: str
    terms: tuple[str, ...]
    prefix: bool = False
    # Its place among all words of the query, those that are not looked up included.
    at: int = field(default=0, compare=False)


def query_words(
    text: str, analyser: Analyser, languages: Iterable[str], main: Set[str] | None = None, *, phrase: bool = False
) -> list[QueryWord]:
    """The words of a query, each stemmed in every language that the library holds; a trailing * asks for a prefix.

    Outside of the main languages, all unless they are told, no stem counts that is a little word of another. Of a
    phrase each piece is looked up, also one that tells nothing.
    """
    spoken = tuple(dict.fromkeys(languages)) or (analyser.language,)
    mains = set(spoken) if main is None else main
    together = _together(analyser.cut(text)[1])
    result: list[QueryWord] = []
    run: list[Word] = []
    every = list(words(text, analyser.segmenter))
    for at, word in enumerate(every):
        if run and not (word.spaceless and word.start <= run[-1].end):
            result.extend(_spaceless(run, text, at - len(run), phrase=phrase))
            run = []
        if word.spaceless:
            run.append(word)
        else:
            found = _spaced(word, text, together.get(at, ()), spoken, mains)
            result.append(replace(found, at=at))
    return result + _spaceless(run, text, len(every) - len(run), phrase=phrase)


def _together(joined: Iterable[Joined]) -> dict[int, list[Joined]]:
    """What each word of a query, by its number, is a part of."""
    found: dict[int, list[Joined]] = {}
    for one in joined:
        for place in range(one.first, one.last + 1):
            found.setdefault(place, []).append(one)
    return found


def _spaced(word: Word, text: str, together: Sequence[Joined], spoken: tuple[str, ...], main: Set[str]) -> QueryWord:
    whole = text[word.start : word.end]
    symbols = tuple(one.form for one in together if one.symbol)
    if symbols:
        return QueryWord(whole, symbols)
    if text[word.end : word.end + 1] == "*":
        return _beginning(whole, word.form)
    forms = (word.form, *(one.form for one in together))
    terms = [term for form in forms for term in _stems(form, spoken, main)]
    return QueryWord(whole, tuple(dict.fromkeys(terms)) or (fold(word.form),))


def _stems(form: str, spoken: tuple[str, ...], main: Set[str]) -> Iterator[str]:
    """The stems of a word in each language in which it may be meant."""
    for language in spoken:
        for stem in stem_all(_spellings(form), language):
            if language in main or _may_be_meant(stem, form, language):
                yield stem


def _spellings(form: str) -> list[str]:
    """A word, and as it is written where a keyboard lacks its letters: Köln, Koeln."""
    return list(dict.fromkeys((form, form.translate(_DIGRAPHS))))


def _may_be_meant(stem: str, form: str, language: str) -> bool:
    """Whether it is no little word of another language, such as not, to which French cuts notes."""
    return stem == form or not is_little(stem) or is_little(stem, {language}) or is_little(form)


def _beginning(text: str, form: str, at: int = 0) -> QueryWord:
    """All words that begin so; the last of its terms is the beginning of theirs."""
    return QueryWord(text, tuple(dict.fromkeys((form, fold(form)))), prefix=True, at=at)


def _spaceless(run: list[Word], text: str, at: int, *, phrase: bool) -> list[QueryWord]:
    """What is looked up of a run whose first word is the query's word `at`."""
    if not run:
        return []
    first, last = run[0].start, run[-1].end
    starts = [first + start for start in characters(text[first:last])]
    if len(starts) == 2:
        return [_beginning(text[first:last], run[0].form, at)]
    # The last of several bigrams is a lone character that only ends a run; inside a longer run it does not stand alone.
    if len(run) > 1 and run[-2].end == run[-1].end:
        run = run[:-1]
    pieces = [QueryWord(text[word.start : word.end], (fold(word.form),), at=at + n) for n, word in enumerate(run)]
    telling = [n for n, piece in enumerate(pieces) if phrase or not PARTICLES.intersection(piece.terms[0])]
    covered = {place for n in telling for place in range(run[n].start, run[n].end)}
    found = [pieces[n] for n in telling]
    # A character between particles stands for every piece that begins with it.
    found += [
        _beginning(text[start:end], normal(text[start:end]), at)
        for start, end in pairwise(starts)
        if not phrase and start not in covered and fold(text[start]) not in PARTICLES
    ]
    return found or pieces
