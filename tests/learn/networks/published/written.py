"""Published networks written down a second time: plain functions that make their random weights, by their published
names, as they first need them."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional as f


class Written:
    """Weights by published names, drawn when a layer is first applied."""

    def __init__(self, epsilon: float = 1e-5) -> None:
        self.tensors: dict[str, Tensor] = {}
        self.epsilon = epsilon

    def tensor(self, name: str, *shape: int, scale: float = 1.0, shift: float = 0.0) -> Tensor:
        if name not in self.tensors:
            self.tensors[name] = torch.randn(shape) * scale + shift
        return self.tensors[name]

    def convolve(
        self,
        name: str,
        maps: Tensor,
        outputs: int,
        kernel: int,
        stride: int = 1,
        groups: int = 1,
        bias: bool = False,
        padding: int | None = None,
    ) -> Tensor:
        inputs = maps.shape[1] // groups
        weight = self.tensor(f"{name}.weight", outputs, inputs, kernel, kernel, scale=(inputs * kernel**2) ** -0.5)
        offset = self.tensor(f"{name}.bias", outputs, scale=0.1) if bias else None
        return f.conv2d(maps, weight, offset, stride, kernel // 2 if padding is None else padding, groups=groups)

    def norm(self, name: str, maps: Tensor) -> Tensor:
        channels = maps.shape[1]
        scale, shift = self.tensor(f"{name}.weight", channels, shift=1), self.tensor(f"{name}.bias", channels)
        mean = self.tensor(f"{name}.running_mean", channels, scale=0.1)
        variance = self.tensor(f"{name}.running_var", channels).abs_().add_(0.1)
        self.tensors[f"{name}.running_var"] = variance = variance.detach()
        self.tensors.setdefault(f"{name}.num_batches_tracked", torch.tensor(3))
        return f.batch_norm(maps, mean, variance, scale, shift, eps=self.epsilon)

    def both(self, convolution: str, norm: str, maps: Tensor, outputs: int, kernel: int, **how: int) -> Tensor:
        return self.norm(norm, self.convolve(convolution, maps, outputs, kernel, **how))

    def full(self, name: str, rows: Tensor, outputs: int) -> Tensor:
        inputs = rows.shape[-1]
        weight = self.tensor(f"{name}.weight", outputs, inputs, scale=inputs**-0.5)
        return f.linear(rows, weight, self.tensor(f"{name}.bias", outputs, scale=0.1))

    def layer_norm(self, name: str, rows: Tensor, epsilon: float = 1e-5) -> Tensor:
        dim = rows.shape[-1]
        return f.layer_norm(
            rows, (dim,), self.tensor(f"{name}.weight", dim, shift=1), self.tensor(f"{name}.bias", dim), epsilon
        )

    def squeeze(self, first: str, second: str, maps: Tensor, inner: int, hard: bool = False) -> Tensor:
        mean = maps.mean((2, 3), keepdim=True)
        gate = self.convolve(
            second, self.convolve(first, mean, inner, 1, bias=True).relu(), maps.shape[1], 1, bias=True
        )
        return maps * (f.hardsigmoid(gate) if hard else gate.sigmoid())


def alexnet(w: Written, x: Tensor, channels: Sequence[int], units: int, classes: int) -> Tensor:
    a, b, c, d, e = channels
    x = f.max_pool2d(w.convolve("features.0", x, a, 11, 4, bias=True, padding=2).relu(), 3, 2)
    x = f.max_pool2d(w.convolve("features.3", x, b, 5, bias=True).relu(), 3, 2)
    for place, outputs in ((6, c), (8, d), (10, e)):
        x = w.convolve(f"features.{place}", x, outputs, 3, bias=True).relu()
    x = f.max_pool2d(x, 3, 2).flatten(1)
    x = w.full("classifier.4", w.full("classifier.1", x, units).relu(), units).relu()
    return w.full("classifier.6", x, classes)


def vgg(
    w: Written,
    x: Tensor,
    channels: Sequence[int],
    depths: Sequence[int],
    units: int,
    classes: int,
    norm: bool,
    timm: bool,
) -> Tensor:
    place = 0
    for outputs, depth in zip(channels, depths, strict=True):
        for _ in range(depth):
            x = w.convolve(f"features.{place}", x, outputs, 3, bias=True)
            if norm:
                x = w.norm(f"features.{place + 1}", x)
            x, place = x.relu(), place + 2 + norm
        x, place = f.max_pool2d(x, 2), place + 1
    if timm:
        x = w.convolve("pre_logits.fc1", x, units, x.shape[-1], bias=True, padding=0).relu()
        x = w.convolve("pre_logits.fc2", x, units, 1, bias=True).relu()
        return w.full("head.fc", x.flatten(1), classes)
    x = w.full("classifier.3", w.full("classifier.0", x.flatten(1), units).relu(), units).relu()
    return w.full("classifier.6", x, classes)


def resnet(
    w: Written, x: Tensor, channels: Sequence[int], depths: Sequence[int], classes: int, narrow: bool, squeeze: bool
) -> Tensor:
    x = f.max_pool2d(w.both("conv1", "bn1", x, channels[0], 7, stride=2).relu(), 3, 2, 1)
    for stage, (middle, depth) in enumerate(zip(channels, depths, strict=True), start=1):
        outputs = middle * 4 if narrow else middle
        for number in range(depth):
            place, stride, before = f"layer{stage}.{number}", 2 if stage > 1 and not number else 1, x
            steps = (
                [(middle, 1, 1), (middle, 3, stride), (outputs, 1, 1)]
                if narrow
                else [(middle, 3, stride), (middle, 3, 1)]
            )
            for step, (width, kernel, by) in enumerate(steps, start=1):
                x = w.both(f"{place}.conv{step}", f"{place}.bn{step}", x, width, kernel, stride=by)
                x = x.relu() if step < len(steps) else x
            if squeeze:
                x = w.squeeze(f"{place}.se.fc1", f"{place}.se.fc2", x, max(4, outputs // 16))
            if before.shape != x.shape:
                before = w.both(f"{place}.downsample.0", f"{place}.downsample.1", before, outputs, 1, stride=stride)
            x = (x + before).relu()
    return w.full("fc", x.mean((2, 3)), classes)


def mobilenet_v2(
    w: Written, x: Tensor, stem: int, rows: Sequence[tuple[int, int, int, int]], last: int, classes: int
) -> Tensor:
    x = f.relu6(w.both("features.0.0", "features.0.1", x, stem, 3, stride=2))
    number = 1
    for expansion, outputs, depth, first in rows:
        for repeat in range(depth):
            place, before, step = f"features.{number}.conv", x, 0
            if expansion > 1:
                x = f.relu6(w.both(f"{place}.0.0", f"{place}.0.1", x, expansion * x.shape[1], 1))
                step = 1
            stride, wide = 1 if repeat else first, x.shape[1]
            x = f.relu6(w.both(f"{place}.{step}.0", f"{place}.{step}.1", x, wide, 3, stride=stride, groups=wide))
            x = w.both(f"{place}.{step + 1}", f"{place}.{step + 2}", x, outputs, 1)
            x, number = before + x if before.shape == x.shape else x, number + 1
    x = f.relu6(w.both(f"features.{number}.0", f"features.{number}.1", x, last, 1))
    return w.full("classifier.1", x.mean((2, 3)), classes)


# Kernel, channels inside and outside, inner channels of the squeezing, hard swish, stride.
Row = tuple[int, int, int, int, bool, int]


def mobilenet_v3(w: Written, x: Tensor, stem: int, rows: Sequence[Row], last: int, units: int, classes: int) -> Tensor:
    x = f.hardswish(w.both("features.0.0", "features.0.1", x, stem, 3, stride=2))
    for number, (kernel, wide, outputs, inner, swish, stride) in enumerate(rows, start=1):
        place, before, step, bend = f"features.{number}.block", x, 0, f.hardswish if swish else f.relu
        if wide != x.shape[1]:
            x, step = bend(w.both(f"{place}.0.0", f"{place}.0.1", x, wide, 1)), 1
        x = bend(w.both(f"{place}.{step}.0", f"{place}.{step}.1", x, wide, kernel, stride=stride, groups=wide))
        if inner:
            step += 1
            x = w.squeeze(f"{place}.{step}.fc1", f"{place}.{step}.fc2", x, inner, hard=True)
        x = w.both(f"{place}.{step + 1}.0", f"{place}.{step + 1}.1", x, outputs, 1)
        x = before + x if before.shape == x.shape else x
    x = f.hardswish(w.both(f"features.{len(rows) + 1}.0", f"features.{len(rows) + 1}.1", x, last, 1))
    return w.full("classifier.3", f.hardswish(w.full("classifier.0", x.mean((2, 3)), units)), classes)


def mobilenet_timm(
    w: Written, x: Tensor, stem: int, rows: Sequence[Row], groups: Sequence[int], last: int, units: int, classes: int
) -> Tensor:
    """Both, as timm names them: in groups of blocks; the second has no units and ReLU6 everywhere."""

    def bend(maps: Tensor, swish: bool) -> Tensor:
        return f.relu6(maps) if not units else f.hardswish(maps) if swish else maps.relu()

    x = bend(w.both("conv_stem", "bn1", x, stem, 3, stride=2), True)
    places = [f"blocks.{stage}.{number}" for stage, size in enumerate(groups) for number in range(size)]
    for place, (kernel, wide, outputs, inner, swish, stride) in zip(places, rows, strict=True):
        before, widened = x, wide != x.shape[1]
        if widened:
            x = bend(w.both(f"{place}.conv_pw", f"{place}.bn1", x, wide, 1), swish)
        x = w.both(f"{place}.conv_dw", f"{place}.bn{1 + widened}", x, wide, kernel, stride=stride, groups=wide)
        x = bend(x, swish)
        if inner:
            x = w.squeeze(f"{place}.se.conv_reduce", f"{place}.se.conv_expand", x, inner, hard=True)
        x = w.both(f"{place}.conv_pw{'l' if widened else ''}", f"{place}.bn{2 + widened}", x, outputs, 1)
        x = before + x if before.shape == x.shape else x
    if not units:
        return w.full("classifier", f.relu6(w.both("conv_head", "bn2", x, last, 1)).mean((2, 3)), classes)
    x = f.hardswish(w.both(f"blocks.{len(groups)}.0.conv", f"blocks.{len(groups)}.0.bn1", x, last, 1))
    x = f.hardswish(w.convolve("conv_head", x.mean((2, 3), keepdim=True), units, 1, bias=True))
    return w.full("classifier", x.flatten(1), classes)


def shufflenet_v2(w: Written, x: Tensor, channels: Sequence[int], depths: Sequence[int], classes: int) -> Tensor:
    stem, *stages, last = channels
    x = f.max_pool2d(w.both("conv1.0", "conv1.1", x, stem, 3, stride=2).relu(), 3, 2, 1)
    for stage, (outputs, depth) in enumerate(zip(stages, depths, strict=True), start=2):
        half = outputs // 2
        for number in range(depth):
            place, stride = f"stage{stage}.{number}", 1 if number else 2
            kept, y = x.chunk(2, 1) if number else (x, x)
            if not number:
                wide = kept.shape[1]
                kept = w.both(f"{place}.branch1.0", f"{place}.branch1.1", kept, wide, 3, stride=2, groups=wide)
                kept = w.both(f"{place}.branch1.2", f"{place}.branch1.3", kept, half, 1).relu()
            y = w.both(f"{place}.branch2.0", f"{place}.branch2.1", y, half, 1).relu()
            y = w.both(f"{place}.branch2.3", f"{place}.branch2.4", y, half, 3, stride=stride, groups=half)
            y = w.both(f"{place}.branch2.5", f"{place}.branch2.6", y, half, 1).relu()
            x = torch.stack([kept, y], 2).flatten(1, 2)
    return w.full("fc", w.both("conv5.0", "conv5.1", x, last, 1).relu().mean((2, 3)), classes)


def attended(qkv: Sequence[Tensor], heads: int, bias: Tensor | float = 0.0) -> Tensor:
    q, k, v = (each.unflatten(-1, (heads, -1)).transpose(1, 2) for each in qkv)
    weights = (q @ k.mT / q.shape[-1] ** 0.5 + bias).softmax(-1)
    return (weights @ v).transpose(1, 2).flatten(2)


def vit(w: Written, x: Tensor, dim: int, depth: int, heads: int, patch: int, classes: int, timm: bool) -> Tensor:
    first = w.tensor("cls_token" if timm else "class_token", 1, 1, dim)
    stem = w.convolve("patch_embed.proj" if timm else "conv_proj", x, dim, patch, patch, bias=True, padding=0)
    x = torch.cat([first.expand(len(x), 1, dim), stem.flatten(2).mT], 1)
    x = x + w.tensor("pos_embed" if timm else "encoder.pos_embedding", 1, x.shape[1], dim)
    for number in range(depth):
        place = f"blocks.{number}" if timm else f"encoder.layers.encoder_layer_{number}"
        y = w.layer_norm(f"{place}.norm1" if timm else f"{place}.ln_1", x, 1e-6)
        if timm:
            qkv = w.full(f"{place}.attn.qkv", y, 3 * dim)
        else:
            weight = w.tensor(f"{place}.self_attention.in_proj_weight", 3 * dim, dim, scale=dim**-0.5)
            qkv = f.linear(y, weight, w.tensor(f"{place}.self_attention.in_proj_bias", 3 * dim))
        y = attended(qkv.chunk(3, -1), heads)
        x = x + w.full(f"{place}.attn.proj" if timm else f"{place}.self_attention.out_proj", y, dim)
        y = w.layer_norm(f"{place}.norm2" if timm else f"{place}.ln_2", x, 1e-6)
        y = f.gelu(w.full(f"{place}.mlp.fc1" if timm else f"{place}.mlp.0", y, 4 * dim))
        x = x + w.full(f"{place}.mlp.fc2" if timm else f"{place}.mlp.3", y, dim)
    x = w.layer_norm("norm" if timm else "encoder.ln", x, 1e-6)[:, 0]
    return w.full("head" if timm else "heads.head", x, classes)


def tinyvit(
    w: Written,
    x: Tensor,
    channels: Sequence[int],
    depths: Sequence[int],
    windows: Sequence[int],
    heads: Sequence[int],
    classes: int,
    names: tuple[str, str, str, str, str, str, str],
) -> Tensor:
    """As timm and as the authors name it: convolution, norm, two of the stem, stages, norm and layer of the head."""
    conv, norm, first, second, stages, top, head = names

    def both(place: str, maps: Tensor, outputs: int, kernel: int, **how: int) -> Tensor:
        return w.both(f"{place}.{conv}", f"{place}.{norm}", maps, outputs, kernel, **how)

    x = f.gelu(both(f"patch_embed.{first}", x, channels[0] // 2, 3, stride=2))
    x = both(f"patch_embed.{second}", x, channels[0], 3, stride=2)
    for number in range(depths[0]):
        place, wide = f"{stages}.0.blocks.{number}", 4 * channels[0]
        y = f.gelu(both(f"{place}.conv1", x, wide, 1))
        y = f.gelu(both(f"{place}.conv2", y, wide, 3, groups=wide))
        x = f.gelu(x + both(f"{place}.conv3", y, channels[0], 1))
    for stage in range(1, 4):
        dim, size = channels[stage], windows[stage]
        place = f"{stages}.{stage if stages == 'stages' else stage - 1}.downsample"
        x = f.gelu(both(f"{place}.conv1", x, dim, 1))
        x = f.gelu(both(f"{place}.conv2", x, dim, 3, stride=2, groups=dim))
        x = both(f"{place}.conv3", x, dim, 1)
        for number in range(depths[stage]):
            x = _window_block(w, both, x, f"{stages}.{stage}.blocks.{number}", size, heads[stage])
    return w.full(head, w.layer_norm(top, x.mean((2, 3))), classes)


def _window_block(w: Written, both, x: Tensor, place: str, size: int, heads: int) -> Tensor:  # type: ignore[no-untyped-def]
    n, dim, height, width = x.shape
    cells = x.unfold(2, size, size).unfold(3, size, size).permute(0, 2, 3, 4, 5, 1).reshape(-1, size * size, dim)
    qkv = w.full(f"{place}.attn.qkv", w.layer_norm(f"{place}.attn.norm", cells), 3 * dim)
    split = qkv.unflatten(-1, (heads, 3, dim // heads)).unbind(3)
    table = w.tensor(f"{place}.attn.attention_biases", heads, size * size)
    rows, columns = torch.arange(size * size) // size, torch.arange(size * size) % size
    apart = (rows[:, None] - rows).abs() * size + (columns[:, None] - columns).abs()
    w.tensors[f"{place}.attn.attention_bias_idxs"] = apart
    out = w.full(f"{place}.attn.proj", attended([each.flatten(2) for each in split], heads, table[:, apart]), dim)
    out = out.view(n, height // size, width // size, size, size, dim).permute(0, 5, 1, 3, 2, 4).reshape(x.shape)
    x = both(f"{place}.local_conv", x + out, dim, 3, groups=dim)
    tokens = x.flatten(2).mT
    inner = f.gelu(w.full(f"{place}.mlp.fc1", w.layer_norm(f"{place}.mlp.norm", tokens), 4 * dim))
    return x + w.full(f"{place}.mlp.fc2", inner, dim).mT.reshape(x.shape)
