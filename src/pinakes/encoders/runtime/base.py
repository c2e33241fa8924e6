"""The protocol of an open model, and the checks on what goes into it that every engine shares."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from pinakes.errors import BadInput, Damaged, NotFound, PinakesError
from pinakes.registry import Registry

# float32: agrees with any other float32 engine to rounding. reduced: within cosine 0.999 of float32.
Precision: TypeAlias = Literal["float32", "reduced"]
Feeds: TypeAlias = Mapping[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Port:
    """A named input or output; a size that may differ from run to run is None."""

    name: str
    shape: tuple[int | None, ...]
    dtype: str


class Session(Protocol):
    """A model that is ready to run; several threads may use it at once."""

    @property
    def inputs(self) -> tuple[Port, ...]:
        """What it must be fed."""

    @property
    def outputs(self) -> tuple[Port, ...]:
        """What it can give."""

    def run(self, feeds: Feeds, output: str) -> NDArray[np.float32]:
        """One named output for these inputs."""


@dataclass(frozen=True, slots=True)
class Engine:
    """A way to run a model on this machine."""

    name: str
    # The class in which its vectors are, provided that probes confirm it.
    precision: Precision
    # Whether the machine and the installed packages offer it; asking must be cheap.
    offered: Callable[[], bool]
    # Opens a model file with so many threads.
    open: Callable[[Path, int], Session]
    # The extra that brings it, where it is not in the plain install.
    extra: str = ""


ENGINES: Registry[Engine] = Registry("inference engine")
# Always there, always float32: the measure of all others.
REFERENCE = "onnxruntime"


def checked_feeds(feeds: Feeds, ports: Sequence[Port], model: str) -> dict[str, NDArray[Any]]:
    """The inputs as the ports want them; a wrong name, rank, size or kind of number is refused."""
    known = {port.name for port in ports}
    wrong = [f"has no input {name}" for name in feeds if name not in known]
    wrong += [f"needs the input {name}" for name in sorted(known - set(feeds))]
    if wrong:
        raise BadInput(f"{model} {', and '.join(wrong)}.", f"Its inputs: {', '.join(sorted(known))}.")
    return {port.name: _checked(feeds[port.name], port, model) for port in ports}


def _checked(array: NDArray[Any], port: Port, model: str) -> NDArray[Any]:
    fits = len(array.shape) == len(port.shape) and all(
        want is None or want == size for want, size in zip(port.shape, array.shape, strict=True)
    )
    if not fits:
        want = " x ".join("any" if size is None else str(size) for size in port.shape)
        got = " x ".join(map(str, array.shape)) or "a single number"
        raise BadInput(f"{model} wants {want} numbers for its input {port.name}, not {got}.")
    kind = np.dtype(port.dtype)
    if not np.can_cast(array.dtype, kind, "same_kind"):
        raise BadInput(f"{model} wants {kind} for its input {port.name}, not {array.dtype}.")
    return np.ascontiguousarray(array, kind)


def port_named(name: str, ports: Sequence[Port], model: str) -> int:
    """The place of an output among the ports."""
    names = [port.name for port in ports]
    if name not in names:
        raise BadInput(f"{model} has no output {name}.", f"Its outputs: {', '.join(names)}.")
    return names.index(name)


def opened(path: Path, open_it: Callable[[], Any]) -> Any:
    """The opened model, with an engine's own errors turned into ours."""
    if not path.is_file():
        raise NotFound(f"There is no model file {path}.", "Fetch the model again: pinakes models pull NAME.")
    try:
        return open_it()
    except (PinakesError, MemoryError):
        raise
    except Exception as error:  # engines raise classes of their own, some straight below Exception
        raise Damaged(
            f"{path} can not be opened as a model: {first_line(error)}",
            "Fetch the model again: pinakes models pull NAME.",
        ) from error


def first_line(error: Exception) -> str:
    """The first telling line of an engine's message, which may go on for pages and begin with places in its source."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()] or [type(error).__name__]
    return next((line for line in lines if not line.startswith("Exception from")), lines[0])[:300]
