"""From an installed model to an encoder: files checked, precision class settled, engines chosen.

The class of precision belongs to a space for good. A new space gets `reduced` where this machine's probes found it
worth while, else `float32`; a space that exists is opened by its fingerprint, which tells its class, whatever this
machine would prefer. In a space of class `reduced` a machine without bfloat16 works in float32, whose vectors lie
within the same tolerance; in a space of class `float32` nothing but float32 is used.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from pinakes.encoders.base import FEW_PIECES, Description, unit_rows
from pinakes.encoders.hub.encoder import HubEncoder, plans_by_modality
from pinakes.encoders.hub.installed import InstalledModel, find
from pinakes.encoders.hub.layouts import read_plan
from pinakes.encoders.hub.plans import AudioPlan, ImagePlan, ModelPlan, TextPlan
from pinakes.encoders.hub.probes import probes
from pinakes.encoders.hub.record import ModelRecord, verify
from pinakes.encoders.hub.select import belongs
from pinakes.encoders.hub.towers import tower
from pinakes.encoders.runtime.base import Precision, Session
from pinakes.encoders.runtime.choose import choose, reference_name, remembered
from pinakes.encoders.runtime.verdicts import Verdict
from pinakes.encoders.sentences import RECIPE as CUT
from pinakes.errors import Damaged, WrongSpace
from pinakes.settings import Settings, user_folder
from pinakes.types import Floats, Modality

CLASSES: tuple[Precision, ...] = ("float32", "reduced")
# Raised whenever this package's own preprocessing changes vectors.
RECIPE = 1


def load(
    name: str, models_folder: Path, settings: Settings, *, fingerprint: str = "", measure: bool = False, items: int = 0
) -> HubEncoder:
    """The installed model of that name as an encoder.

    `fingerprint`: that of the space it must fit, if there is one. `measure`: try the engines on probes first, if that
    was not done before on this machine; it takes some seconds and is for long runs. `items`: about how many will be
    encoded, 0 for many; for a single query an engine that opens quickly is better than one that runs quickly.
    """
    model = find(name, models_folder, settings)
    return load_folder(model, settings, fingerprint=fingerprint, measure=measure, items=items)


def load_folder(
    model: InstalledModel, settings: Settings, *, fingerprint: str = "", measure: bool = False, items: int = 0
) -> HubEncoder:
    """An installed model as an encoder."""
    verify(model.folder, model.record)
    plan = read_plan(model.folder, settings.limits, model.record.variant, model.record.hints)
    verdicts = _verdicts(model, plan, settings, measure)
    precision = _precision(model, plan, verdicts, settings, fingerprint)
    reference = reference_name(plan.quantised)
    engines = {
        graph: verdict.best(precision == "reduced", items).engine if verdict else reference
        for graph, verdict in verdicts.items()
    }
    return HubEncoder(describe(model.record, plan, precision), plan, engines, settings)


def describe(record: ModelRecord, plan: ModelPlan, precision: Precision) -> Description:
    """What the vectors of a model in a class of precision are."""
    return Description(
        name=record.name,
        modalities=record.modalities,
        dim=record.dim,
        metric="cosine",
        licence=record.licence,
        size=record.size,
        fingerprint=fingerprint_of(record, plan, precision),
        image=plan.image.want if plan.image else None,
        audio=plan.audio.want if plan.audio else None,
        languages=record.languages,
        about=record.citation,
        sentences=_by_sentence(plan),
    )


def _by_sentence(plan: ModelPlan) -> bool:
    return plan.text is not None and plan.text.most_tokens <= FEW_PIECES


def fingerprint_of(record: ModelRecord, plan: ModelPlan, precision: Precision) -> str:
    """The hash of the bytes of the files in use, of the preprocessing, and of the class of precision."""
    files = {name: _hash(record, name) for name in used_files(record, plan)}
    towers = [[type(part).__name__, _plain(asdict(part), plan.folder)] for part in plan.towers]
    content = {"recipe": RECIPE, "files": files, "towers": towers, "precision": precision}
    if _by_sentence(plan):
        content["sentences"] = CUT
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _hash(record: ModelRecord, name: str) -> str:
    if name not in record.files:
        raise Damaged(
            f"{record.name} holds a file {name} that was not fetched with it.",
            f"Fetch the model again: pinakes models pull {record.repository or 'FOLDER'}.",
        )
    return record.files[name].sha256


def used_files(record: ModelRecord, plan: ModelPlan) -> list[str]:
    """Graphs with the weights that lie beside them, and tokenizers."""
    names = []
    for part in plan.towers:
        graph = part.graph.relative_to(plan.folder).as_posix()
        names += [graph, *(name for name in record.files if belongs(name, graph))]
        if isinstance(part, TextPlan):
            names.append(part.tokenizer.relative_to(plan.folder).as_posix())
    return sorted(set(names))


def _plain(value: Any, folder: Path) -> Any:
    if isinstance(value, dict):
        return {key: _plain(inner, folder) for key, inner in value.items()}
    return value.relative_to(folder).as_posix() if isinstance(value, Path) else value


def _verdicts(model: InstalledModel, plan: ModelPlan, settings: Settings, measure: bool) -> dict[Path, Verdict | None]:
    folders = _verdict_folders(model.folder)
    result: dict[Path, Verdict | None] = {}
    for part in plans_by_modality(plan).values():
        key = _hash(model.record, part.graph.relative_to(plan.folder).as_posix())
        result[part.graph] = (
            choose(part.graph, key, probe(part), settings, folders, quantised=plan.quantised)
            if measure
            else remembered(key, settings, folders)
        )
    return result


def rates(model: InstalledModel, settings: Settings) -> dict[Modality, float]:
    """Media that a model encodes in a second, by modality, where that was measured on this machine; never measures."""
    plan = read_plan(model.folder, settings.limits, model.record.variant, model.record.hints)
    verdicts = _verdicts(model, plan, settings, measure=False)
    measured = {modality: verdicts[part.graph] for modality, part in plans_by_modality(plan).items()}
    return {modality: verdict.best(reduced=True).rate for modality, verdict in measured.items() if verdict}


def _verdict_folders(folder: Path) -> tuple[Path, ...]:
    user = user_folder("data")
    return (folder, user / "engines") if user else (folder,)


def probe(part: TextPlan | ImagePlan | AudioPlan) -> Callable[[Session], Floats]:
    """Encodes the probes of a tower with an open graph."""
    return partial(_encode_probes, part, probes(part))


def _encode_probes(part: TextPlan | ImagePlan | AudioPlan, batch: list[Any], session: Session) -> Floats:
    return unit_rows(tower(part, session).encode(batch))


def _precision(
    model: InstalledModel,
    plan: ModelPlan,
    verdicts: dict[Path, Verdict | None],
    settings: Settings,
    fingerprint: str,
) -> Precision:
    if fingerprint:
        for precision in CLASSES:
            if fingerprint_of(model.record, plan, precision) == fingerprint:
                return precision
        raise WrongSpace(
            f"The library's vectors were not made with {model.record.name} as it is installed here.",
            f"Fetch the revision that was used, or encode the library again: pinakes models use {model.record.name}",
        )
    if settings.precision == "full":
        return "float32"
    reduced = any(verdict and verdict.best(reduced=True).precision == "reduced" for verdict in verdicts.values())
    return "reduced" if reduced else "float32"
