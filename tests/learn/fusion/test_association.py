"""Association rules: against plain loops; and the vectors that are made of them."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from pinakes.errors import BadInput, BadSetting, TooLarge
from pinakes.learn.base import Batch, Task
from pinakes.learn.fusion import rules as room
from pinakes.learn.fusion.association import Association, Config
from pinakes.learn.fusion.rules import apriori, rules
from pinakes.learn.networks.base import Given, Tower
from tests.learn.correlated import Rows

# Bread, butter and beer, as it has always been.
BASKETS = np.array([[1, 1, 0], [1, 1, 0], [1, 1, 1], [0, 0, 1], [1, 0, 0]], bool)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 40), st.integers(1, 7), st.sampled_from([0.05, 0.2, 0.5, 1.0]))
def test_frequent_sets_are_those_that_plain_loops_find(seed: int, rows: int, things: int, support: float) -> None:
    random = np.random.default_rng(seed)
    table = random.random((rows, things)) < random.random(things)
    wanted = {}
    for size in (1, 2, 3, 4):
        for items in combinations(range(things), size):
            count = sum(all(row[item] for item in items) for row in table)
            if count >= max(1, support * rows):
                wanted[items] = count
    assert apriori(table, support, 4) == wanted


def test_rules_tell_support_confidence_and_lift() -> None:
    found = {(rule.items, rule.then): rule for rule in rules(apriori(BASKETS, 0.4), 5, 0.0, 0.0)}
    butter = found[(1,), 0]
    assert (butter.support, butter.confidence, butter.lift) == pytest.approx((3 / 5, 1.0, 5 / 4))
    bread = found[(0,), 1]
    assert (bread.support, bread.confidence, bread.lift) == pytest.approx((3 / 5, 3 / 4, 5 / 4))
    assert ((2,), 0) not in found, "they are together once only"


def test_rules_are_cut_by_confidence_and_lift_and_come_surest_first() -> None:
    frequent = apriori(BASKETS, 0.2)
    sure = [rule.confidence for rule in rules(frequent, 5, 0.5, 1.0)]
    assert sure == sorted(sure, reverse=True)
    assert min(sure) >= 0.5
    assert all(rule.lift > 1.2 for rule in rules(frequent, 5, 0.0, 1.2))
    assert all(rule.then == 0 for rule in rules(frequent, 5, 0.0, 0.0, lambda items, then: then == 0))


def test_more_sets_than_memory_holds_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadInput, match="no share"):
        apriori(BASKETS, 0.0)
    monkeypatch.setattr(room, "MOST_SETS", 5)
    with pytest.raises(TooLarge, match="Raise the support"):
        apriori(np.ones((4, 3), bool), 0.5)


def told() -> tuple[Association, Batch]:
    """Texts of ids, pictures as bags; word 7 goes with feature 2 and label 0, word 9 with feature 0 and label 1."""
    text = torch.tensor([[7, 1, 0], [7, 5, 7], [9, 0, 0], [9, 5, 0]] * 5)
    image = torch.tensor([[0, 0, 2.0, 0], [0, 0, 1, 0], [3, 0, 0, 0], [1, 0, 0, 1]] * 5)
    labels = torch.tensor([[1.0, 0], [1, 0], [0, 1], [0, 1]] * 5)
    towers: dict[str, Tower] = {"text": Given(3), "image": Given(4)}
    learner = Association(Task(towers, 2, 20), Config(words=4, centres=2, support=0.1, confidence=0.4))
    batch = Batch(torch.arange(20), {"text": text, "image": image}, labels)
    torch.manual_seed(0)
    learner.begin(Rows(batch))
    return learner, batch


def test_words_lead_to_labels_and_to_what_pictures_show() -> None:
    learner, batch = told()
    known = learner.vocabularies["text"].known.tolist()
    assert set(known) == {7, 9, 5, -1}, "neither padding nor unknown words are words"
    seven, nine = 2 + known.index(7), 2 + known.index(9)
    columns = [6 + learner.vocabularies["image"].known.tolist().index(column) for column in (2, 0)]
    held = learner.held({"text": torch.tensor([[7, 0, 0], [9, 1, 8]])}, {}).float()
    assert held.nonzero().tolist() == [[0, seven], [1, nine]]
    followed = learner.followed(held)
    assert followed[:, :2].tolist() == [[1, 0], [0, 1]]
    assert followed[:, columns].tolist() == [[1, 0], [0, 1]]
    assert learner.turns() == {}
    assert learner.embed("text", batch.inputs["text"]).shape == (20, learner.dim)


def test_no_rule_leads_from_a_label_or_to_a_word_of_the_same_modality() -> None:
    learner, batch = told()
    held = learner.held(batch.inputs, {})
    held[:, :2] = (batch.labels if batch.labels is not None else torch.zeros(0)) > 0
    kinds = ["label"] * 2 + ["text"] * 4 + ["image"] * 4
    found = learner.mined(held.numpy())
    assert found
    for rule in found:
        assert "label" not in {kinds[item] for item in rule.items}
        assert kinds[rule.then] not in {kinds[item] for item in rule.items}


def test_what_settings_would_leave_nothing_to_associate_is_refused() -> None:
    for wrong in ({"longest": 1}, {"nearest": 0}, {"words": 1}):
        with pytest.raises(BadSetting, match=f"{next(iter(wrong))} must be [12] or more"):
            Config(**wrong)
