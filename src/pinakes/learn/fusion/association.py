"""Fusion by association rules: what words, visual words and labels say of one another, mined and not trained.

A row is a set of things: its labels while rules are mined; its words; and of vectors, which have no words, the centres
of k-means that are nearest (the visual words of Sivic and Zisserman, "Video Google", ICCV 2003). Rules lead from things
of one modality to labels and to things of another (Agrawal and Srikant, VLDB 1994). A row's vector has a number for
every label and word of all modalities: how sure it is by the best rule, and one for what the row itself holds, times
how rare that is. So a query of words has visual words too, and both have labels.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from pinakes.learn.base import METHODS, Learner, Method, Task, Whole
from pinakes.learn.bounded import bounded
from pinakes.learn.fusion.base import Fuser, spread
from pinakes.learn.fusion.rules import Rule, apriori, rules
from pinakes.learn.fusion.words import Words
from pinakes.learn.joint.heads import needs
from pinakes.learn.losses.pairs import unit
from pinakes.learn.training.settings import Checked


@dataclass(frozen=True, slots=True)
class Config(Checked):
    """Which words there are, and when a rule is one."""

    # Of each modality the most frequent; of vectors, how many centres, and how many of them a vector is near to.
    words: int = bounded(256, least=2)
    centres: int = bounded(32, least=2)
    nearest: int = bounded(2, least=1)
    # In what share of rows things must appear together, and how sure and how much better than chance a rule must be.
    support: float = bounded(0.01, above=0, most=1)
    confidence: float = bounded(0.2, most=1)
    lift: float = bounded(1.2)
    # Things in a rule, with what it leads to; and how many rules are kept, the surest.
    longest: int = bounded(3, least=2)
    rules: int = bounded(4096, least=2)


class Association(Fuser):
    """Vocabularies and rules, all of them buffers."""

    sets: Tensor
    leads: Tensor
    sure: Tensor
    rare: Tensor

    def __init__(self, task: Task, config: Config) -> None:
        super().__init__()
        self.modalities = needs(task.towers, 2, "Fusion")
        self.config, self.labels = config, task.labels
        self.vocabularies = {
            name: Words(tower, config.words, config.centres, config.nearest) for name, tower in task.towers.items()
        }
        self.words = nn.ModuleDict(self.vocabularies)
        # The room of each kind of thing: labels first, then the words of one modality after the other.
        sizes = [task.labels, *(max(config.words, config.centres) for _ in task.towers)]
        self.starts = np.cumsum([0, *sizes]).tolist()
        self.dim = int(self.starts[-1])
        self.register_buffer("sets", torch.full((config.rules, config.longest - 1), -1))
        self.register_buffer("leads", torch.zeros(config.rules, dtype=torch.int64))
        self.register_buffer("sure", torch.zeros(config.rules))
        self.register_buffer("rare", torch.ones(self.dim))

    def turns(self) -> dict[str, list[nn.Parameter]]:
        """None: rules are counted."""
        return {}

    @torch.no_grad()
    def begin(self, whole: Whole) -> None:
        """Find the words of each modality, then the rules between them."""
        batches = list(whole.batches())
        for name in self.modalities:
            known = [batch for batch in batches if name in batch.inputs]
            found = [batch.inputs[name][batch.present.get(name, slice(None))] for batch in known]
            self.vocabularies[name].begin(found)
        held = torch.cat([self.held(batch.inputs, batch.present) for batch in batches])
        if self.labels and whole.labels is not None:
            held[:, : self.labels] = whole.labels > 0
        self.rare.copy_(torch.log((1 + len(held)) / (1 + held.sum(0))).clamp(min=1e-3))
        self._keep(self.mined(held.cpu().numpy()))

    def mined(self, held: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> list[Rule]:
        """Rules from things of one modality to labels and to things of another, the surest first."""
        kind = np.searchsorted(self.starts, np.arange(self.dim), side="right") - 1
        label = 0 if self.labels else -1

        def wanted(items: tuple[int, ...], then: int) -> bool:
            kinds = {int(kind[item]) for item in items}
            # Of what a query never holds, a label, nothing follows; of a modality's own things nothing new.
            return label not in kinds and int(kind[then]) not in kinds

        config = self.config
        frequent = apriori(held, config.support, config.longest)
        return rules(frequent, len(held), config.confidence, config.lift, wanted)[: config.rules]

    def held(self, inputs: Mapping[str, Tensor], present: Mapping[str, Tensor]) -> Tensor:
        """Which things each row is known to hold (n, dim) bool; labels are not known."""
        some = inputs[self.known(inputs)[0]]
        held = [torch.zeros(some.shape[0], self.labels, dtype=torch.bool, device=some.device)]
        for name, words in self.vocabularies.items():
            here = present.get(name)
            if name not in inputs:
                held.append(torch.zeros(some.shape[0], words.size, dtype=torch.bool, device=some.device))
            elif here is None:
                held.append(words(inputs[name]))
            else:
                rows = here.nonzero()[:, 0]
                held.append(spread(words(inputs[name][rows]), rows, len(some)))
        return torch.cat(held, 1)

    def fuse(self, inputs: Mapping[str, Tensor], present: Mapping[str, Tensor] | None = None) -> Tensor:
        """Vectors of length one (n, dim): what rows hold, and what follows from it."""
        held = self.held(inputs, present or {}).float()
        return unit(torch.maximum(held, self.followed(held)) * self.rare)

    def followed(self, held: Tensor) -> Tensor:
        """How sure each thing is by the best rule (n, dim), of what rows hold (n, dim) 0 or 1."""
        there = self.sets >= 0
        needed = torch.zeros(len(self.sets), self.dim, device=held.device)
        needed.scatter_add_(1, self.sets.clamp(min=0), there.float())
        met = (held @ needed.T >= there.sum(1)) & there.any(1)
        return torch.zeros_like(held).scatter_reduce(1, self.leads.expand(held.shape[0], -1), met * self.sure, "amax")

    def _keep(self, mined: list[Rule]) -> None:
        self.sets.fill_(-1)
        self.sure.zero_()
        for place, rule in enumerate(mined):
            self.sets[place, : len(rule.items)] = torch.tensor(rule.items)
            self.leads[place], self.sure[place] = rule.then, rule.confidence


def build(task: Task, config: Config) -> Learner:
    """The learner of the method."""
    return Association(task, config)


METHODS.register("fusion-association")(
    Method(
        "fusion-association",
        "fusion",
        Config,
        build,
        "Agrawal and Srikant, Fast Algorithms for Mining Association Rules, VLDB 1994",
        "association rules between words, visual words and labels; counted, not trained",
        labels=False,
    )
)
