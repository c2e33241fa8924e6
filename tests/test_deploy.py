"""What deployment promises: files that are well formed, name what there is, and give away as little as they say.

No container engine is needed: files are read as their formats have them, and systemd's own check runs where it is.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml
from starlette.testclient import TestClient

from pinakes.cli.main import parser
from pinakes.library import Library
from pinakes.settings import rows
from pinakes.web.app import application

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
INSTRUCTIONS = {
    "FROM", "WORKDIR", "COPY", "RUN", "ENV", "USER", "VOLUME", "EXPOSE", "STOPSIGNAL", "HEALTHCHECK", "ENTRYPOINT",
    "CMD",
}  # fmt: skip
VARIABLES = {f"PINAKES_{row.name.upper()}" for row in rows()}
# Variables of the compose file's own reader.
OF_COMPOSE = {"LIBRARY_MEDIA", "POSTGRES_PASSWORD"}


def instructions() -> list[tuple[str, str]]:
    """The instructions of the Dockerfile with what they are told."""
    text = "\n".join(line for line in (ROOT / "Dockerfile").read_text().splitlines() if not line.startswith("#"))
    lines = [line for line in text.replace("\\\n", " ").splitlines() if line.strip()]
    return [(name, told.strip()) for name, _, told in (line.strip().partition(" ") for line in lines)]


def last_stage() -> dict[str, list[str]]:
    """The instructions of the stage that runs, by name."""
    told = instructions()
    begin = max(place for place, (name, _) in enumerate(told) if name == "FROM")
    found: dict[str, list[str]] = {}
    for name, value in told[begin:]:
        found.setdefault(name, []).append(value)
    return found


def test_the_dockerfile_has_known_instructions_and_images_with_tags() -> None:
    told = instructions()
    assert {name for name, _ in told} <= INSTRUCTIONS
    images = [value.split()[0] for name, value in told if name == "FROM"]
    assert images and all(re.fullmatch(r"python:3\.\d+-slim", image) for image in images)
    wanted = re.search(r'requires-python = ">=3\.(\d+)"', (ROOT / "pyproject.toml").read_text())
    assert wanted and all(int(image.split(".")[1].split("-")[0]) >= int(wanted[1]) for image in images)


def test_what_the_dockerfile_copies_is_there_and_is_handed_to_it() -> None:
    ignored = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and line[0] != "#"]
    for name, value in instructions():
        if name != "COPY" or value.startswith("--from="):
            continue
        *sources, _ = value.split()
        for source in sources:
            assert (ROOT / source).exists()
            last = [rule for rule in ignored if fnmatch(source, rule.lstrip("!"))][-1]
            assert last.startswith("!"), f"{source} is ignored"


def test_what_runs_is_no_root_has_one_volume_and_says_whether_it_is_well() -> None:
    stage = last_stage()
    (user,) = stage["USER"]
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", user)
    (volume,) = stage["VOLUME"]
    variables = dict(re.findall(r"(\w+)=(\S+)", " ".join(stage["ENV"])))
    assert {name for name in variables if name.startswith("PINAKES_")} <= VARIABLES
    places = [variables[name] for name in ("HOME", "PINAKES_LIBRARY", "PINAKES_MODELS")]
    assert all(place == volume or place.startswith(f"{volume}/") for place in places)
    assert variables["PINAKES_PORT"] == stage["EXPOSE"][0]
    words = json.loads(stage["ENTRYPOINT"][0]) + json.loads(stage["CMD"][0])
    assert words[0] == "pinakes"
    parser().parse_args(words[1:])
    program, flag, source = json.loads(stage["HEALTHCHECK"][0].partition("CMD ")[2])
    assert (program, flag) == ("python", "-c")
    assert f"127.0.0.1:{variables['PINAKES_PORT']}" in source


def test_the_check_of_the_container_fails_where_nothing_answers() -> None:
    source = json.loads(last_stage()["HEALTHCHECK"][0].partition("CMD ")[2])[2]
    # Port 9 is that of a service which nobody runs any more.
    source = source.replace(":8642", ":9").replace("connect('", "connect(patience=P(1), address='")
    done = subprocess.run(
        [sys.executable, "-c", f"from pinakes.client.wire import Patience as P; {source}"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1 and "ServerUnreachable" in done.stderr


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    """Whoever watches over an empty library, on its own machine."""
    with (
        Library.open(tmp_path, create=True) as library,
        TestClient(application(library, "127.0.0.1"), "http://127.0.0.1:8642") as found,
    ):
        yield found


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    """The compose file."""
    found: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
    return found


def test_services_name_only_what_the_compose_file_has(compose: dict[str, Any]) -> None:
    assert set(compose) == {"services", "networks", "volumes"}
    for service in compose["services"].values():
        assert set(service["networks"]) <= set(compose["networks"])
        assert set(service.get("depends_on", ())) <= set(compose["services"])
        for waited, how in service.get("depends_on", {}).items():
            assert how == {"condition": "service_healthy"} and "healthcheck" in compose["services"][waited]
        named = {volume.partition(":")[0] for volume in service["volumes"]}
        assert {one for one in named if not one.startswith("$")} <= set(compose["volumes"])
        assert ":" in service["image"]


def test_services_have_no_more_rights_than_they_need(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        assert service["read_only"] is True
        assert "no-new-privileges:true" in service["security_opt"]
        assert not {"privileged", "network_mode", "pid", "devices", "cap_add"} & set(service)
    ours, database = compose["services"]["pinakes"], compose["services"]["database"]
    assert ours["cap_drop"] == ["ALL"]
    assert ours["user"] == last_stage()["USER"][0]
    assert any(one.partition(":")[0] == "/tmp" for one in ours["tmpfs"])
    # From this machine alone, where TLS ends; the database is reached by nobody else.
    assert ours["ports"] == ["127.0.0.1:8642:8642"] and "ports" not in database
    assert database["networks"] == ["back"] and compose["networks"]["back"]["internal"] is True


def test_what_the_compose_file_sets_are_settings(compose: dict[str, Any]) -> None:
    told = compose["services"]["pinakes"]["environment"]
    assert {name for name in told if name.startswith("PINAKES_")} <= VARIABLES
    assert set(re.findall(r"\$\{(\w+)", (ROOT / "compose.yaml").read_text())) <= VARIABLES | OF_COMPOSE
    (front,) = compose["networks"]["front"]["ipam"]["config"]
    assert told["PINAKES_PROXIES"] == front["gateway"]
    secret = compose["services"]["database"]["environment"]["POSTGRES_PASSWORD"]
    assert told["PGPASSWORD"] == secret and secret.startswith("${POSTGRES_PASSWORD:?")


def unit() -> dict[str, list[str]]:
    """The directives of the unit by name."""
    found: dict[str, list[str]] = {}
    for line in (DEPLOY / "pinakes.service").read_text().splitlines():
        if line and not line.startswith(("#", "[")):
            name, _, value = line.partition("=")
            found.setdefault(name, []).append(value)
    return found


def test_the_unit_runs_a_command_that_there_is_and_names_settings() -> None:
    told = unit()
    parser().parse_args(told["ExecStart"][0].split()[1:])
    names = {value.partition("=")[0] for value in told["Environment"]}
    assert {name for name in names if name.startswith("PINAKES_")} <= VARIABLES
    assert told["User"] != ["root"]
    assert (told["ProtectSystem"], told["NoNewPrivileges"], told["CapabilityBoundingSet"]) == (
        ["strict"],
        ["yes"],
        [""],
    )
    assert all(
        value.partition("=")[2].startswith(f"/var/lib/{told['StateDirectory'][0]}") for value in told["Environment"]
    )


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze")
def test_systemd_takes_the_unit_and_finds_it_little_exposed(tmp_path: Path) -> None:
    place = tmp_path / "pinakes.service"
    text = (DEPLOY / "pinakes.service").read_text()
    # It looks for the program; here another stands for it.
    place.write_text(text.replace("/opt/pinakes/bin/pinakes", sys.executable))

    def told(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(["systemd-analyze", *words, str(place)], capture_output=True, text=True)

    done = told("verify")
    assert (done.returncode, done.stderr) == (0, "")
    found = told("security", "--offline=yes", "--no-pager", "--threshold=20")
    assert found.returncode == 0, found.stdout[-300:]


def test_every_metric_is_documented_and_no_other(client: TestClient) -> None:
    told = client.get("/metrics").text
    page = (ROOT / "docs" / "how-to" / "deploy.md").read_text()
    rows = "".join(line.split("|")[1] for line in page.splitlines() if line.startswith("| `pinakes_"))
    assert set(re.findall(r"`(\w+)`", rows)) == set(re.findall(r"^# TYPE (\w+)", told, re.M))


def test_proxies_say_who_asks_and_keep_metrics_to_this_machine() -> None:
    nginx = (DEPLOY / "nginx.conf").read_text()
    told = re.sub(r"#.*", "", nginx)
    assert told.count("{") == told.count("}")
    assert all(line.rstrip().endswith(("{", "}", ";")) for line in told.splitlines() if line.strip())
    for header in ("Host $host", "X-Forwarded-For $remote_addr", "X-Forwarded-Proto $scheme"):
        assert f"proxy_set_header {header};" in told
    assert re.search(r"location = /metrics \{\s+return 404;", told)
    size = re.search(r"client_max_body_size (\d+)m;", told)
    most = next(row.default for row in rows() if row.name == "max_upload_bytes")
    assert size and most < int(size[1]) << 20
    caddy = (DEPLOY / "Caddyfile").read_text()
    assert caddy.count("{") == caddy.count("}") and "respond /metrics 404" in caddy
    assert f"max_size {size[1]}MB" in caddy
