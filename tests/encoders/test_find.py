"""Finding an encoder by its name, wherever it comes from."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pinakes.encoders import find
from pinakes.encoders.base import ENCODERS
from pinakes.encoders.classical import lsa
from pinakes.encoders.hub.models import find_known, known_models
from pinakes.encoders.queries import encode_queries
from pinakes.errors import UnknownName, WrongSpace
from pinakes.types import MODALITIES
from pinakes.words.analyse import analyser

TEXTS = ["the ship sails in the wind", "ships and sails", "bread from the oven", "the baker's oven and bread"] * 3


def fit_lsa(folder: Path, settings: Any) -> lsa.Lsa:
    cut = analyser(settings)
    model = lsa.fit(TEXTS, lambda text: cut.terms(text, cut.language_of(text)), 4, analysis=cut.name)
    model.save(folder / "lsa")
    return model


def test_encoders_of_every_origin_are_found(build: Any, install: Any, settings: Any, tmp_path: Path) -> None:
    install(build("sentences").folder)
    fit_lsa(tmp_path / "own", settings)
    names = find.names(settings, tmp_path / "own")
    assert {"colour", "gradient", "texture", "mfcc", "logmel", "lsa", "sentences"} <= set(names)
    for name in names:
        assert find.find(name, settings, tmp_path / "own").description.name == name


def test_a_fitted_encoder_works_with_the_librarys_own_analysis(settings: Any, tmp_path: Path) -> None:
    model = fit_lsa(tmp_path, settings)
    found = find.find("lsa", settings, tmp_path, fingerprint=model.description.fingerprint)
    assert (encode_queries(found, ["a ship"]) == model.encode("text", ["a ship"])).all()


def test_a_trained_model_of_the_library_comes_before_a_fetched_one(
    build: Any, install: Any, settings: Any, tmp_path: Path
) -> None:
    import shutil

    model = install(build("sentences").folder)
    own = tmp_path / "own" / "house-model"
    shutil.copytree(model.folder, own)
    assert find.find("house-model", settings, tmp_path / "own").encode("text", ["boat"]).any()


def test_a_wrong_name_suggests_the_nearest_of_all(settings: Any) -> None:
    for wrong, right in (("color", "colour"), ("clip-vit-b-32", "clip-vit-b32"), ("minilm-l-6", "minilm-l6")):
        with pytest.raises(UnknownName, match=right):
            find.find(wrong, settings)


def test_a_model_that_is_not_installed_says_how_to_fetch_it(settings: Any) -> None:
    for name in ("clip-vit-b32", "Xenova/clip-vit-base-patch32"):
        with pytest.raises(UnknownName, match=f"pinakes models pull {name}"):
            find.find(name, settings)


def test_a_classical_encoder_of_another_version_is_refused(settings: Any) -> None:
    good = ENCODERS.get("colour")(settings).description.fingerprint
    assert find.find("colour", settings, fingerprint=good).description.fingerprint == good
    with pytest.raises(WrongSpace, match="another version of colour"):
        find.find("colour", settings, fingerprint="0" * 64)


def test_the_table_of_models_is_whole() -> None:
    rows = known_models()
    assert 15 <= len(rows) <= 30
    assert len({row.name for row in rows}) == len({row.repository for row in rows}) == len(rows)
    for row in rows:
        assert row.repository.count("/") == 1
        assert row.modalities and set(row.modalities) <= set(MODALITIES)
        assert row.layout in ("transformers.js", "immich", "sentence-transformers")
        assert row.speed in ("fast", "medium", "slow")
        assert row.licence and row.citation and row.about
        assert row.dim >= 128
        assert row.megabytes > 0
        assert find_known(row.repository) is find_known(row.name) is row
        assert "text" not in row.modalities or row.languages
        if row.modalities == ("text",):
            assert row.hints.pooling in ("mean", "cls")


PLUGIN = """
import hashlib
import numpy as np
from pinakes.encoders.base import Description

class Lengths:
    description = Description("lengths", ("text",), 2, "euclidean", "MIT", 0, hashlib.sha256(b"lengths").hexdigest())

    def encode(self, modality, batch):
        return np.array([[len(text), text.count(" ")] for text in batch], np.float32)

def make(settings):
    return Lengths()
"""


def test_a_third_party_adds_an_encoder_by_an_entry_point(tmp_path: Path) -> None:
    info = tmp_path / "pinakes_lengths-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: pinakes-lengths\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[pinakes.encoders]\nlengths = pinakes_lengths:make\n")
    (tmp_path / "pinakes_lengths.py").write_text(PLUGIN)
    code = (
        "from pinakes.settings import Settings; from pinakes.encoders.find import find, names; s = Settings(); "
        "print('lengths' in names(s), find('lengths', s).encode('text', ['a b c']).tolist())"
    )
    path = os.pathsep.join([str(tmp_path), *filter(None, sys.path)])
    environment = {**os.environ, "PYTHONPATH": path, "PINAKES_MODELS": str(tmp_path / "models")}
    run = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout.strip()) == (0, "True [[5.0, 2.0]]"), run.stderr


def test_finding_loads_no_engine_before_it_is_needed() -> None:
    code = (
        "import sys, pinakes.encoders.find; "
        "print(sorted({'onnxruntime', 'openvino', 'tokenizers', 'PIL', 'torch'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
