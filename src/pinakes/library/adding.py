"""Adding to a library as an iterator: what became of each file as soon as that is durable."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import TracebackType

from pinakes.ingest.events import Report, Told


class AddRun:
    """A run of adding. Iterate over it for what became of each file; closed early, it ends in good order.

    >>> with library.adding("holiday-photos") as run:
    ...     first = next(run)
    >>> first.outcome, run.report.done
    ('unchanged', 1)
    """

    def __init__(self, start: Callable[[Report], Iterator[Told]]) -> None:
        self.report = Report()
        self._told = start(self.report)

    def __iter__(self) -> Iterator[Told]:
        return self._told

    def __next__(self) -> Told:
        return next(self._told)

    def __enter__(self) -> AddRun:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the run; what was told stays."""
        close = getattr(self._told, "close", None)
        if close is not None:
            close()

    def finish(self) -> Report:
        """Run to the end and report."""
        for _ in self._told:
            pass
        return self.report
