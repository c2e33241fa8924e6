"""pinakes info: versions, settings and what this machine offers."""

from __future__ import annotations

import argparse
import platform
from dataclasses import fields
from importlib.metadata import PackageNotFoundError, version

from pinakes import __version__
from pinakes.cli.library_options import loaded_settings
from pinakes.cli.output import Output
from pinakes.errors import EXIT_DONE

HELP = "versions, settings and what this machine offers"
EPILOG = ""

_PACKAGES = (
    "numpy", "pillow", "simplejpeg", "onnxruntime", "tokenizers", "faiss-cpu", "SQLAlchemy", "soundfile", "soxr", "av",
    "pypdfium2", "PyStemmer", "ftfy", "openvino", "torch", "rapidocr", "jieba", "pyarrow", "psycopg",
)  # fmt: skip


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""


def run(options: argparse.Namespace, output: Output) -> int:
    """Show what there is."""
    from pinakes.library.paths import library_folder
    from pinakes.threads import cores

    settings = loaded_settings(options)
    packages = {name: found for name in _PACKAGES if (found := _version(name))}
    chosen = {field.name: getattr(settings, field.name) for field in fields(settings) if field.name != "limits"}
    limits = {field.name: getattr(settings.limits, field.name) for field in fields(settings.limits)}
    system = {"python": platform.python_version(), "system": platform.platform(), "cores": cores()}
    record = {
        "pinakes": __version__,
        "library": str(library_folder(options.library)),
        "system": system,
        "packages": packages,
        "settings": chosen,
        "limits": limits,
    }
    output.record(record)
    output.line(f"pinakes {__version__}, default library {record['library']}")
    for title, values in (("system", system), ("packages", packages), ("settings", chosen), ("limits", limits)):
        output.line(output.bold(title))
        for name, value in values.items():
            output.line(f"  {name:24} {value!r}" if value == "" else f"  {name:24} {value}")
    return EXIT_DONE


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
