"""Several processes that train as one: each takes its share of every batch, and all take the same step.

Started by torch's own launcher: `torchrun --nproc-per-node 2 -m pinakes train CONFIG`, over machines too.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import torch
import torch.distributed as torch_distributed
from torch import Tensor, nn

from pinakes.types import Rows


@dataclass(frozen=True, slots=True)
class Together:
    """Which of how many processes this is."""

    rank: int = 0
    size: int = 1

    @property
    def first(self) -> bool:
        """Whether this process is the one that writes."""
        return self.rank == 0

    def share(self, rows: Rows) -> Rows:
        """Of a batch's rows those of this process: every `size`-th, so that shares differ by one row at most."""
        return rows[self.rank :: self.size]

    def average(self, parameters: Iterable[nn.Parameter], weight: float) -> None:
        """Average gradients over the processes, each by its share of the rows."""
        if self.size == 1:
            return
        for each in parameters:
            gradient = torch.zeros_like(each) if each.grad is None else each.grad * weight
            torch_distributed.all_reduce(gradient)
            each.grad = gradient

    def sum(self, values: Sequence[float]) -> list[float]:
        """Sums of numbers over the processes."""
        if self.size == 1:
            return list(values)
        told = torch.tensor(values, dtype=torch.float64)
        torch_distributed.all_reduce(told)
        return [float(each) for each in told]

    def any(self, here: bool) -> bool:
        """Whether it is so in any of the processes."""
        return self.sum([float(here)])[0] > 0

    def alike(self, tensors: Iterable[Tensor]) -> None:
        """Give all processes the numbers of the first."""
        if self.size > 1:
            for each in tensors:
                torch_distributed.broadcast(each, 0)

    def wait(self) -> None:
        """Go on when all are here."""
        if self.size > 1:
            torch_distributed.barrier()


def leads() -> bool:
    """Whether this process is the one that writes and tells, also before all have met."""
    return int(os.environ.get("RANK", "0")) == 0


def gathered(rows: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
    """Rows (n,) and what belongs to them (n, ...), of all processes that train together: for memories of all rows."""
    if not (torch_distributed.is_available() and torch_distributed.is_initialized()):
        return rows, values
    size = torch_distributed.get_world_size()
    counts = [torch.zeros_like(rows[:1]) for _ in range(size)]
    torch_distributed.all_gather(counts, torch.full_like(rows[:1], len(rows)))
    most = max(int(count) for count in counts)
    found = []
    for tensor in (rows, values.contiguous()):
        padded = torch.cat([tensor, tensor.new_zeros((most - len(tensor), *tensor.shape[1:]))])
        pieces = [torch.empty_like(padded) for _ in range(size)]
        torch_distributed.all_gather(pieces, padded)
        found.append(torch.cat([piece[: int(count)] for piece, count in zip(pieces, counts, strict=True)]))
    return found[0], found[1]


@contextmanager
def joined() -> Iterator[Together]:
    """This process among those that a launcher started, or by itself."""
    if int(os.environ.get("WORLD_SIZE", "1")) < 2:
        yield Together()
        return
    began = not torch_distributed.is_initialized()
    if torch.cuda.is_available():
        # Each process has a GPU of its own; those of a machine beyond its GPUs share them.
        torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", "0")) % torch.cuda.device_count())
    if began:
        # Gradients may lie on GPUs, while counts and clocks always lie here.
        torch_distributed.init_process_group("cpu:gloo,cuda:nccl" if torch.cuda.is_available() else "gloo")
    try:
        yield Together(torch_distributed.get_rank(), torch_distributed.get_world_size())
        if began:
            # Who leaves while another still talks takes the other's connections with it.
            torch_distributed.barrier()
    finally:
        if began:
            torch_distributed.destroy_process_group()
