"""Layouts A and C: transformers.js (`onnx/text_model.onnx`), sentence-transformers and fastembed (`model.onnx`)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pinakes.encoders.hub.configs import Config, read, read_json
from pinakes.encoders.hub.geometry import image_plan
from pinakes.encoders.hub.plans import AudioPlan, Cleaning, ImagePlan, MelPlan, ModelPlan, Pooling, TextPlan
from pinakes.errors import BadInput, NotFound, Unsupported
from pinakes.limits import Limits
from pinakes.media.base import AudioWant

# Variants of the graphs that publishers lay beside the float32 one, by the ending of the file's name.
VARIANTS = {
    "": "",
    "fp16": "_fp16",
    "quantized": "_quantized",
    "int8": "_int8",
    "uint8": "_uint8",
    "q4": "_q4",
    "q4f16": "_q4f16",
    "bnb4": "_bnb4",
}
# Families whose text tower reads the last place, so that every text must fill the same number of places.
LAST_PLACE = ("siglip", "siglip2")
# Families that number places from two on.
OFFSET_PLACES = ("roberta", "xlm-roberta", "camembert", "mpnet", "clap", "longformer")
# Plain vision networks whose own pooling layer was never trained.
UNTRAINED_POOLER = ("vit", "deit", "beit")
POOLINGS: dict[str, Pooling] = {"mean": "mean", "cls": "first", "lasttoken": "last", "first": "first", "last": "last"}
LEGACY_POOLINGS = {
    "pooling_mode_cls_token": "cls",
    "pooling_mode_mean_tokens": "mean",
    "pooling_mode_lasttoken": "lasttoken",
    "pooling_mode_max_tokens": "max",
    "pooling_mode_mean_sqrt_len_tokens": "mean_sqrt_len_tokens",
    "pooling_mode_weightedmean_tokens": "weightedmean",
}
# What a tokenizer's file says when it means "no limit".
ABSURD_LENGTH = 100_000
# Longer rows than this are never needed for passages and would take too much memory.
MOST_TOKENS = 8_192


@dataclass(frozen=True, slots=True)
class Hints:
    """What a model's files do not say about it, from the table of models."""

    pooling: str = ""
    query_prefix: str = ""
    passage_prefix: str = ""


def is_published(folder: Path) -> bool:
    """Whether a folder looks like one of these layouts."""
    return (folder / "config.json").is_file() and (any(folder.glob("onnx/*.onnx")) or any(folder.glob("model*.onnx")))


def read_plan(folder: Path, variant: str, hints: Hints, limits: Limits) -> ModelPlan:
    """How to use the model in this folder."""
    if variant not in VARIANTS:
        raise BadInput(f"There is no variant {variant} of a model.", f"Known: {', '.join(filter(None, VARIANTS))}.")
    config = read(folder / "config.json", limits)
    family = config.text("model_type")
    graphs = {stem: _graph(folder, stem, variant) for stem in ("text_model", "vision_model", "audio_model", "model")}
    preprocessor = read(folder / "preprocessor_config.json", limits, needed=False)
    split = any(graphs[stem] for stem in ("text_model", "vision_model", "audio_model"))
    reads_text = (folder / "tokenizer.json").is_file()
    text_graph = graphs["text_model"] or (graphs["model"] if not split and not preprocessor.values else None)
    image_graph = graphs["vision_model"] or (graphs["model"] if not split and not reads_text else None)
    plan = ModelPlan(
        folder,
        family,
        text=_text(folder, text_graph, config, family, hints, limits) if text_graph and reads_text else None,
        image=_image(image_graph, preprocessor, family) if image_graph and preprocessor.values else None,
        audio=_audio(graphs["audio_model"], preprocessor, config) if graphs["audio_model"] else None,
        quantised=variant not in ("", "fp16"),
    )
    if not plan.towers:
        raise Unsupported(
            f"{folder} holds no graph that Pinakes can use{f' in the variant {variant}' if variant else ''}.",
            "It needs onnx/text_model.onnx, vision_model.onnx or audio_model.onnx with their configuration,"
            " or model.onnx for one modality.",
        )
    return plan


def _graph(folder: Path, stem: str, variant: str) -> Path | None:
    name = f"{stem}{VARIANTS[variant]}.onnx"
    return next((path for path in (folder / "onnx" / name, folder / name) if path.is_file()), None)


def _image(graph: Path, preprocessor: Config, family: str) -> ImagePlan:
    return image_plan(preprocessor, graph, "first" if family in UNTRAINED_POOLER else "graph")


def _audio(graph: Path | None, preprocessor: Config, config: Config) -> AudioPlan | None:
    if graph is None:
        return None
    kind = preprocessor.text("feature_extractor_type")
    if "Clap" not in kind:
        raise Unsupported(
            f"{preprocessor.where}: sound is prepared by {kind or 'nothing known'}; Pinakes knows CLAP's."
        )
    if config.table("audio_config").flag("enable_fusion", False):
        raise Unsupported(f"{config.where}: CLAP with fusion takes four sounds for one.", "Use an unfused CLAP model.")
    rate = preprocessor.whole("sampling_rate", 48_000)
    padding: Any = preprocessor.text("padding", "repeatpad")
    if padding not in ("repeatpad", "repeat", "pad"):
        raise preprocessor.wrong("padding", "repeatpad, repeat or pad")
    mel = MelPlan(
        size=preprocessor.whole("fft_window_size", 1024),
        hop=preprocessor.whole("hop_length", 480),
        bands=preprocessor.whole("feature_size", 64),
        low=preprocessor.number("frequency_min", 0.0),
        high=preprocessor.number("frequency_max", 14_000.0),
        seconds=preprocessor.number("max_length_s", 10.0),
        padding=padding,
    )
    sound = 0 <= mel.low < mel.high <= rate / 2 and 16 <= mel.hop <= mel.size <= 65_536 and 0 < mel.seconds <= 600
    if not sound or not 1 <= mel.bands <= 1024 or not 1_000 <= rate <= 384_000:
        raise Unsupported(f"{preprocessor.where}: these numbers describe no mel spectrum: {mel} at {rate} Hz.")
    return AudioPlan(graph, AudioWant(rate), mel)


def _text(folder: Path, graph: Path, config: Config, family: str, hints: Hints, limits: Limits) -> TextPlan:
    tokens = read(folder / "tokenizer_config.json", limits, needed=False)
    inner = config.table("text_config") if "text_config" in config else config
    siglip = family in LAST_PLACE
    kind = tokens.text("tokenizer_class")
    pooling, normal_prefixes = _sentence(folder, limits)
    queries, passages = hints.query_prefix or normal_prefixes[0], hints.passage_prefix or normal_prefixes[1]
    single = graph.name.startswith("text_model")
    chosen: Pooling = "graph" if single else POOLINGS.get(hints.pooling) or pooling or "mean"
    cleaning: Cleaning = "none" if not siglip else "canonical" if kind == "SiglipTokenizer" else "lower"
    return TextPlan(
        graph=graph,
        tokenizer=_file(folder / "tokenizer.json"),
        most_tokens=_most_tokens(folder, tokens, inner, family, limits),
        pad_token=tokens.text("pad_token") or _special(folder, limits) or ("<pad>" if "Gemma" in kind else ""),
        pad_id=inner.whole("pad_token_id", -1),
        pad_left=tokens.text("padding_side", "right") == "left",
        full_length=siglip,
        clean=cleaning,
        pooling=chosen,
        query_prefix=queries,
        passage_prefix=passages,
    )


def _special(folder: Path, limits: Limits) -> str:
    return read(folder / "special_tokens_map.json", limits, needed=False).text("pad_token")


def _most_tokens(folder: Path, tokens: Config, inner: Config, family: str, limits: Limits) -> int:
    """The least of the lengths that the files state and that make sense."""
    if family in LAST_PLACE:
        return inner.whole("max_position_embeddings", 64)
    sentence = read(folder / "sentence_bert_config.json", limits, needed=False)
    if "max_seq_length" in sentence:
        return min(max(sentence.whole("max_seq_length"), 1), MOST_TOKENS)
    places = inner.whole("max_position_embeddings", 77 if "clip" in family else 512)
    stated = [places - 2 if inner.text("model_type", family) in OFFSET_PLACES or family == "clap" else places]
    length = tokens.values.get("model_max_length") or tokens.values.get("max_length")
    if isinstance(length, int | float) and 0 < length < ABSURD_LENGTH:
        stated.append(int(length))
    return min(*stated, MOST_TOKENS) if min(stated) > 0 else 512


def _sentence(folder: Path, limits: Limits) -> tuple[Pooling | None, tuple[str, str]]:
    """Pooling and the prefixes of queries and passages, as sentence-transformers writes them."""
    modules = read_json(folder / "modules.json", limits, needed=False) or []
    where = ""
    for module in modules if isinstance(modules, list) else []:
        kind = str(module.get("type", "")).rpartition(".")[2]
        if kind == "Pooling":
            where = str(module.get("path", ""))
        elif kind not in ("Transformer", "Normalize"):
            raise Unsupported(
                f"{folder.name} has a layer {kind} after its graph, which Pinakes does not run.",
                "Use a model whose vectors come from the graph and its pooling.",
            )
    prompts = read(folder / "config_sentence_transformers.json", limits, needed=False).table("prompts")
    prefixes = prompts.text("query"), prompts.text("passage") or prompts.text("document")
    if Path(where).is_absolute() or ".." in Path(where).parts:
        raise Unsupported(f"{folder.name}/modules.json points out of the model's folder: {where}.")
    pooling = read(folder / (where or "1_Pooling") / "config.json", limits, needed=False)
    return (_pooling(pooling) if pooling.values else None), prefixes


def _pooling(config: Config) -> Pooling:
    active = [name for key, name in LEGACY_POOLINGS.items() if config.values.get(key) is True]
    mode = config.values.get("pooling_mode") or active
    names = [mode] if isinstance(mode, str) else list(mode)
    if len(names) != 1 or names[0] not in POOLINGS:
        raise Unsupported(
            f"{config.where}: pools by {' and '.join(map(str, names)) or 'nothing'}; known: mean, cls, lasttoken."
        )
    return POOLINGS[names[0]]


def _file(path: Path) -> Path:
    if not path.is_file():
        raise NotFound(f"The model lacks {path.name} in {path.parent}.", "Fetch it again: pinakes models pull NAME.")
    return path
