"""Every example of the README, the tutorial, the how-to pages and the docstrings runs and prints what is shown."""

from __future__ import annotations

import doctest
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from PIL import Image, ImageDraw

from docs.examples import Command, Program, differences, environment, examples, renewed, run, same

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
# Pages whose examples ask the sample library where it is served.
ASKING = [DOCS / "how-to" / f"{name}.md" for name in ("client", "protocols", "serve", "shelves")]
APART = {"tutorial.md", *(page.name for page in ASKING)}
PAGES = [ROOT / "README.md", DOCS / "tutorial.md", *sorted((DOCS / "how-to").glob("*.md"))]


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which `demo` is the sample library."""
    folder = tmp_path_factory.mktemp("examples")
    made = run(Command("pinakes demo --no-serve --library demo", "", 0, 0), folder, folder / "home")
    assert (folder / "demo" / "catalogue.sqlite").exists(), made
    return folder


@pytest.fixture(scope="session")
def address(place: Path) -> Iterator[str]:
    """Where the sample library is served."""
    command = ["pinakes", "serve", "--library", "demo", "--port", "0", "--set", "workers=0", "--json"]
    with subprocess.Popen(command, cwd=place, env=environment(place / "home"), stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())["address"].rstrip("/")
        process.terminate()


@pytest.fixture(autouse=True)
def _as_a_user(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What Python examples see is what commands see."""
    for name, value in environment(tmp_path).items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize("page", ASKING, ids=lambda page: page.stem)
def test_examples_that_ask_a_server_print_what_is_shown(page: Path, place: Path, address: str) -> None:
    text = page.read_text(encoding="utf-8").replace("http://127.0.0.1:8642", address)
    found = list(differences(text, place, place / "home"))
    assert not found, f"{page.name}\n" + "\n".join(map(str, found))


@pytest.mark.parametrize("page", [page for page in PAGES if page.name not in APART], ids=lambda page: page.stem)
def test_examples_print_what_is_shown(page: Path, place: Path) -> None:
    found = list(differences(page.read_text(encoding="utf-8"), place, place / "home"))
    assert not found, f"{page.name}\n" + "\n".join(map(str, found))


@pytest.mark.reliability
def test_the_sample_library_is_searched_as_well_as_was_recorded(place: Path) -> None:
    """H10."""
    from pinakes.library import Library

    recorded = {"ndcg@10": 0.861, "map": 0.791}
    with Library.open(place / "demo") as library:
        found = library.evaluate(
            queries=place / "demo" / "sample" / "judgements",
            metrics=",".join(recorded),
            modes=["precise"],
            spaces=["fused"],
            fusions=["evidence"],
        )
    for name, value in recorded.items():
        assert abs(found.scopes[0].figure(name).value - value) <= 0.01, name
    assert all(found.scopes[0].figure(name).queries == 87 for name in recorded)


def test_the_tutorial_prints_what_is_shown(place: Path) -> None:
    # Last, since it ends with tidying up; it begins with the command that made the library.
    found = list(differences((DOCS / "tutorial.md").read_text(encoding="utf-8"), place, place / "home"))
    assert not found, "tutorial.md\n" + "\n".join(map(str, found))


@pytest.fixture
def photos(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with three pictures, as the docstrings have it."""
    folder = tmp_path / "holiday-photos"
    folder.mkdir()
    for number, (name, what) in enumerate((("red", "red boat"), ("navy", "blue boat"), ("seagreen", "green hat"))):
        random = np.random.default_rng(number)
        image = Image.fromarray(random.integers(180, 230, (120, 160, 3), dtype=np.uint8))
        ImageDraw.Draw(image).polygon([(30, 70 - 9 * number), (130, 70), (105, 95), (55, 95)], fill=name)
        image.save(folder / f"{name}.png")
        (folder / f"{name}.png.json").write_text(json.dumps({"title": f"A {what}"}))
    monkeypatch.chdir(tmp_path)
    yield folder


def test_the_examples_of_the_docstrings_run_in_the_order_of_the_page(photos: Path) -> None:
    text = (DOCS / "reference" / "python.md").read_text(encoding="utf-8")
    blocks = [block for block in re.findall(r"^```python\n(.*?)^```$", text, re.M | re.S) if ">>> " in block]
    names: dict[str, object] = {}
    exec("import numpy\nfrom pinakes import Library", names)
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    told: list[str] = []
    for number, block in enumerate(blocks):
        parsed = doctest.DocTestParser().get_doctest(block, names, f"example {number}", None, 0)
        runner.run(parsed, out=told.append, clear_globs=False)
        names.update(parsed.globs)
    assert len(blocks) >= 15
    assert not runner.failures, "".join(told)


def test_every_public_method_of_the_library_has_an_example() -> None:
    text = (DOCS / "reference" / "python.md").read_text(encoding="utf-8")
    library = text[text.index("\n## Library\n") : text.index("\n## Results\n")]
    examples_of_all = "".join(re.findall(r"^```python\n(.*?)^```$", library, re.M | re.S))
    methods = re.findall(r"^### Library\.(\w+)$", library, re.M)
    shown = set(re.findall(r"\.(\w+)\(", "".join(re.findall(r"^>>> .*$|^\.\.\. .*$", examples_of_all, re.M))))
    assert not set(methods) - shown


def test_the_encoder_of_the_how_to_page_encodes() -> None:
    (program,) = (one for one in examples((DOCS / "how-to" / "own-encoder.md").read_text()) if isinstance(one, Program))
    names: dict[str, object] = {"__name__": "my_package.encoder"}
    exec(program.source, names)
    from pinakes.settings import Settings

    encoder = names["Greys"](Settings())  # type: ignore[operator]
    picture = np.zeros((32, 32, 3), np.uint8)
    picture[:16] = 255
    vectors = encoder.encode("image", [picture, np.zeros_like(picture)])
    assert vectors.shape == (2, encoder.description.dim)
    assert (vectors[0, :8] > 0).all()
    assert not vectors[1].any()


def test_the_method_of_the_how_to_page_learns_and_is_opened_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (program,) = (one for one in examples((DOCS / "how-to" / "own-method.md").read_text()) if isinstance(one, Program))
    module = ModuleType("my_package.near")
    monkeypatch.setitem(sys.modules, "my_package.near", module)
    exec(program.source, module.__dict__)
    import torch

    from pinakes.learn.experiment.methods import methods
    from pinakes.learn.experiment.model import open_model
    from pinakes.learn.experiment.plan import from_dict
    from pinakes.learn.experiment.run import run
    from pinakes.learn.training.run_folder import RunFolder

    random = np.random.default_rng(0)
    meant = random.normal(size=(120, 4))
    np.savez(
        tmp_path / "features.npz", image=meant @ random.normal(size=(4, 9)), text=meant @ random.normal(size=(4, 6))
    )
    monkeypatch.setattr(methods(), "_things", {name: methods().get(name) for name in methods()})
    methods().register("near")(module.near)
    told = {"layout": "features", "folder": str(tmp_path / "features.npz")}
    settings = {"epochs": 8, "batch": 32, "rate": 0.05, "threads": 1}
    plan = from_dict({"data": told, "method": {"name": "near", "bits": 16}, "train": settings})
    trained = run(plan, RunFolder(tmp_path / "run"))
    assert trained.summary["figures"]["r@1"] > 0.5
    features = torch.from_numpy(meant[:3] @ np.ones((4, 6))).float()
    again = open_model(tmp_path / "run").learner.embed("text", features)
    assert again.shape == (3, 16) and torch.equal(again, trained.outcome.learner.embed("text", features))
    assert module.small.build(channels=24)(torch.zeros(2, 3, 64, 64)).shape == (2, 24)


def test_three_dots_stand_for_anything_and_nothing_else_does() -> None:
    assert same("item:... found\n", "item:12 found\n")
    assert not same("item:12 found\n", "item:13 found\n")


def test_what_is_not_so_is_told_and_renewed(tmp_path: Path) -> None:
    blocks = ("console\n$ echo one\ntwo\n$ echo item:3\n", "python\n>>> 1 + 1\n3\n", "text\n$ no\n")
    page = "# A page\n\n" + "\n".join(f"```{block}```\n" for block in blocks)
    assert [one.printed for one in differences(page, tmp_path, tmp_path)] == ["one\n", "item:3\n", ">>> 1 + 1\n2\n"]
    fresh = renewed(page, tmp_path, tmp_path)
    assert fresh == page.replace("two\n", "one\n").replace("$ echo item:3\n", "$ echo item:3\nitem:...\n").replace(
        ">>> 1 + 1\n3", ">>> 1 + 1\n2"
    )
    assert not list(differences(fresh, tmp_path, tmp_path))


def test_a_block_that_begins_with_no_command_is_refused() -> None:
    with pytest.raises(ValueError, match="command"):
        list(examples("```console\nhello\n```\n"))


def test_commands_are_found_where_the_examples_look(place: Path) -> None:
    found = subprocess.run(
        ["bash", "-c", "command -v pinakes"], env=environment(place), capture_output=True, text=True, check=True
    )
    assert Path(found.stdout.strip()).parent.joinpath("python").exists()
