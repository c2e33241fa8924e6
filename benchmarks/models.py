"""Two picture encoders of known architecture and random weights, written as model folders in the hub's layout.

ViT-B/32 is the picture tower of CLIP (Radford et al., ICML 2021); MobileNetV3-Large follows table 1 of Howard et al.,
ICCV 2019. Their speed is that of the published models; their vectors mean nothing. Needs torch, transformers and onnx.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

CLIP_MEAN, CLIP_STD = (0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)
IMAGENET_MEAN, IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
BICUBIC, BILINEAR = 3, 2


@dataclass(frozen=True)
class Built:
    """A model folder, and the same network for the loop that it is compared with."""

    folder: Path
    network: nn.Module
    mean: tuple[float, float, float]
    std: tuple[float, float, float]


def build_vit_b32(folder: Path, seed: int = 0) -> Built:
    """Write the picture tower of CLIP ViT-B/32, with random weights, as a model folder."""
    from transformers import CLIPConfig, CLIPVisionModelWithProjection

    torch.manual_seed(seed)
    config = CLIPConfig()
    network = Named(CLIPVisionModelWithProjection(config.vision_config).eval(), "image_embeds")
    _write_json(folder / "config.json", {"model_type": "clip", "projection_dim": config.projection_dim})
    _write_preprocessor(folder, "CLIPImageProcessor", 224, BICUBIC, CLIP_MEAN, CLIP_STD)
    _export(network, folder / "onnx" / "vision_model.onnx", "image_embeds")
    return Built(folder, network, CLIP_MEAN, CLIP_STD)


def build_mobilenet_v3_large(folder: Path, seed: int = 0) -> Built:
    """Write MobileNetV3-Large up to its 1,280 features, with random weights, as a model folder."""
    torch.manual_seed(seed)
    network = MobileNetV3Large().eval()
    _write_json(folder / "config.json", {"model_type": "mobilenet_v3", "hidden_size": 1280})
    _write_preprocessor(folder, "MobileNetV3ImageProcessor", 256, BILINEAR, IMAGENET_MEAN, IMAGENET_STD)
    _export(network, folder / "onnx" / "model.onnx", "pooler_output")
    return Built(folder, network, IMAGENET_MEAN, IMAGENET_STD)


class Named(nn.Module):
    """One output of a network that has several."""

    def __init__(self, network: nn.Module, output: str) -> None:
        super().__init__()
        self.network, self.output = network, output
        # The exporter puts all parts back into the mode of the whole.
        self.eval()

    def forward(self, pixels: Tensor) -> Tensor:
        """(n, 3, height, width) -> (n, dim)."""
        chosen: Tensor = getattr(self.network(pixels), self.output)
        return chosen


# Table 1 of the paper: kernel, expansion, channels out, squeeze-and-excite, activation, stride.
ROWS: tuple[tuple[int, int, int, bool, Callable[[], nn.Module], int], ...] = (
    (3, 16, 16, False, nn.ReLU, 1),
    (3, 64, 24, False, nn.ReLU, 2),
    (3, 72, 24, False, nn.ReLU, 1),
    (5, 72, 40, True, nn.ReLU, 2),
    (5, 120, 40, True, nn.ReLU, 1),
    (5, 120, 40, True, nn.ReLU, 1),
    (3, 240, 80, False, nn.Hardswish, 2),
    (3, 200, 80, False, nn.Hardswish, 1),
    (3, 184, 80, False, nn.Hardswish, 1),
    (3, 184, 80, False, nn.Hardswish, 1),
    (3, 480, 112, True, nn.Hardswish, 1),
    (3, 672, 112, True, nn.Hardswish, 1),
    (5, 672, 160, True, nn.Hardswish, 2),
    (5, 960, 160, True, nn.Hardswish, 1),
    (5, 960, 160, True, nn.Hardswish, 1),
)


class MobileNetV3Large(nn.Module):
    """The network up to the layer before its classifier."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = [_conv(3, 16, 3, 2, 1, nn.Hardswish)]
        width = 16
        for kernel, expanded, out, excite, activation, stride in ROWS:
            layers.append(Bottleneck(width, kernel, expanded, out, excite, activation, stride))
            width = out
        self.features = nn.Sequential(*layers, _conv(width, 960, 1, 1, 1, nn.Hardswish))
        self.head = nn.Sequential(nn.Linear(960, 1280), nn.Hardswish())

    def forward(self, pixels: Tensor) -> Tensor:
        """(n, 3, 224, 224) -> (n, 1280)."""
        features: Tensor = self.head(self.features(pixels).mean((2, 3)))
        return features


class Bottleneck(nn.Module):
    """Expand, filter each channel, weigh the channels, and narrow again."""

    def __init__(
        self, width: int, kernel: int, expanded: int, out: int, excite: bool, act: Callable[[], nn.Module], stride: int
    ) -> None:
        super().__init__()
        layers: list[nn.Module] = [] if expanded == width else [_conv(width, expanded, 1, 1, 1, act)]
        layers.append(_conv(expanded, expanded, kernel, stride, expanded, act))
        if excite:
            layers.append(SqueezeExcite(expanded))
        layers.append(_conv(expanded, out, 1, 1, 1, nn.Identity))
        self.layers = nn.Sequential(*layers)
        self.adds = stride == 1 and width == out

    def forward(self, x: Tensor) -> Tensor:
        """(n, width, h, w) -> (n, out, h / stride, w / stride)."""
        y: Tensor = self.layers(x)
        return x + y if self.adds else y


class SqueezeExcite(nn.Module):
    """Weigh each channel by what all of them say on average (Hu et al., CVPR 2018)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        narrow = max(8, (width // 4 + 4) // 8 * 8)
        layers = nn.Conv2d(width, narrow, 1), nn.ReLU(), nn.Conv2d(narrow, width, 1), nn.Hardsigmoid()
        self.weigh = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        """(n, width, h, w) -> the same shape."""
        weighed: Tensor = x * self.weigh(x.mean((2, 3), keepdim=True))
        return weighed


def _conv(width: int, out: int, kernel: int, stride: int, groups: int, act: Callable[[], nn.Module]) -> nn.Sequential:
    conv = nn.Conv2d(width, out, kernel, stride, kernel // 2, groups=groups, bias=False)
    nn.init.kaiming_normal_(conv.weight, mode="fan_out")
    return nn.Sequential(conv, nn.BatchNorm2d(out, eps=1e-3), act())


def _write_json(path: Path, content: dict[str, object]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=1), encoding="utf-8")


def _write_preprocessor(
    folder: Path, kind: str, short: int, resample: int, mean: tuple[float, ...], std: tuple[float, ...]
) -> None:
    content: dict[str, object] = {
        "image_processor_type": kind,
        "do_resize": True,
        "size": {"shortest_edge": short},
        "resample": resample,
        "do_center_crop": True,
        "crop_size": {"height": 224, "width": 224},
        "do_normalize": True,
        "image_mean": list(mean),
        "image_std": list(std),
    }
    _write_json(folder / "preprocessor_config.json", content)


def _export(network: nn.Module, path: Path, output: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    axes = {"pixel_values": {0: "batch"}, output: {0: "batch"}}
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            network,
            (torch.zeros(2, 3, 224, 224),),
            str(path),
            input_names=["pixel_values"],
            output_names=[output],
            dynamic_axes=axes,
            opset_version=17,
            dynamo=False,
        )
