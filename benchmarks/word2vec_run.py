"""One training by word2vec, by our interface or by gensim itself; see `word2vec`."""

from __future__ import annotations

import json
import sys
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.processes import pin
from pinakes.learn.word2vec.train import Word2Vec, trained
from pinakes.learn.word2vec.vectors import WordVectors

EPOCHS, SEED = 3, 1
# The rates of our defaults, for both.
RATES = {"cbow": 0.05, "skip-gram": 0.025}


def main(request: dict[str, Any]) -> dict[str, Any]:
    """Train on the corpus, and tell how quick that was and how good the vectors are."""
    pin(1)
    from gensim.models import Word2Vec as Library

    told = json.loads(Path(request["corpus"]).read_text(encoding="utf-8"))
    texts, model = told["texts"], request["model"]
    # Of the processor, on one core: what else the machine does then counts for little.
    start = time.process_time()
    if request["engine"] == "pinakes":
        vectors = trained(texts, Word2Vec(model=model, epochs=EPOCHS, seed=SEED))
    else:
        skip = int(model == "skip-gram")
        found = Library(texts, sg=skip, alpha=RATES[model], epochs=EPOCHS, seed=SEED, workers=1)
        vectors = WordVectors(tuple(found.wv.index_to_key), found.wv.vectors)
    seconds = time.process_time() - start
    return {
        "seconds": seconds,
        "words": EPOCHS * sum(map(len, texts)),
        "found": nearest_twins(vectors, told["split"]),
        "version": version("gensim"),
    }


def nearest_twins(vectors: WordVectors, split: list[str]) -> float:
    """The share of the split words whose one half has the other as its nearest neighbour."""
    known = [word for word in split if f"{word}_a" in vectors and f"{word}_b" in vectors]
    near = vectors.all_synonyms([f"{word}_a" for word in known], 1)
    return float(np.mean([near[f"{word}_a"][0][0] == f"{word}_b" for word in known])) if known else 0.0


if __name__ == "__main__":
    print(json.dumps(main(json.loads(sys.stdin.read()))))
