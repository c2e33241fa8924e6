"""Layout B: Immich's exports of open_clip models, a folder `visual` and a folder `textual`."""

from __future__ import annotations

from pathlib import Path

from pinakes.encoders.hub.configs import Config, read
from pinakes.encoders.hub.plans import ImagePlan, ModelPlan, TextPlan
from pinakes.errors import NotFound, Unsupported
from pinakes.limits import Limits
from pinakes.media.base import ImageWant, Resample

INTERPOLATIONS: dict[str, Resample] = {"bicubic": "bicubic", "bilinear": "bilinear", "lanczos": "lanczos", "box": "box"}
MOST_PIXELS = 4096


def is_immich(folder: Path) -> bool:
    """Whether a folder looks like this layout."""
    return (folder / "visual" / "model.onnx").is_file() or (folder / "textual" / "model.onnx").is_file()


def read_plan(folder: Path, limits: Limits) -> ModelPlan:
    """How to use the model in this folder."""
    config = read(folder / "config.json", limits)
    visual, textual = folder / "visual" / "model.onnx", folder / "textual" / "model.onnx"
    return ModelPlan(
        folder,
        "open_clip",
        text=_text(textual, config, limits) if textual.is_file() else None,
        image=_image(visual, read(visual.parent / "preprocess_cfg.json", limits)) if visual.is_file() else None,
    )


def _text(graph: Path, config: Config, limits: Limits) -> TextPlan:
    inner = config.table("text_cfg")
    tokens = read(graph.parent / "tokenizer_config.json", limits)
    tokenizer = graph.parent / "tokenizer.json"
    if not tokenizer.is_file():
        raise NotFound(f"The model lacks {tokenizer}.", "Fetch it again: pinakes models pull NAME.")
    length = inner.whole("context_length", 77)
    if not 1 <= length <= 8192:
        raise inner.wrong("context_length", "a number from 1 to 8192")
    canonical = inner.table("tokenizer_kwargs").text("clean") == "canonicalize"
    return TextPlan(
        graph=graph,
        tokenizer=tokenizer,
        most_tokens=length,
        pad_token=tokens.text("pad_token"),
        full_length=True,
        clean="canonical" if canonical else "spaces",
    )


def _image(graph: Path, config: Config) -> ImagePlan:
    size = config.values.get("size")
    sizes = [size, size] if isinstance(size, int) else size
    good = (
        isinstance(sizes, list) and len(sizes) == 2 and all(isinstance(s, int) and 0 < s <= MOST_PIXELS for s in sizes)
    )
    if not good or sizes is None:
        raise config.wrong("size", f"one or two numbers from 1 to {MOST_PIXELS}")
    height, width = sizes
    resample = INTERPOLATIONS.get(config.text("interpolation", "bicubic"))
    if resample is None:
        raise config.wrong("interpolation", "bicubic, bilinear, lanczos or box")
    mode = config.text("resize_mode", "shortest")
    if mode not in ("shortest", "squash"):
        raise config.wrong("resize_mode", "shortest or squash")
    std = config.triple("std", (1.0, 1.0, 1.0))
    if min(std) <= 0:
        raise config.wrong("std", "three numbers above zero")
    if mode == "shortest" and height != width:
        raise Unsupported(f"{config.where}: a crop of {width} x {height} is not square.")
    want = ImageWant(width, height, "squash" if mode == "squash" else "crop", resample)
    return ImagePlan(graph, want, 1 / 255, config.triple("mean", (0.0, 0.0, 0.0)), std)
