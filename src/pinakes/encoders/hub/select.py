"""Which of a repository's many files are needed to encode."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pinakes.encoders.hub.published import VARIANTS
from pinakes.errors import BadInput, Unsupported

CONFIGS = re.compile(
    r"(config|preprocessor_config|tokenizer|tokenizer_config|special_tokens_map|modules|sentence_bert_config"
    r"|config_sentence_transformers)\.json|\d+_Pooling/config\.json|LICEN[CS]E[^/]*"
)
IMMICH = re.compile(
    r"config\.json|LICEN[CS]E[^/]*|visual/(model\.onnx.*|preprocess_cfg\.json)"
    r"|textual/(model\.onnx.*|tokenizer\.json|tokenizer_config\.json|special_tokens_map\.json)"
)
TOWERS = ("text_model", "vision_model", "audio_model")


def needed_files(names: Iterable[str], variant: str = "") -> list[str]:
    """The names to fetch: configuration, licence, and the graphs of one variant with their weights."""
    names = sorted(names)
    if "visual/model.onnx" in names or "textual/model.onnx" in names:
        return [name for name in names if IMMICH.fullmatch(name)]
    if variant not in VARIANTS:
        raise BadInput(f"There is no variant {variant} of a model.", f"Known: {', '.join(filter(None, VARIANTS))}.")
    graphs = _graphs(names, variant)
    if not graphs:
        raise Unsupported(
            f"The model has no ONNX graph{f' in the variant {variant}' if variant else ''}.", _others(names, variant)
        )
    return [name for name in names if CONFIGS.fullmatch(name) or any(belongs(name, graph) for graph in graphs)]


def _graphs(names: list[str], variant: str) -> list[str]:
    ending = f"{VARIANTS[variant]}.onnx"
    for stems in (TOWERS, ("model",)):
        for folder in ("onnx/", ""):
            graphs = [name for stem in stems if (name := f"{folder}{stem}{ending}") in names]
            if graphs:
                return graphs
    return []


def belongs(name: str, graph: str) -> bool:
    """The graph itself, or weights beside it: model.onnx_data, or a tensor in a file of its own, without an ending."""
    if name == graph or re.fullmatch(re.escape(graph) + r"[_.]data[\w.]*", name):
        return True
    folder, _, own = graph.rpartition("/")
    beside, _, file = name.rpartition("/")
    return beside == folder != "" and own.endswith(".onnx") and "." not in file and not file.startswith("LICEN")


def _others(names: list[str], variant: str) -> str:
    found = [other or "the plain one" for other in VARIANTS if other != variant and _graphs(names, other)]
    return f"It has other variants: {', '.join(found)}." if found else "Models need files such as onnx/model.onnx."
