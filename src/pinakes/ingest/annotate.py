"""Cleaning steps that need the library itself: keywords against its other texts, and spelling by its own words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from pinakes.errors import UnknownName, nearest
from pinakes.index.snapshot import Snapshot
from pinakes.index.spelling import Candidate, LibrarySpeller
from pinakes.index.words import Clause
from pinakes.ingest.events import Encoded, EncodedPart
from pinakes.ingest.ocr import STEP as OCR
from pinakes.media.base import CleaningNote
from pinakes.media.clean import STEPS
from pinakes.media.clean.keywords import keywords
from pinakes.media.clean.spelling import STEP as SPELLING
from pinakes.media.clean.spelling import suggest_spelling
from pinakes.words.analyse import Analyser, QueryWord
from pinakes.words.languages import is_little
from pinakes.words.segment import normal

KEYWORDS = "keywords"
# Not the name of the step: under that, a medium lists its subjects.
KEYWORDS_FIELD = "keywords_found"
_MOST_KEYWORDS = 12


def check_steps(names: Sequence[str]) -> None:
    """Refuse the name of a cleaning step that there is not."""
    known = {*STEPS.names(), KEYWORDS, OCR}
    for name in names:
        if name not in known:
            raise UnknownName(f"There is no cleaning step named {name}.", nearest(name, known))


@dataclass(frozen=True, slots=True)
class Annotator:
    """Runs the steps that a collection has turned on, with what the library holds so far."""

    cleaning: tuple[str, ...]
    snapshot: Callable[[], Snapshot]
    analyser: Analyser

    @property
    def asks_the_library(self) -> bool:
        """Whether any of its steps is on."""
        return SPELLING in self.cleaning or KEYWORDS in self.cleaning

    def annotated(self, file: Encoded) -> Encoded:
        """The file with suggestions for its misspelt words, and its keywords as a field."""
        if SPELLING in self.cleaning:
            file = replace(file, parts=tuple(self._spelled(part) for part in file.parts))
        if KEYWORDS in self.cleaning:
            found = self.keywords([part.part.text for part in file.parts])
            if found:
                metadata = {**file.record.metadata, KEYWORDS_FIELD: found}
                file = replace(file, record=replace(file.record, metadata=metadata))
        return file

    def _spelled(self, part: EncodedPart) -> EncodedPart:
        if part.part.modality != "text" or not part.part.text:
            return part
        notes: tuple[CleaningNote, ...] = (*part.part.cleaning, self.spelling(part.part.text))
        return replace(part, part=replace(part.part, cleaning=notes))

    def spelling(
        self, text: str, near: dict[str, list[Candidate]] | None = None, keywords: Sequence[str] = ()
    ) -> CleaningNote:
        """Suggestions for the misspelt words of a text; `near` keeps what was looked up for other texts.

        Keywords that were taken from the text are no witnesses of its spelling either.
        """
        own = "\n".join([text, *keywords])
        _, note = suggest_spelling(text, LibrarySpeller(self.snapshot(), self.analyser, own, near))
        return note

    def keywords(self, texts: Sequence[str]) -> tuple[str, ...]:
        """The words that tell most of a file with these texts, against what the library holds."""
        snapshot = self.snapshot()
        terms: list[str] = []
        spelling: dict[str, str] = {}
        for text in texts:
            forms = self.analyser.forms(text)
            found = self.analyser.terms(text, self.analyser.language_of(text))
            spelling.update(zip(reversed(found), reversed(forms), strict=True))
            terms += found

        def having(term: str) -> int:
            clause = Clause((QueryWord(term, (term,)),))
            return sum(len(rows.rows) for _, rows in snapshot.each(lambda segment: segment.words().find(clause)))

        # In a young library little words are as rare as any.
        telling = [term for term in terms if len(term) > 1 and not is_little(normal(spelling[term]))]
        best = keywords(telling, having, max(1, snapshot.alive_rows), _MOST_KEYWORDS)
        return tuple(spelling[term] for term, _ in best)
