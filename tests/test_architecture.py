"""The shape of the code base: direction of imports, size of modules and functions, what must not be there."""

from __future__ import annotations

import ast
import re
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "pinakes"
GROUND = (
    "errors",
    "interrupts",
    "durations",
    "limits",
    "types",
    "registry",
    "storage",
    "settings",
    "threads",
    "children",
    "kept",
)
ROOMS = (
    *GROUND,
    "client",
    "words",
    "media",
    "metrics",
    "encoders",
    "catalogue",
    "index",
    "sources",
    "search",
    "ingest",
    "learn",
    "evaluate",
    "library",
    "accounts",
    "tasks",
    "web",
    "cli",
)
LONGEST_MODULE, LONGEST_FUNCTION = 400, 60
MEDIAN_MODULE, MEDIAN_FUNCTION = 160, 12

# A longer function or module, each with its reason.
EXEMPT: dict[str, str] = {"library/facade.py": "one method for each thing that a user does with a library"}

# The tiers of the web application, from the library upwards.
TIERS = ("logic", "speech", "http", "api", "pages", "app", "serve", "handing", "processes")
# Libraries of HTTP and of templates, which the business logic knows nothing of.
OF_HTTP = re.compile(r"^\s*(?:import|from) (?:starlette|uvicorn|jinja2|http|urllib)\b", re.M)

# Heavy parts load when they are used, never with the package or the command line.
HEAVY = {
    "numpy",
    "sqlalchemy",
    "faiss",
    "onnxruntime",
    "PIL",
    "av",
    "torch",
    "soundfile",
    "tokenizers",
    "openvino",
    "matplotlib",
    "starlette",
    "uvicorn",
    "jinja2",
}

FORBIDDEN = {
    "pickle": re.compile(r"^\s*(?:import|from)\s+(?:pickle|marshal|shelve|dill|cloudpickle)\b", re.M),
    "eval or exec": re.compile(r"(?<![\w.])(?:eval|exec)\("),
    "a shell": re.compile(r"shell\s*=\s*True"),
    "allow_pickle": re.compile(r"allow_pickle\s*=\s*True"),
    "print": re.compile(r"(?<![\w.])print\("),
    "sys.exit": re.compile(r"\bsys\.exit\("),
    "assert": re.compile(r"^\s*assert\b", re.M),
    "process-wide switch": re.compile(r"LOAD_TRUNCATED_IMAGES\s*=|MAX_IMAGE_PIXELS\s*=|filterwarnings\("),
}


def modules() -> list[Path]:
    """All modules of the package."""
    return sorted(SOURCE.rglob("*.py"))


def name_of(path: Path) -> str:
    """A module's path below the package."""
    return path.relative_to(SOURCE).as_posix()


def room_of(path: Path) -> str:
    """The room in which a module lies."""
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def imports(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """The modules of the package that a module imports, with the lines, wherever in it they stand."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("pinakes"):
            if node.module == "pinakes":
                yield from ((f"pinakes.{alias.name}", node.lineno) for alias in node.names)
            else:
                yield node.module, node.lineno
        elif isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names if alias.name.startswith("pinakes."))


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """All functions and methods of a module."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function."""
    return (node.end_lineno or node.lineno) - node.lineno + 1


def test_every_room_has_its_floor() -> None:
    assert {room_of(path) for path in modules()} <= {*ROOMS, "__init__", "__main__"}


def test_imports_point_down_and_never_up() -> None:
    wrong = []
    for path in modules():
        room = room_of(path)
        if room in ("__init__", "__main__"):
            continue
        for target, line in imports(ast.parse(path.read_text(encoding="utf-8"))):
            other = target.split(".")[1]
            if other == "__version__":
                continue
            if ROOMS.index(other) > ROOMS.index(room):
                wrong.append(f"{name_of(path)}:{line} imports {target}")
    assert not wrong, "\n".join(wrong)


def test_the_tiers_of_the_web_application_lie_on_each_other() -> None:
    wrong = []
    for path in sorted((SOURCE / "web").rglob("*.py")):
        tier = path.relative_to(SOURCE / "web").parts[0].removesuffix(".py")
        if tier == "__init__":
            continue
        for target, line in imports(ast.parse(path.read_text(encoding="utf-8"))):
            pieces = target.split(".")
            if pieces[1] == "web" and TIERS.index(pieces[2]) > TIERS.index(tier):
                wrong.append(f"{name_of(path)}:{line} imports {target}")
        if tier in ("logic", "speech") and OF_HTTP.search(path.read_text(encoding="utf-8")):
            wrong.append(f"{name_of(path)} knows of HTTP")
    assert not wrong, "\n".join(wrong)


def test_scripts_of_pages_are_short_and_import_nothing_but_each_other() -> None:
    scripts = sorted((SOURCE / "web" / "static").glob("*.js"))
    texts = {path.name: path.read_text(encoding="utf-8") for path in scripts}
    assert all(text.count("\n") <= 250 for text in texts.values())
    assert sum(text.count("\n") for text in texts.values()) <= 2_500
    imported = {name for text in texts.values() for name in re.findall(r'^import .* from "([^"]+)"', text, re.M)}
    assert imported <= {f"./{name}" for name in texts}
    assert "http" not in "".join(texts.values())


def test_sheets_of_pages_are_short_and_know_no_left_or_right() -> None:
    texts = {path.name: path.read_text(encoding="utf-8") for path in (SOURCE / "web" / "static").glob("*.css")}
    assert sum(text.count("\n") for text in texts.values()) <= 1_200
    assert all(len(line) <= 120 for text in texts.values() for line in text.splitlines())
    sided = re.compile(r"(?<![\w-])(?:margin-|padding-|border-)?(?:left|right)\b(?:-[a-z]+)*\s*:|:\s*(?:left|right)\b")
    assert {name: sided.findall(text) for name, text in texts.items() if sided.search(text)} == {}
    # Four values of one property: those of the second and the fourth place are sides.
    four = re.compile(r"(?:padding|margin):\s*([\w.-]+) ([\w.-]+) ([\w.-]+) ([\w.-]+);")
    assert [found for text in texts.values() for found in four.findall(text) if found[1] != found[3]] == []


def test_no_module_and_no_function_is_longer_than_a_reader_likes() -> None:
    wrong = []
    for path in modules():
        text = path.read_text(encoding="utf-8")
        lines = text.count("\n")
        if lines > LONGEST_MODULE and name_of(path) not in EXEMPT:
            wrong.append(f"{name_of(path)} has {lines} lines")
        for function in functions(ast.parse(text)):
            where = f"{name_of(path)}:{function.name}"
            if length(function) > LONGEST_FUNCTION and where not in EXEMPT:
                wrong.append(f"{where} has {length(function)} lines")
    assert not wrong, "\n".join(wrong)


def test_the_median_module_and_function_are_short() -> None:
    texts = [path.read_text(encoding="utf-8") for path in modules() if path.name != "__init__.py"]
    assert statistics.median(text.count("\n") for text in texts) <= MEDIAN_MODULE
    lengths = [length(function) for text in texts for function in functions(ast.parse(text))]
    assert statistics.median(lengths) <= MEDIAN_FUNCTION


def test_exemptions_are_still_needed() -> None:
    for where in EXEMPT:
        assert (SOURCE / where.partition(":")[0]).exists(), f"{where} is exempt but gone"


@pytest.mark.parametrize("what", FORBIDDEN)
def test_what_has_no_place_in_the_library_is_not_there(what: str) -> None:
    allowed = {"print": ("cli/",)}.get(what, ())
    found = [
        name_of(path)
        for path in modules()
        if not name_of(path).startswith(allowed or ("\0",)) and FORBIDDEN[what].search(path.read_text(encoding="utf-8"))
    ]
    assert not found, f"{what} in {found}"


def loaded_by(statement: str) -> set[str]:
    """The modules that a fresh interpreter has loaded after a statement."""
    code = f"{statement}; import sys; sys.stdout.write(' '.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_importing_the_package_loads_nothing_heavy() -> None:
    assert not loaded_by("import pinakes") & HEAVY


def test_a_program_that_asks_a_server_loads_nothing_heavy() -> None:
    assert not loaded_by("import pinakes.client") & {*HEAVY, "pinakes.library", "pinakes.web"}


def test_the_parser_of_the_command_line_loads_nothing_heavy() -> None:
    assert not loaded_by("from pinakes.cli.main import parser; parser()") & HEAVY


def test_what_searches_words_loads_nothing_that_encodes_or_decodes() -> None:
    loaded = loaded_by("import pinakes.cli.search, pinakes.library")
    # Numbers and the catalogue it can not do without.
    assert not loaded & (HEAVY - {"numpy", "sqlalchemy"})
    assert not [name for name in loaded if name.startswith(("pinakes.media.base", "pinakes.encoders.hub"))]


def test_no_room_but_learn_needs_torch() -> None:
    wrong = [
        name_of(path)
        for path in modules()
        if room_of(path) != "learn"
        and re.search(r"^\s*(?:import|from) torch\b", path.read_text(encoding="utf-8"), re.M)
    ]
    assert not wrong


def test_nothing_tells_where_it_was_made() -> None:
    root = SOURCE.parents[1]
    tracked = [path for folder in ("src", "docs", "tests", "benchmarks") for path in (root / folder).rglob("*")]
    tracked += [path for path in root.iterdir() if path.is_file()]
    # Spelled so that this file does not hold what it looks for.
    told = re.compile("/wor" + "k/|\\.libra" + "ry/|farm-" + "(?:bench|studio)|bash_" + "jobs")
    wrong = [
        str(path.relative_to(root))
        for path in tracked
        if path.suffix in {".py", ".md", ".toml", ".txt", ".sh", "", ".yml"}
        and path.is_file()
        and told.search(path.read_text(encoding="utf-8", errors="replace"))
    ]
    assert not wrong
