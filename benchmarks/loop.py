"""The loop that we are compared with: PyTorch and Pillow, as rclip and clip-retrieval encode a folder of pictures.

Two loading workers decode whole pictures and resize them (bicubic), the main process encodes batches of 16 in float32
and writes all vectors to one file. Model and workers' imports are ready before the clock starts.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch.utils.data import DataLoader, Dataset

from benchmarks.models import build_mobilenet_v3_large, build_vit_b32
from benchmarks.processes import pin

BUILDERS = {"ViT-B/32": build_vit_b32, "MobileNetV3-L": build_mobilenet_v3_large}
BATCH, WORKERS = 16, 2


class Pictures(Dataset[torch.Tensor]):
    """Pictures of a folder, as the network wants them."""

    def __init__(self, paths: list[Path], short: int, mean: tuple[float, ...], std: tuple[float, ...]) -> None:
        self.paths, self.short = paths, short
        self.mean, self.std = np.array(mean, np.float32), np.array(std, np.float32)

    def __len__(self) -> int:
        return len(self.paths)

    def __getitem__(self, index: int) -> torch.Tensor:
        with Image.open(self.paths[index]) as opened:
            picture = opened.convert("RGB")
        scale = self.short / min(picture.size)
        width, height = (max(224, round(side * scale)) for side in picture.size)
        picture = picture.resize((width, height), Image.Resampling.BICUBIC)
        left, top = (width - 224) // 2, (height - 224) // 2
        pixels = np.asarray(picture.crop((left, top, left + 224, top + 224)), np.float32) / 255
        return torch.from_numpy(((pixels - self.mean) / self.std).transpose(2, 0, 1))


def main(request: dict[str, Any]) -> dict[str, Any]:
    """Encode all pictures of `folder` with the network `network`."""
    pin(request["cores"])
    torch.set_num_threads(request["cores"])
    built = BUILDERS[request["network"]](Path(request["built"]))
    short = 224 if request["network"] == "ViT-B/32" else 256
    data = Pictures(sorted(Path(request["folder"]).glob("*.jpg")), short, built.mean, built.std)
    with torch.inference_mode():
        built.network(torch.zeros(BATCH, 3, 224, 224))
        start = time.perf_counter()
        loader = DataLoader(data, batch_size=BATCH, num_workers=WORKERS)
        vectors = [built.network(batch).numpy() for batch in loader]
        np.save(Path(request["built"]) / "vectors.npy", np.concatenate(vectors))
    return {"seconds": time.perf_counter() - start, "added": len(data)}


if __name__ == "__main__":
    print(json.dumps(main(json.loads(sys.stdin.read()))))
