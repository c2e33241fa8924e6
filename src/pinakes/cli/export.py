"""pinakes export: a trained run as graphs that a library uses without torch."""

from __future__ import annotations

import argparse
from pathlib import Path

from pinakes.cli.output import Output
from pinakes.errors import EXIT_DONE
from pinakes.learn.extra import needs_torch

HELP = "write a trained run as graphs that need no torch"
EPILOG = (
    "The graphs (ONNX) are held against torch before they are kept: their vectors differ by no more than 0.0001. With "
    "--int8 weights take a quarter of the room, and are kept where the first figure of the validation rows falls by no "
    "more than 0.01. `pinakes models use RUN` puts the model into a library."
)
EXAMPLES = (
    ("a run, into its own folder", "pinakes export runs/hashing"),
    ("in eight bits, elsewhere", "pinakes export runs/hashing --int8 --to my-model"),
    ("search a library with it", "pinakes models use runs/hashing"),
)

_FEATURES = "It has learned from features, which a library can not make of media, so that none can use it."


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("folder", metavar="RUN", help="folder of a run that `pinakes train` made")
    parser.add_argument("--to", metavar="FOLDER", help="where to write it (default: export in the run's folder)")
    parser.add_argument("--int8", action="store_true", help="weights in eight bits, where accuracy holds")
    parser.add_argument("--licence", default="", metavar="TEXT", help="terms of the model, told with it")


def run(options: argparse.Namespace, output: Output) -> int:
    """Write the graphs, and say what was checked."""
    needs_torch()
    from pinakes.learn.export.model import export

    target = Path(options.to) if options.to else None
    told = export(Path(options.folder), target, int8=options.int8, licence=options.licence)
    output.record(told.as_dict())
    for name, difference in told.differences.items():
        size = told.bytes[name] / 1e6
        output.line(f"{name}: {size:.2f} MB, vectors differ from torch's by {difference:.1e} at most")
    if told.figures:
        kept = "kept" if told.eight else "not kept: it costs too much"
        output.line(f"eight bits: {told.figures['int8']:.3f} instead of {told.figures['float32']:.3f}, {kept}")
    use = f"Use it with: pinakes models use {told.folder}"
    output.line(f"The model lies in {told.folder}. {use if told.usable else _FEATURES}")
    return EXIT_DONE
