"""What the built-in encoder's small picture tower keeps of its teacher: the same words, asked of both their pictures.

The cache is the folder of a run of `python -m pinakes.learn.builtin`, whose words were learned by the teacher's
pictures. Flickr8k's dev part.
"""

from __future__ import annotations

import numpy as np

from benchmarks.builtin_pictures import DEPTHS, captioned, pictures_of, pixels_of, ranks_of, recall, spoken
from benchmarks.frame import Figures, Options
from pinakes.encoders.find import find
from pinakes.learn.builtin.build import TEACHER
from pinakes.learn.builtin.taught import teacher_of, write_teacher
from pinakes.learn.builtin.teacher import SIDE
from pinakes.learn.builtin.train_space import FOLDER as WORDS
from pinakes.learn.builtin.train_space import open_space, picture_vectors, text_vectors
from pinakes.media.base import ImageWant
from pinakes.settings import Settings

LEAST, QUICK, _AT_A_TIME = 0.65, 200, 16


def run(options: Options) -> Figures:
    """Recall by the teacher's pictures, and our share of it."""
    figures = Figures()
    if options.data is None or not (options.data / "flickr8k").is_dir() or not (options.cache / WORDS).is_dir():
        figures.note("Name a folder that holds flickr8k with --data, and that of the training's run with --cache.")
        return figures
    found = captioned(options.data, QUICK if options.quick else 0)
    texts, owner = spoken(found)
    encode = teacher_of(write_teacher(options.data / TEACHER, options.cache / "teacher.onnx"))
    blocks = np.split(np.arange(len(found)), range(_AT_A_TIME, len(found), _AT_A_TIME))
    want = ImageWant(SIDE, SIDE, "crop")
    taught = np.concatenate([encode(np.stack(pixels_of(found, block, want))) for block in blocks])
    space, vocabulary, plan = open_space(options.cache / WORDS)
    by_teacher = text_vectors(space, vocabulary, texts, plan.length) @ picture_vectors(space, taught).T
    encoder = find("builtin", Settings())
    ours = encoder.encode("text", texts) @ pictures_of(encoder, found).T
    for depth in DEPTHS:
        theirs = recall(ranks_of(by_teacher, owner), depth)
        figures.add(f"flickr8k, text to picture, R@{depth}, the teacher's pictures", theirs, "")
        share = recall(ranks_of(ours, owner), depth) / theirs
        least = LEAST if depth == DEPTHS[-1] else None
        figures.add(f"flickr8k, R@{depth} as a share of the teacher's", share, "", at_least=least)
    return figures
