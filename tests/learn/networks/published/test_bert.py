"""BERT filled from folders of the hub, new and old, gives what transformers gives."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from pinakes.errors import BadInput
from pinakes.learn.networks.base import NETWORKS, Tower
from pinakes.learn.networks.published import load
from tests.learn.networks.published.test_hub import saved

transformers = pytest.importorskip("transformers")


def config(**more: Any) -> Any:
    return transformers.BertConfig(
        vocab_size=40,
        hidden_size=128,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=512,
        max_position_embeddings=12,
        **more,
    )


def small(**settings: Any) -> Tower:
    return NETWORKS.get("bert_tiny").build(vocabulary=40, longest=12, **settings)


IDS = torch.tensor([[2, 9, 31, 7, 3, 0, 0], [2, 8, 8, 14, 22, 39, 3], [2, 3, 0, 0, 0, 0, 0]])


@pytest.mark.parametrize("old", [False, True])
def test_vectors_and_tokens_are_those_of_transformers(old: bool, tmp_path: Path) -> None:
    model = saved(transformers.BertModel(config()), tmp_path)
    if old:
        # As the first weights were published, and within a model for a task.
        file = tmp_path / "model.safetensors"
        tensors = {
            f"bert.{name}".replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta"): (
                value
            )
            for name, value in load_file(file).items()
        }
        save_file(tensors | {"cls.predictions.bias": torch.zeros(40)}, file, {"format": "pt"})
    tower = small().eval()
    load("bert_tiny", tower, tmp_path)
    with torch.no_grad():
        wanted = model(IDS, attention_mask=(IDS != 0).long())
        tokens, real = tower.tokens(IDS)
        torch.testing.assert_close(tower(IDS), wanted.pooler_output, atol=1e-5, rtol=1e-5)
        torch.testing.assert_close(tokens[real], wanted.last_hidden_state[real], atol=1e-5, rtol=1e-5)


def test_a_classifier_is_taken_over_and_a_pooler_left_out_where_none_is_wanted(tmp_path: Path) -> None:
    model = saved(transformers.BertForSequenceClassification(config(num_labels=3)), tmp_path)
    headed = small(classes=3).eval()
    load("bert_tiny", headed, tmp_path)
    with torch.no_grad():
        wanted = model(IDS, attention_mask=(IDS != 0).long()).logits
        torch.testing.assert_close(headed(IDS), wanted, atol=1e-5, rtol=1e-5)
        first = small(vector="first").eval()
        load("bert_tiny", first, tmp_path)
        hidden = model.bert(IDS, attention_mask=(IDS != 0).long()).last_hidden_state
        torch.testing.assert_close(first(IDS), hidden[:, 0], atol=1e-5, rtol=1e-5)


def test_a_bert_of_another_vocabulary_is_refused(tmp_path: Path) -> None:
    saved(transformers.BertModel(config()), tmp_path)
    with pytest.raises(BadInput, match="word_embeddings"):
        load("bert_tiny", NETWORKS.get("bert_tiny").build(vocabulary=41, longest=12), tmp_path)
