"""Fitting what the spaces of a library weigh, and choosing it for its searches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pinakes.catalogue.choices import Weighing, choose_weighing
from pinakes.evaluate.ways import Answers
from pinakes.evaluate.weights import FUSIONS, Fitted, Fitting, fit, with_phrases
from pinakes.library.answering import EACH
from pinakes.library.evaluating import Measuring, Telling, asked
from pinakes.library.holding import holdings
from pinakes.search.request import Options

if TYPE_CHECKING:
    from pinakes.library.facade import Library


def fitted(library: Library, how: Measuring) -> Fitted:
    """The weights that a library's own labels, captions, clicks or judgements give, and what they gain."""
    how.check([space.name for space in library.spaces])
    held = holdings(library._catalogue, library._index, library._encoders)
    asking = asked(library, how)
    every = [Answers(task, held, Options(min_score=how.min_score), how.depth) for task in asking.tasks]
    named = [fusion for fusion in how.fusions if fusion != EACH]
    fitting = Fitting(
        metric=how.measured()[0],
        fusions=named or FUSIONS,
        mode="precise" if "precise" in how.modes else how.modes[0],
        depth=how.depth,
        seed=how.seed,
        step=Telling(how.tell).step,
    )
    return fit(every, fitting)


def save(library: Library, chosen: Fitted | None) -> None:
    """Let the library's searches weigh its spaces so where they do not say; None takes that back."""
    weighing = Weighing(with_phrases(chosen.weights), chosen.fusion) if chosen else Weighing()
    with library._catalogue.writer(), library._catalogue.writing() as connection:
        choose_weighing(connection, weighing)
