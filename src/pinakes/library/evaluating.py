"""Measuring how good a library's search is, by labels, captions, judgements or clicks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pinakes.catalogue.clicks import clicked
from pinakes.encoders.hashers import refuse_bits
from pinakes.errors import NoContent, UnknownName, UsageError, nearest
from pinakes.evaluate import bits, figures, holding, judging, protocols, questions_read
from pinakes.evaluate.bits import Coding
from pinakes.evaluate.compare import WITHIN, within
from pinakes.evaluate.machine import stamp
from pinakes.evaluate.protocols import Asking
from pinakes.evaluate.result import Evaluation, Scope
from pinakes.evaluate.significance import TESTS
from pinakes.evaluate.timing import Tell, silent
from pinakes.evaluate.ways import FUSED, Answers
from pinakes.library.answering import EACH, Told, answered, by_bits
from pinakes.library.holding import holdings
from pinakes.library.wanted import checked
from pinakes.metrics.names import Metric, parse_all
from pinakes.search.fuse import FUSIONS
from pinakes.search.request import MODES, WORDS, Mode, Options

if TYPE_CHECKING:
    from pinakes.evaluate.report.model import Example
    from pinakes.evaluate.report.projection import Map
    from pinakes.library.facade import Library

LABELS, CAPTIONS, CLICKS, JUDGEMENTS = "labels", "captions", "clicks", "judgements"
# What is measured where nothing else is asked for.
USUAL = {
    LABELS: "map,p@10,ndcg@10,mrr",
    CAPTIONS: "hit@1,hit@5,hit@10,mrr",
    CLICKS: "mrr,hit@10,ndcg@10",
    JUDGEMENTS: "ndcg@10,map,p@10,r@100",
}


@checked
@dataclass(frozen=True, slots=True)
class Measuring:
    """What is measured, and how."""

    # labels, captions or clicks; a folder of queries stands for judgements.
    by: str = LABELS
    queries: Path | str | None = None
    # The field whose values are labels.
    label: str = "labels"
    # The field by which judgements name documents; without one, they are paths, identifiers or numbers.
    documents: str = ""
    metrics: str = ""
    modes: Sequence[Mode] = MODES
    # Without any, that of the settings; `all` stands for each that there is.
    fusions: Sequence[str] = ()
    # Without any, all together and each alone; `fused` stands for all together.
    spaces: Sequence[str] = ()
    # Queries of each modality at most; 0: all.
    sample: int = 200
    seed: int = 1
    # How far down an answer is looked at.
    depth: int = 1_000
    # The likeness below which a search shows nothing: by default the whole order is looked at.
    min_score: float = 0.0
    # Lengths of codes to measure beside what the library searches with.
    bits: Sequence[int] = ()
    tell: Tell = silent

    @property
    def kind(self) -> str:
        """What relevance comes from."""
        return self.by if self.queries is None else JUDGEMENTS

    def measured(self) -> tuple[Metric, ...]:
        """The metrics, by default those that are usual for the kind."""
        return parse_all(self.metrics or USUAL[self.kind])

    def check(self, spaces: Sequence[str]) -> None:
        """Refuse what can not be measured in a library with these spaces."""
        if self.kind not in USUAL:
            raise UnknownName(f"Nothing is measured by {self.by}.", nearest(self.by, (LABELS, CAPTIONS, CLICKS)))
        self._check_names(spaces)
        if not self.modes or self.sample < 0 or self.seed < 0 or self.depth < 1 or not 0 <= self.min_score <= 1:
            raise UsageError(
                "At least one mode is measured to a depth of 1 or more, with a sample and a seed of 0 or more and a "
                "least score from 0 to 1."
            )
        for length in self.bits:
            refuse_bits(length)
        for metric in self.measured():
            if metric.radius is not None:
                raise UsageError(f"{metric.name} is of codes alone, not of a search.", "Use p@k, r@k or f1@k.")

    def _check_names(self, spaces: Sequence[str]) -> None:
        for mode in self.modes:
            if mode not in MODES:
                raise UnknownName(f"There is no mode named {mode}.", nearest(mode, MODES))
        for fusion in self.fusions:
            if fusion != EACH:
                FUSIONS.get(fusion)
        known = (*spaces, WORDS, FUSED)
        for name in self.spaces:
            if name not in known:
                raise UnknownName(f"This library has no space named {name}.", nearest(name, known))


@dataclass(frozen=True, slots=True)
class Reported:
    """Figures, and what a report shows beside them."""

    evaluation: Evaluation
    examples: tuple[Example, ...] = ()
    maps: tuple[Map, ...] = ()


def evaluated(library: Library, how: Measuring) -> Evaluation:
    """The figures of one library as it is; nothing in it is changed."""
    return _measured(library, how, None)


def reported(library: Library, how: Measuring) -> Reported:
    """The same with the best and the worst queries of each direction, and a map of each space."""
    from pinakes.library import illustrating

    shown: list[Example] = []
    evaluation = _measured(library, how, shown)
    return Reported(evaluation, tuple(shown), tuple(illustrating.maps(library, how.label, how.seed)))


def _measured(library: Library, how: Measuring, shown: list[Example] | None) -> Evaluation:
    held = holdings(library._catalogue, library._index, library._encoders)
    how.check([space.name for space in library.spaces])
    asking = asked(library, how)
    told, tell = _told(library, how, asking), Telling(how.tell)
    scopes: list[Scope] = []
    coded: list[Scope] = []
    coding = Coding(library._catalogue, how.bits, how.seed)
    for task in asking.tasks:
        # How much a space counts by default is a choice of the library's; what is measured here is without it.
        answers = Answers(task, held, Options(min_score=how.min_score), how.depth)
        found = list(answered(answers, how, told, tell.step))
        scopes += [one.scope for one in found]
        coded += by_bits(coding, answers, library.spaces, how) if how.bits else ()
        if shown is not None:
            from pinakes.library import illustrating

            shown += illustrating.examples(library, answers, found)
    if not scopes:
        raise NoContent("No space of this library finds anything for these queries.", "Add encoders, or other queries.")
    comparisons = within(scopes, seed=how.seed)
    rules = [*asking.rules, *figures.RULES, *(bits.RULES if coded else ())]
    rules += [TESTS, WITHIN] if comparisons else []
    rules += [f"{one.name}: {one.meaning}. {one.rule}" for one in how.measured()]
    return Evaluation(
        title=f"The library {library.folder.name}",
        kind=asking.kind,
        scopes=tuple(scopes),
        rules=tuple(rules),
        settings=_settings(library, how),
        seed=how.seed,
        **stamp(),
        notes=(*asking.notes, *_silent(asking, scopes), *coding.notes),
        comparisons=comparisons,
        coded=tuple(coded),
    )


def asked(library: Library, how: Measuring) -> Asking:
    """The queries that a library is measured with."""
    limits, spaces = library.settings.limits, library.spaces
    with library._catalogue.reading() as connection:
        if how.queries is not None:
            told = questions_read.read(Path(how.queries), limits)
            return judging.by_judgements(
                connection, told.questions, told.qrels, told.folders, limits, how.documents, how.sample, how.seed
            )
        if how.by == LABELS:
            return protocols.by_labels(connection, how.label, how.sample, how.seed, spaces)
        if how.by == CLICKS:
            return judging.by_clicks(connection, clicked(connection), limits, how.sample, how.seed)
        return protocols.by_captions(connection, spaces, how.sample, how.seed)


def _told(library: Library, how: Measuring, asking: Asking) -> Told:
    """What is known of items that answers are compared by."""
    with library._catalogue.reading() as connection:
        if asking.kind == CAPTIONS:
            pools = [task.pool for task in asking.tasks if task.pool is not None]
            numbers = sorted({item for pool in pools for item in pool.tolist()})
            return Told(captions=holding.captions(connection, numbers))
        labels = holding.values_of(connection, how.label) if asking.kind == LABELS else None
        return Told(labels=labels, modalities=holding.modalities(connection))


def _settings(library: Library, how: Measuring) -> dict[str, object]:
    spaces = {space.name: f"{space.fingerprint[:12]}, {space.hasher.bits} bits" for space in library.spaces}
    told = {"by": how.kind, "sample": how.sample, "depth": how.depth, "min_score": how.min_score, "spaces": spaces}
    if how.kind == LABELS:
        told["label"] = how.label
    if how.queries is not None:
        told["queries"] = Path(how.queries).name
    return told


def _silent(asking: Asking, scopes: Sequence[Scope]) -> tuple[str, ...]:
    """The directions in which no space finds anything."""
    there = {(scope.names["from"], scope.names["to"]) for scope in scopes}
    wanted = dict.fromkeys((case.source, case.target) for task in asking.tasks for case in task.cases)
    return tuple(
        f"Nothing leads from {source} to {target}." for source, target in wanted if (source, target) not in there
    )


class Telling:
    """Counts what has been asked."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._done = 0

    def step(self) -> None:
        """One more search was made; how many there will be depends on which spaces find anything."""
        self._done += 1
        self._tell("searching", self._done, 0)
