"""Cross-modal hashing: all methods on the same features, settings chosen with one budget, dev asked once.

`python -m benchmarks.hashing --data DIR [--sets ...] [--methods ...] [--bits ...] [--seeds N] [--table]` runs a part of
the sweep; what was run before is read from the cache. `python -m benchmarks hashing` runs and judges all of it.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch

from benchmarks.frame import Figures, Options
from benchmarks.hashing_loop import Pace, hashed, of, trained
from benchmarks.hashing_runs import FLOORS, LENGTHS, OURS, SUPERVISED, UNSUPERVISED, Bench, Run, packed
from benchmarks.hashing_tables import judge, kept, rows
from pinakes.metrics.codes import Labelled, measure

METHODS = (*FLOORS, *UNSUPERVISED, *SUPERVISED, OURS)
PAIRED = ("fashion", "flickr8k", "wiki")
FLIPS = (0.0, 0.2, 0.4)
ABLATIONS: tuple[tuple[tuple[str, object], ...], ...] = (
    (("answer", 0.0),),
    (("ask", 0.0),),
    (("ask", 0.0), ("answer", 0.0), ("classify", 1.0)),
    (("others", 100.0),),
    (("noise", 0.0),),
    (("noise", 0.0), ("dropout", 0.0)),
    (("calm", False),),
    (("classify", 0.03),),
    (("decorrelate", 0.0),),
    (("quantise", 0.0),),
    (("within", 0.0),),
)


def run(options: Options) -> Figures:
    """The whole sweep, or at the quick size one seed of two methods at 16 bits."""
    told = Figures()
    if options.data is None:
        told.note("Name the folder of data sets with --data.")
        return told
    bench = Bench(options.data, options.folder("hashing"))
    sets, methods = (PAIRED[:1], ("cca-itq", "dcmh", OURS)) if options.quick else (PAIRED, METHODS)
    sweep(bench, sets, methods, LENGTHS[:1] if options.quick else LENGTHS, 1 if options.quick else 3)
    judge(told, bench.ledger.read(), sets, judged=not options.quick)
    if not options.quick:
        text_to_text(told, bench)
    return told


def sweep(bench: Bench, sets: Sequence[str], methods: Sequence[str], lengths: Sequence[int], seeds: int) -> None:
    """Trials and runs of some sets, methods, lengths and seeds; ours learns all lengths at once."""
    for name in sets:
        for method in methods:
            best = bench.chosen(name, method)
            for bits in (max(lengths),) if method == OURS else lengths:
                for seed in range(seeds):
                    bench.run(replace(best, bits=bits, seed=seed))


def ablations(bench: Bench, name: str) -> None:
    """Our method without one of its parts each, on the tenth of train: dev is for what was chosen."""
    best = replace(bench.chosen(name, OURS), bits=min(LENGTHS), trial=True)
    for changed in ((), *ABLATIONS):
        bench.run(replace(best, changed=changed))
    # Whether it is the graded targets by which IDCMH differs from DCMH.
    idcmh = replace(bench.chosen(name, "idcmh"), trial=True)
    for seed in range(3):
        for changed in ((), (("graded", False),)):
            bench.run(replace(idcmh, seed=seed, changed=changed))
    # What the shorter codes lose by being the beginning of longer ones.
    bench.run(replace(best, bits=max(LENGTHS)))
    bench.run(replace(best, bits=max(LENGTHS), changed=(("nested", False),)))


def noisy(bench: Bench, name: str, methods: Sequence[str], bits: int = 32) -> None:
    """Methods under labels that are wrong in a share of the rows, and ours with robust losses as well."""
    for method in methods:
        best = bench.chosen(name, method)
        variants = ((), (("classify", 0.03), ("robust", 0.7), ("doubt", 0.5))) if method == OURS else ((),)
        for flips in FLIPS:
            for changed in variants:
                bench.run(replace(best, bits=bits, flips=flips, changed=changed))


def text_to_text(told: Figures, bench: Bench) -> None:
    """Tags of MIRFlickr-25K at the papers' sizes: how good, and how long all of it takes to hash and to measure."""
    found = bench.set("mirflickr", trial=False)
    line = bench.run(Run("mirflickr", OURS, max(LENGTHS), 0, 3e-3, 0.5))
    for bits, ways in line["by_bits"].items():
        told.add(f"mirflickr, ours, {bits} bits, text to text, mAP@all", ways["text to text"]["map"], "")
    learner = trained(OURS, {"bits": 64, "hidden": (256,)}, Pace(epochs=1), of(found.train), 0)
    start = time.perf_counter()
    stored, asked = hashed(learner, found.collection)["text"], hashed(learner, found.queries)["text"]
    queries = Labelled(packed(asked, 64), found.queries.labels)
    measure(queries, Labelled(packed(stored, 64), found.collection.labels), ["map"], ties="rows", threads=2)
    told.add("mirflickr, hash 20,015 and measure 2,000 queries", time.perf_counter() - start, "s", at_most=10)


def main() -> int:
    """A part of the sweep from the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.hashing", description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "pinakes-benchmarks" / "hashing")
    parser.add_argument("--sets", nargs="+", default=PAIRED)
    parser.add_argument("--methods", nargs="+", default=METHODS, choices=METHODS)
    parser.add_argument("--bits", nargs="+", type=int, default=LENGTHS)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--what", choices=("sweep", "ablations", "noise", "table", "keep"), default="sweep")
    given = parser.parse_args()
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "2")))
    given.cache.mkdir(parents=True, exist_ok=True)
    bench = Bench(given.data, given.cache)
    if given.what == "sweep":
        sweep(bench, given.sets, given.methods, given.bits, given.seeds)
    for name in given.sets:
        if given.what == "ablations":
            ablations(bench, name)
        if given.what == "noise":
            noisy(bench, name, given.methods)
    lines = [line for line in bench.ledger.read() if line["run"]["set"] in given.sets]
    for line in kept(lines) if given.what == "keep" else rows(lines, given.sets):
        print(line)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
