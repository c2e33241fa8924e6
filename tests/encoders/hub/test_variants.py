"""Files of other kinds than the plain one: half precision, quantised, and weights that lie beside the graph."""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pinakes.encoders.hub.load import load
from pinakes.encoders.hub.models import family_hints, find_known
from pinakes.encoders.hub.published import Hints
from pinakes.encoders.queries import encode_queries
from pinakes.encoders.runtime.base import ENGINES
from pinakes.errors import Damaged

from ..conftest import as_wanted

onnx = pytest.importorskip("onnx")
TEXTS = ["a red boat", "the catalogue of the library of Alexandria", "x", "红酒"]


@pytest.fixture(scope="session")
def variants(build: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny CLIP with the files in half precision and quantised that publishers lay beside the plain ones."""
    folder = tmp_path_factory.mktemp("variants") / "clip"
    shutil.copytree(build("clip").folder, folder)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from onnxruntime.quantization import QuantType, quantize_dynamic
        from onnxruntime.transformers.float16 import convert_float_to_float16

        for stem in ("text_model", "vision_model"):
            plain = folder / "onnx" / f"{stem}.onnx"
            half = convert_float_to_float16(onnx.load(plain), keep_io_types=True)
            onnx.save(half, folder / "onnx" / f"{stem}_fp16.onnx")
            quantize_dynamic(plain, folder / "onnx" / f"{stem}_quantized.onnx", weight_type=QuantType.QUInt8)
    return folder


@pytest.mark.parametrize(("variant", "least"), [("fp16", 0.999), ("quantized", 0.97)])
@pytest.mark.parametrize("engine", ["onnxruntime", "openvino"])
def test_smaller_variants_are_near_the_reference(
    build: Any, install: Any, settings: Any, variants: Path, pictures: Any, variant: str, least: float, engine: str
) -> None:
    if not ENGINES.get(engine).offered():
        pytest.skip("not installed")
    model = install(variants, variant=variant)
    assert {name for name in model.record.files if name.endswith(".onnx")} == {
        f"onnx/{stem}_{variant}.onnx" for stem in ("text_model", "vision_model")
    }
    own = replace(settings, runtime=engine)
    mine = load(model.name, model.folder.parent, own, measure=True)
    wanted = [as_wanted(picture, mine.description.image) for picture in pictures]
    tiny = build("clip")
    for ours, truth in (
        (mine.encode("text", TEXTS), tiny.text(TEXTS)),
        (mine.encode("image", wanted), tiny.image(pictures)),
    ):
        assert np.einsum("ij,ij->i", ours, truth).min() > least


def test_every_variant_makes_a_space_of_its_own(install: Any, settings: Any, variants: Path) -> None:
    prints = set()
    for variant in ("", "fp16", "quantized"):
        model = install(variants, variant=variant)
        prints.add(load(model.name, model.folder.parent, settings).description.fingerprint)
    assert len(prints) == 3


@pytest.fixture()
def split(build: Any, tmp_path: Path) -> Path:
    """A tiny CLIP whose weights lie in files beside its graphs."""
    folder = tmp_path / "split"
    shutil.copytree(build("clip").folder, folder)
    for stem in ("text_model", "vision_model"):
        path = folder / "onnx" / f"{stem}.onnx"
        graph = onnx.load(path)
        path.unlink()
        onnx.save(graph, path, save_as_external_data=True, location=f"{stem}.onnx_data", size_threshold=0)
    return folder


@pytest.mark.parametrize("engine", ["onnxruntime", "openvino"])
@pytest.mark.parametrize("link", [False, True])
def test_weights_beside_the_graph_are_taken_along(
    build: Any, install: Any, settings: Any, split: Path, pictures: Any, engine: str, link: bool
) -> None:
    if not ENGINES.get(engine).offered():
        pytest.skip("not installed")
    model = install(split, link=link)
    assert {"onnx/text_model.onnx_data", "onnx/vision_model.onnx_data"} <= set(model.record.files)
    mine = load(model.name, model.folder.parent, replace(settings, runtime=engine, precision="full"), measure=True)
    wanted = [as_wanted(picture, mine.description.image) for picture in pictures]
    assert np.abs(mine.encode("text", TEXTS) - build("clip").text(TEXTS)).max() < 1e-4
    assert np.abs(mine.encode("image", wanted) - build("clip").image(pictures)).max() < 1e-4


def test_other_weights_beside_the_same_graph_are_another_model(install: Any, settings: Any, split: Path) -> None:
    model = install(split)
    first = load(model.name, model.folder.parent, settings).description.fingerprint
    side = split / "onnx" / "text_model.onnx_data"
    weights = np.frombuffer(side.read_bytes(), np.float32) * np.float32(1.01)
    side.write_bytes(weights.tobytes())
    model = install(split)
    assert load(model.name, model.folder.parent, settings).description.fingerprint != first
    (model.folder / "onnx" / "text_model.onnx_data").unlink()
    with pytest.raises(Damaged, match=r"text_model\.onnx_data"):
        load(model.name, model.folder.parent, settings)


E5 = Hints("mean", "query: ", "passage: ")


@pytest.mark.parametrize(
    ("name", "hints"),
    [
        ("intfloat/e5-large-v2", E5),
        ("intfloat/e5-small", E5),
        ("Xenova/multilingual-e5-large", E5),
        ("BAAI/bge-large-en-v1.5", Hints("cls", "Represent this sentence for searching relevant passages: ")),
        ("onnx-community/bge-small-en-v1.5-ONNX", find_known("bge-small-en").hints),
        ("BAAI/bge-base-zh-v1.5", find_known("bge-small-zh").hints),
        # These want other words, or none.
        ("intfloat/multilingual-e5-large-instruct", Hints()),
        ("intfloat/e5-mistral-7b-instruct", Hints()),
        ("BAAI/bge-m3", Hints()),
        ("sentence-transformers/all-MiniLM-L12-v2", Hints()),
    ],
)
def test_a_family_is_known_by_its_publishers_name(name: str, hints: Hints) -> None:
    assert family_hints(name) == hints


@pytest.mark.parametrize("name", ["multilingual-e5-small", "e5-large-v2", "bge-small-en-v1.5", "bge-base-en"])
def test_queries_and_passages_of_a_family_get_their_words(
    build: Any, install: Any, settings: Any, tmp_path: Path, name: str
) -> None:
    """A folder that says nothing of prefixes or pooling, named as its publisher names it."""
    hints = family_hints(name)
    tiny = build("sentences", pooling={"mean": "mean", "cls": "cls"}[hints.pooling])
    folder = tmp_path / name
    shutil.copytree(tiny.folder, folder, ignore=shutil.ignore_patterns("modules.json", "1_Pooling"))
    model = install(folder)
    mine = load(model.name, model.folder.parent, settings)
    assert np.abs(encode_queries(mine, ["boat"]) - tiny.text([hints.query_prefix + "boat"])).max() < 1e-4
    assert np.abs(mine.encode("text", ["boat"]) - tiny.text([hints.passage_prefix + "boat"])).max() < 1e-4
