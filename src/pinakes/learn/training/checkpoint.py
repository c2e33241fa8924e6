"""A checkpoint: all numbers of a training and where it stands, in one file of safetensors that is whole or not there.

A SHA-256 over its bytes stands in its own name, so that a checkpoint which a failing disk has damaged is noticed and
the one before it used.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor, nn
from torch.optim import Optimizer

from pinakes.errors import BadInput, Damaged
from pinakes.storage import DISK, Disk, write_whole

_NAME = re.compile(r"step-(\d{9})-([0-9a-f]{16})\.safetensors")


@dataclass(slots=True)
class Progressed:
    """Where a training stands: the next step is `step` of `epoch`; figures are those of the epochs before."""

    epoch: int = 0
    step: int = 0
    # Of this epoch so far: how many rows were seen, and the sum of each loss over them.
    rows: int = 0
    sums: dict[str, float] = field(default_factory=dict)
    # What was watched after each look so far, the more the better.
    watched: list[float] = field(default_factory=list)
    best: float | None = None
    best_epoch: int = -1
    # Steps and seconds of all that was done for this state, without what was lost.
    steps: int = 0
    seconds: float = 0.0
    # All of this epoch is done but the look at the validation rows.
    learned: bool = False
    done: bool = False


def state_of(
    modules: Mapping[str, nn.Module], optimisers: Mapping[str, Optimizer]
) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """All tensors by name, and what else there is to know as plain data."""
    tensors = {f"{whose}.{name}": t for whose, module in modules.items() for name, t in module.state_dict().items()}
    plain: dict[str, Any] = {}
    for turn, optimiser in optimisers.items():
        state = optimiser.state_dict()
        plain[turn] = {"groups": state["param_groups"], "numbers": {}}
        for index, values in state["state"].items():
            for name, value in values.items():
                if isinstance(value, Tensor):
                    tensors[f"optimiser.{turn}.{index}.{name}"] = value
                else:
                    plain[turn]["numbers"][f"{index}.{name}"] = value
    return {name: tensor.detach().cpu().contiguous().clone() for name, tensor in tensors.items()}, plain


def give_state(tensors: Mapping[str, Tensor], module: nn.Module, whose: str = "learner") -> None:
    """Give a module the numbers of a checkpoint; buffers come as they were, whatever their size."""
    found = {name.removeprefix(f"{whose}."): t for name, t in tensors.items() if name.startswith(f"{whose}.")}
    # By all their names, where two parts of a network share one.
    parameters = dict(module.named_parameters(remove_duplicate=False))
    missing = sorted(parameters.keys() - found.keys())
    if missing:
        raise BadInput(
            f"The checkpoint has no {missing[0]}{f' and {len(missing) - 1} more' if missing[1:] else ''}.", _OTHER
        )
    for name, tensor in found.items():
        if name in parameters:
            _fill(parameters[name], tensor, name)
        else:
            _put_buffer(module, name, tensor)


def _fill(parameter: nn.Parameter, tensor: Tensor, name: str) -> None:
    if parameter.shape != tensor.shape:
        raise BadInput(
            f"{name} is {tuple(tensor.shape)} in the checkpoint, and {tuple(parameter.shape)} in the network.",
            _OTHER,
        )
    with torch.no_grad():
        parameter.copy_(tensor)


def _put_buffer(module: nn.Module, name: str, tensor: Tensor) -> None:
    owner, _, last = name.rpartition(".")
    try:
        inner = module.get_submodule(owner)
    except AttributeError as error:
        raise BadInput(f"The checkpoint holds {name}, which this network has not.", _OTHER) from error
    old = inner._buffers.get(last)
    device = old.device if old is not None else next((p.device for p in module.parameters()), torch.device("cpu"))
    inner.register_buffer(last, tensor.to(device).clone())


_OTHER = "It is of another configuration: give the one of its own run folder."


def give_optimiser(tensors: Mapping[str, Tensor], plain: Mapping[str, Any], turn: str, optimiser: Optimizer) -> None:
    """Give an optimiser the state of a checkpoint."""
    state: dict[int, dict[str, Any]] = {}
    for name, tensor in tensors.items():
        if name.startswith(f"optimiser.{turn}."):
            index, _, kind = name.removeprefix(f"optimiser.{turn}.").partition(".")
            state.setdefault(int(index), {})[kind] = tensor
    for name, value in plain[turn]["numbers"].items():
        index, _, kind = name.partition(".")
        state.setdefault(int(index), {})[kind] = value
    optimiser.load_state_dict({"state": state, "param_groups": plain[turn]["groups"]})


def write(
    folder: Path, progressed: Progressed, tensors: Mapping[str, Tensor], plain: Mapping[str, Any], disk: Disk = DISK
) -> Path:
    """Write a checkpoint under a name that tells its step and its content."""
    told = {"progressed": json.dumps(asdict(progressed)), "optimisers": json.dumps(plain)}
    data = save(dict(tensors), metadata=told)
    path = folder / f"step-{progressed.steps:09d}-{hashlib.sha256(data).hexdigest()[:16]}.safetensors"
    write_whole(path, [data], disk)
    return path


def newest_first(folder: Path) -> list[Path]:
    """The checkpoints of a folder."""
    found = [path for path in folder.iterdir() if _NAME.fullmatch(path.name)] if folder.is_dir() else []
    return sorted(found, key=lambda path: (path.name[:14], path.stat().st_mtime_ns), reverse=True)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What was read from one."""

    path: Path
    progressed: Progressed
    tensors: dict[str, Tensor]
    optimisers: dict[str, Any]


def read(path: Path) -> Checkpoint:
    """A checkpoint, if it is whole."""
    named = _NAME.fullmatch(path.name)
    data = path.read_bytes()
    if named and hashlib.sha256(data).hexdigest()[:16] != named[2]:
        raise Damaged(f"The checkpoint {path.name} is damaged: its content is not what its name tells.", _HINT)
    try:
        told = metadata(data)
        progressed = Progressed(**json.loads(told["progressed"]))
        return Checkpoint(path, progressed, load(data), json.loads(told["optimisers"]))
    except (SafetensorError, KeyError, ValueError, TypeError) as error:
        raise Damaged(f"The checkpoint {path.name} can not be read: {error}.", _HINT) from error


_HINT = "An older checkpoint of the same run is used if there is one."


def metadata(data: bytes) -> dict[str, str]:
    """The text that a file of safetensors carries: eight bytes of length, then JSON."""
    length = int.from_bytes(data[:8], "little")
    found: dict[str, str] = json.loads(data[8 : 8 + length]).get("__metadata__", {})
    return found


def whole(folder: Path) -> Iterator[Checkpoint | Damaged]:
    """The checkpoints of a folder that can be used, the newest first; for one that can not, why."""
    for path in newest_first(folder):
        try:
            yield read(path)
        except Damaged as damaged:
            yield damaged


def thin_out(folder: Path, keep: int, disk: Disk = DISK) -> None:
    """Remove all but the newest checkpoints."""
    for path in newest_first(folder)[keep:]:
        disk.unlink(path)
