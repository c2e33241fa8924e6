"""Reading how a model wants its pictures: the resizing and cutting goes to the decoder, the rest stays here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pinakes.encoders.hub.configs import Config
from pinakes.encoders.hub.plans import ImagePlan, Pooling
from pinakes.errors import Unsupported
from pinakes.media.base import ImageWant, Resample

# Pillow's numbers for its filters. Nearest neighbour (0) and Hamming (5) are not offered by the decoder.
RESAMPLE: dict[int, Resample] = {1: "lanczos", 2: "bilinear", 3: "bicubic", 4: "box"}
BILINEAR, BICUBIC = 2, 3
CLIP_MEAN, CLIP_STD = (0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)
HALF = (0.5, 0.5, 0.5)
# Sizes in a configuration above this are a mistake or an attack.
MOST_PIXELS = 4096


def image_plan(config: Config, graph: Path, pooling: Pooling) -> ImagePlan:
    """How the model whose `preprocessor_config.json` this is wants its pictures."""
    kind = config.text("image_processor_type") or config.text("feature_extractor_type")
    if kind.startswith("Siglip2") and "size" not in config:
        raise Unsupported(
            f"{config.where}: {kind} takes pictures of any ratio (NaFlex), which Pinakes does not.",
            "Use a SigLIP 2 model of fixed size, such as siglip2-base.",
        )
    clip = "CLIP" in kind
    scale = config.number("rescale_factor", 1 / 255) if config.flag("do_rescale", True) else 1.0
    mean, std = (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)
    if config.flag("do_normalize", True):
        mean = config.triple("image_mean", CLIP_MEAN if clip else HALF)
        std = config.triple("image_std", CLIP_STD if clip else HALF)
    if min(std) <= 0:
        raise config.wrong("image_std", "three numbers above zero")
    return ImagePlan(graph, _want(config, clip), scale, mean, std, pooling)


def _want(config: Config, clip: bool) -> ImageWant:
    resample = RESAMPLE.get(config.whole("resample", BICUBIC if clip else BILINEAR))
    if resample is None:
        raise config.wrong("resample", "a filter from 1 to 4 (Lanczos, bilinear, bicubic, box)")
    crops = config.flag("do_center_crop", clip)
    short, width, height = _size(config, "size", squares=not (clip or crops), default=224)
    if not config.flag("do_resize", True):
        raise config.wrong("do_resize", "true")
    if not crops:
        # Without a crop the model would see the whole picture in any ratio; a batch needs one shape, so the centre.
        return ImageWant(short, short, "crop", resample) if short else ImageWant(width, height, "squash", resample)
    _, crop_width, crop_height = _size(config, "crop_size", squares=True, default=224)
    if not short and (width, height) != (crop_width, crop_height):
        raise config.wrong("size", "a shortest edge, or the size that is cut out,")
    if not short:
        return ImageWant(width, height, "squash", resample)
    share = config.number("crop_pct", 0.0)
    short = int(short / share) if 0 < share <= 1 and short < 384 else short
    if short < max(crop_width, crop_height):
        raise config.wrong("crop_size", f"at most {short} pixels each way")
    return ImageWant(crop_width, crop_height, "crop", resample, short)


def _size(config: Config, name: str, *, squares: bool, default: int) -> tuple[int, int, int]:
    """(shortest edge, 0, 0) or (0, width, height); what a bare number means depends on the kind of model."""
    value: Any = config.values.get(name, default)
    if isinstance(value, int | float) and not isinstance(value, bool):
        edge = int(value)
        found = (0, edge, edge) if squares else (edge, 0, 0)
    elif isinstance(value, dict):
        table = config.table(name)
        if "longest_edge" in table or "max_height" in table:
            raise config.wrong(name, "a shortest edge, or width and height,")
        found = (table.whole("shortest_edge"), table.whole("width"), table.whole("height"))
    else:
        raise config.wrong(name, "a number or an object")
    sizes = [size for size in found if size]
    if not sizes or not all(0 < size <= MOST_PIXELS for size in sizes) or (not found[0] and 0 in found[1:]):
        raise config.wrong(name, f"a size from 1 to {MOST_PIXELS} pixels")
    return found
