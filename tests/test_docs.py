"""What the documentation promises: that the reference is current, complete and true, and that links lead somewhere."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from xml.etree import ElementTree

import pytest

import pinakes
from docs.build import PAGES, stale
from docs.charts import FIGURES, charts
from docs.pages import cleaning, schema
from docs.pages.cli import EXITS, options_of
from docs.pages.errors import classes
from docs.pages.settings import environment
from pinakes import errors
from pinakes.catalogue.schema import METADATA
from pinakes.catalogue.views import VIEWS
from pinakes.cli.main import COMMANDS, parser
from pinakes.encoders import builtin
from pinakes.encoders.base import ENCODERS
from pinakes.encoders.hub.models import known_models
from pinakes.evaluate.judged import RULES
from pinakes.evaluate.report import demonstration
from pinakes.evaluate.significance import BOOTSTRAP, HOLM, TESTS
from pinakes.limits import Limits
from pinakes.media.metadata.vocabulary import FIELDS
from pinakes.metrics.codes import MEASURED, TIES
from pinakes.metrics.curves import INTERPOLATIONS
from pinakes.metrics.names import METRICS
from pinakes.metrics.rouge import NAMES as ROUGE
from pinakes.settings import Settings, rows

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
REFERENCE = DOCS / "reference"
WRITTEN = sorted([*DOCS.rglob("*.md"), *ROOT.glob("*.md")])

# Options of other programs, which pages name too.
FOREIGN_OPTIONS = {"--check", "--only-binary", "--quick", "--data", "--fit", "--without-research", "--epochs"}

_FENCED = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```$", re.M | re.S)
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
_PICTURE = re.compile(r"!\[[^\]]*\]\(([^)\s]+)\)|<img[^>]* src=\"([^\"]+)\"")
_FIRST_CELL = re.compile(r"^\| `([^`]+)`", re.M)


def name_of(path: Path) -> str:
    """A page's path below the repository."""
    return path.relative_to(ROOT).as_posix()


def prose(path: Path) -> str:
    """A page without its blocks of code."""
    return _FENCED.sub("", path.read_text(encoding="utf-8"))


def section(page: str, title: str) -> str:
    """A page of the reference from one heading to the next of the same kind."""
    text = (REFERENCE / page).read_text(encoding="utf-8")
    found = re.search(rf"^## {re.escape(title)}$(.*?)(?=^## |\Z)", text, re.M | re.S)
    assert found, f"{page} has no section {title}"
    return found.group(1)


def first_cells(text: str) -> set[str]:
    """What stands as code in the first column of the tables."""
    return set(_FIRST_CELL.findall(text))


def anchors(path: Path) -> set[str]:
    """The anchors of a page's headings, as they are made from titles."""
    found: set[str] = set()
    for title in re.findall(r"^#+ (.+)$", prose(path), re.M):
        plain = re.sub(r"[^\w\- ]", "", title.replace("`", "").lower()).strip().replace(" ", "-")
        found.add(plain)
    return found


def typed(text: str) -> Iterator[list[str]]:
    """The commands `pinakes ...` that a page shows in its blocks, cut into words."""
    for language, body in _FENCED.findall(text):
        prompt = "$ " if language == "console" else ""
        for line in body.replace("\\\n", " ").splitlines():
            if line.startswith(f"{prompt}pinakes ") and "..." not in line:
                cut = shlex.shlex(line.removeprefix(prompt), posix=True, punctuation_chars=True)
                cut.whitespace_split = True
                words = list(cut)[1:]
                ends = (place for place, word in enumerate(words) if set(word) <= set(";|&<>"))
                yield words[: next(ends, len(words))]


def named(text: str) -> Iterator[list[str]]:
    """The commands `pinakes ...` that a page names within its lines, cut into words."""
    for line in re.findall(r"`(pinakes [^`]+)`", _FENCED.sub("", text)):
        yield shlex.split(line)[1:]


def options_by_command() -> dict[str, set[str]]:
    """All options of each command and its actions, and of none."""
    found = {"": options_of(parser())}
    for action in parser()._actions:
        if isinstance(action.choices, dict):
            found |= {name: options_of(inner) | {"--version"} for name, inner in action.choices.items()}
    return found


def test_the_reference_is_current() -> None:
    assert stale() == []


def test_the_reference_does_not_depend_on_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for columns in ("20", "400"):
        monkeypatch.setenv("COLUMNS", columns)
        assert PAGES["cli.md"]() == (REFERENCE / "cli.md").read_text(encoding="utf-8")


def test_every_page_of_the_reference_is_made_or_is_known_to_be_written_by_hand() -> None:
    assert {path.name for path in REFERENCE.glob("*.md")} - set(PAGES) <= {"query.md"}


def test_every_setting_and_limit_is_documented_and_no_other() -> None:
    plain = {row.name for row in rows() if not row.is_limit}
    assert first_cells(section("settings.md", "Settings")) == plain
    assert first_cells(section("settings.md", "Limits")) == {field.name for field in fields(Limits)}
    assert plain == {field.name for field in fields(Settings)} - {"limits"}


def test_every_variable_of_the_environment_that_is_read_is_documented() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.py"))
    read = set(re.findall(r"environ(?:\.get\(|\[)\"([A-Z_]+)\"", source)) | set(
        re.findall(r"\"([A-Z][A-Z_]+)\" in environ", source)
    )
    assert read <= set(environment())
    text = (REFERENCE / "settings.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in text for name in environment())


def test_every_command_and_every_option_is_documented() -> None:
    text = (REFERENCE / "cli.md").read_text(encoding="utf-8")
    assert re.findall(r"^## pinakes (\S+)$", text, re.M) == list(COMMANDS)
    documented = set(re.findall(r"(?<![\w-])--?[a-z][a-z0-9-]*", " ".join(first_cells(text)))) | {"--version"}
    assert documented == options_of(parser())


def test_every_exit_code_is_documented() -> None:
    known = {value for name, value in vars(errors).items() if name.startswith("EXIT_")}
    assert set(EXITS) == known
    assert {one.exit for one in classes()} <= known
    assert first_cells(section("cli.md", "Exit codes")) == {str(code) for code in known}


def test_every_error_is_documented_with_a_code_of_its_own_and_a_way_out() -> None:
    found = list(classes())
    assert first_cells((REFERENCE / "errors.md").read_text(encoding="utf-8")) == {one.code for one in found}
    assert len({one.code for one in found}) == len(found)
    assert all(one.hint and one.__doc__ for one in found)


def test_every_error_has_a_hint_also_where_none_was_given() -> None:
    assert errors.BadMedia("It is broken.").hint == errors.BadMedia.hint
    assert errors.BadMedia("It is broken.", "Mend it.").hint == "Mend it."


def test_every_encoder_and_every_published_model_is_documented() -> None:
    text = (REFERENCE / "encoders.md").read_text(encoding="utf-8")
    assert first_cells(section("encoders.md", "Encoders that are code")) == set(ENCODERS.names()) - {builtin.NAME}
    assert f"`{builtin.NAME}`" in section("encoders.md", "The built-in encoder")
    assert first_cells(section("encoders.md", "Published models")) == {model.name for model in known_models()}
    assert all(model.licence and f"`{model.repository}`" in text for model in known_models())


def test_every_metric_and_rule_of_evaluation_is_documented() -> None:
    text = (REFERENCE / "metrics.md").read_text(encoding="utf-8")
    assert {cell.partition("@")[0] for cell in first_cells(section("metrics.md", "Of ranked lists"))} == {
        *METRICS.names()
    }
    assert {cell.partition("@")[0] for cell in first_cells(section("metrics.md", "Of codes"))} == {*MEASURED}
    assert first_cells(section("metrics.md", "Ties of codes")) == {*TIES}
    assert first_cells(section("metrics.md", "Of texts")) == {*ROUGE}
    assert first_cells(section("metrics.md", "Precision over recall")) == {*INTERPOLATIONS, "radius"}
    assert all(rule in text for rule in [*RULES, BOOTSTRAP, TESTS, HOLM])


def test_every_public_name_and_method_is_documented() -> None:
    text = (REFERENCE / "python.md").read_text(encoding="utf-8")
    for name in set(pinakes.__all__) - {"__version__"}:
        assert f"\n## {name}\n" in text
        for method, value in vars(getattr(pinakes, name)).items():
            if callable(value) and not method.startswith("_"):
                assert f"\n### {name}.{method}\n" in text, f"{name}.{method}"


def test_every_name_that_can_be_asked_for_by_hand_is_public() -> None:
    assert all(getattr(pinakes, name) is not None for name in pinakes.__all__)
    with pytest.raises(AttributeError, match="nothing"):
        _ = pinakes.nothing


def test_every_field_has_a_meaning_and_every_table_and_view_is_documented() -> None:
    assert FIELDS.__len__() == len(first_cells((REFERENCE / "fields.md").read_text().partition("## ")[0]))
    assert set(schema.ABOUT) == set(METADATA.tables)
    assert set(schema.VIEW) == set(VIEWS)
    assert re.findall(r"^### (\w+)$", section("schema.md", "Tables"), re.M) == list(METADATA.tables)


def test_every_flag_is_documented() -> None:
    given = set().union(*(cleaning.told(function) for function in cleaning.flaggers().values()))
    assert set(cleaning.FLAGS) == given


@pytest.mark.parametrize("path", WRITTEN, ids=name_of)
def test_links_lead_somewhere(path: Path) -> None:
    text = prose(path)
    for link in [*_LINK.findall(text), *(a or b for a, b in _PICTURE.findall(path.read_text(encoding="utf-8")))]:
        if link.startswith(("https://", "http://", "mailto:")):
            continue
        target, _, anchor = link.partition("#")
        there = (path.parent / target).resolve() if target else path
        assert there.exists(), f"{name_of(path)} links to {link}"
        if anchor and there.suffix == ".md":
            assert anchor in anchors(there), f"{name_of(path)} links to {link}"


def test_every_page_can_be_reached_from_the_index() -> None:
    seen, ahead = set(), [DOCS / "index.md"]
    while ahead:
        path = ahead.pop()
        if path in seen or path.suffix != ".md":
            continue
        seen.add(path)
        links = (link.partition("#")[0] for link in _LINK.findall(prose(path)) if "://" not in link)
        ahead += [(path.parent / link).resolve() for link in links if link]
    assert not {name_of(path) for path in DOCS.rglob("*.md")} - {name_of(path) for path in seen}


@pytest.mark.parametrize("path", WRITTEN, ids=name_of)
def test_every_command_that_is_shown_can_be_read_by_the_parser(path: Path) -> None:
    for words in typed(path.read_text(encoding="utf-8")):
        # Capitals stand for what the reader puts there.
        words = ["1" if word in ("ID", "N") else word for word in words]
        if {"COMMAND", "ACTION", "[OPTIONS]"} & set(words):
            continue
        try:
            parser().parse_args(words)
        except (SystemExit, errors.UsageError) as end:
            pytest.fail(f"{name_of(path)} shows a command that there is not: pinakes {shlex.join(words)} ({end})")


@pytest.mark.parametrize("path", WRITTEN, ids=name_of)
def test_every_command_and_option_that_is_named_exists(path: Path) -> None:
    known = options_by_command()
    text = path.read_text(encoding="utf-8")
    for words in named(text):
        command = next((word for word in words if not word.startswith("-")), "")
        if command in ("COMMAND", "..."):
            continue
        assert command in known, f"{name_of(path)} names pinakes {command}"
        options = {word.partition("=")[0] for word in words if word.startswith("--") and word != "--"}
        assert options <= known[command], f"{name_of(path)} names {options - known[command]} of pinakes {command}"
    for option in re.findall(r"`(--[a-z][a-z0-9-]*)[^`]*`", _FENCED.sub("", text)):
        every = set().union(*known.values()) | FOREIGN_OPTIONS
        assert option in every, f"{name_of(path)} names {option}"


@pytest.mark.parametrize("path", WRITTEN, ids=name_of)
def test_every_setting_that_is_named_exists(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    named = set(re.findall(r"--set[ =]'?([a-z_]+)=", text))
    # A page may show how a wrong name is answered.
    refused = set(re.findall(r"There is no setting named ([a-z_]+)", text))
    assert named - refused <= {row.name for row in rows()}, name_of(path)
    variables = set(re.findall(r"\bPINAKES_[A-Z_]+\b", text)) - {"PINAKES_TEST_POSTGRES"}
    assert variables <= set(environment()), name_of(path)


@pytest.mark.parametrize("path", WRITTEN, ids=name_of)
def test_every_model_that_is_to_be_fetched_or_used_exists(path: Path) -> None:
    # A capital, a slash or a dot: what the reader puts there, a repository, a folder.
    named = re.findall(
        r"pinakes models (?:pull|use)(?: --\w+)* ([a-z0-9][a-z0-9-]*)(?![\w/.])", path.read_text(encoding="utf-8")
    )
    known = {model.name for model in known_models()} | set(ENCODERS.names()) | {"lsa", "greys"}
    assert set(named) <= known, name_of(path)


# Hosts that the repository may name, and where: anywhere, or in files that begin with one of these.
HOSTS: dict[str, tuple[str, ...]] = {
    "127.0.0.1": ("",),
    "example.org": ("",),
    "huggingface.co": ("src/pinakes/settings.py", "docs/reference/settings.md"),
    "semver.org": ("CHANGELOG.md",),
    "www.apache.org": ("LICENSE",),
    # Names of vocabularies in XML, never asked for anything.
    "ns.adobe.com": ("src/", "tests/"),
    "purl.org": ("src/", "tests/"),
    "iiif.io": ("src/", "tests/", "docs/how-to/protocols.md"),
    "creativecommons.org": ("tests/",),
    "rightsstatements.org": ("tests/",),
    "www.idpf.org": ("src/", "tests/"),
    "www.openarchives.org": ("src/", "tests/"),
    "www.w3.org": ("src/", "tests/"),
    # Made up by tests.
    "x": ("tests/",),
    "a.b": ("tests/",),
    "evil.example": ("tests/",),
}


def tracked() -> list[Path]:
    """The text files of the repository."""
    folders = [path for name in ("src", "docs", "tests", "benchmarks", ".ci") for path in (ROOT / name).rglob("*")]
    return [
        path
        for path in [*folders, *ROOT.iterdir()]
        if path.is_file() and path.suffix in {".py", ".md", ".toml", ".txt", ".sh", "", ".yml", ".in"}
    ]


def test_no_file_names_a_host_or_a_folder_that_is_no_business_of_its_readers() -> None:
    wrong = []
    for path in tracked():
        text, where = path.read_text(encoding="utf-8", errors="replace"), name_of(path)
        for host in re.findall(r"https?://([A-Za-z0-9.-]+)", text):
            # Names that end so are for documentation, and lead nowhere.
            if not host.endswith(".example") and not where.startswith(HOSTS.get(host, ("\0",))):
                wrong.append(f"{where} names the host {host}")
        # Spelled so that this file does not hold what it looks for.
        for word in ("../sha" + "red", "/home" + "/", "/root" + "/", "/opt/py" + "pi", "/opt/whe" + "els"):
            if word in text:
                wrong.append(f"{where} names {word}")
    assert not wrong, "\n".join(wrong)


def test_charts_show_each_engine_that_was_measured_and_turn_dark_by_themselves() -> None:
    drawn = charts()
    for name in ("peers", "peers-large"):
        told = json.loads((FIGURES / f"{name}.json").read_text(encoding="utf-8"))["figures"]
        engines = {figure.split(", ")[1] for figure in told if figure.endswith("build")}
        svg = drawn[f"{name}.svg"]
        assert {engine for engine in engines if f">{engine}<" in svg} == engines
        assert "prefers-color-scheme:dark" in svg and svg.count("<svg") == 1
        ElementTree.fromstring(svg)


def test_a_chart_that_is_not_what_its_figures_make_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("docs.build.charts", lambda: {"peers.svg": "<svg>another</svg>"})
    found = [line for line in stale() if "images" in line]
    assert "docs/images/peers.svg is stale" in found and "docs/images/peers-large.svg is stale" in found


def test_response_times_are_drawn_from_what_the_command_printed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("docs.charts.FIGURES", tmp_path)
    assert charts() == {}
    records = "".join(json.dumps(record) + "\n" for record in demonstration.cost().records())
    (tmp_path / "response.jsonl").write_text(records, encoding="utf-8")
    assert ">precise, p95<" in charts()["response.svg"]
