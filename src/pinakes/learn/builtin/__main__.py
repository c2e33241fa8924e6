"""python -m pinakes.learn.builtin: train the encoder that comes with the program, or go on with it.

Two processes are quicker than two threads: torchrun --nproc-per-node 2 -m pinakes.learn.builtin ... --threads 1
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import replace
from pathlib import Path

from pinakes.errors import PinakesError
from pinakes.learn.builtin.build import Plan, build
from pinakes.learn.builtin.certain import calibrate

_SECONDS = 15


def main(words: list[str] | None = None) -> int:
    """Read the command, train, and say where the encoder lies."""
    options = _parser().parse_args(words)
    plan = Plan(
        research=not options.without_research, scenes=options.scenes, seed=options.seed, threads=options.threads
    )
    if options.sides:
        plan = replace(plan, sight=replace(plan.sight, sides=tuple(options.sides)))
    if options.epochs:
        train = replace(plan.patience.train, epochs=options.epochs)
        plan = replace(plan, patience=replace(plan.patience, train=train))
    try:
        folder = build(options.data, options.to, plan, _Lines())
        if folder is None:
            return 0
        for name, (slope, offset, floor) in calibrate(folder, options.data, research=plan.research).items():
            _say(f"{name}: certain by {slope:.1f} x cosine {offset:+.1f}; nothing is found below {floor:.3f}")
    except PinakesError as error:
        _say(f"{error}")
        return 1
    _say(f"{folder} holds the encoder.")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m pinakes.learn.builtin", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("data", type=Path, metavar="DATA", help="folder of the sets to learn from and of the teacher")
    parser.add_argument("--to", type=Path, required=True, metavar="FOLDER", help="folder of the run, taken up again")
    parser.add_argument("--without-research", action="store_true", help="leave out sets given for research alone")
    parser.add_argument("--scenes", type=int, default=Plan.scenes, help="drawn scenes to learn from (default: 6000)")
    parser.add_argument("--sides", type=int, nargs="+", help="side of the pictures in each epoch of the picture tower")
    parser.add_argument("--epochs", type=int, default=0, help="epochs of the long look (default: 60)")
    parser.add_argument("--seed", type=int, default=Plan.seed, help="number from which scenes are drawn (default: 1)")
    parser.add_argument("--threads", type=int, default=0, help="threads of torch; 0: as many as there are cores")
    return parser


class _Lines:
    """Tells how far a stage is, now and then."""

    def __init__(self) -> None:
        self.stage, self.told = "", 0.0

    def __call__(self, stage: str, done: int, of: int, what: str) -> None:
        now = time.monotonic()
        if stage != self.stage or now - self.told > _SECONDS or not of:
            self.stage, self.told = stage, now
            how_far = f" {done:,} of {of:,}" if of else ""
            _say(f"{time.strftime('%H:%M:%S')} {stage}{how_far}{': ' if what else ''}{what}")


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")


if __name__ == "__main__":
    raise SystemExit(main())
