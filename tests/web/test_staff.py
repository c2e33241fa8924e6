"""Pages of the administration about models, trainings, measurements, upkeep, settings and health, as staff see them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from starlette.testclient import TestClient

from pinakes.accounts import audit
from pinakes.encoders.builtin import files
from pinakes.library import Library, reports, runs
from pinakes.library.forms import forms
from pinakes.library.paths import SETTINGS
from pinakes.tasks.worker import work
from pinakes.web.app import application
from tests.library.test_adding import RED, picture
from tests.library.test_reports import fill
from tests.web.conftest import HOST
from tests.web.test_pages import Page

PAGES = (
    "/admin/models",
    "/admin/training",
    "/admin/training/new",
    "/admin/training/new?kind=tune&method=pinakes",
    "/admin/evaluation",
    "/admin/desk",
    "/admin/desk?q=dark",
    "/admin/duplicates",
    "/admin/orphans",
    "/admin/settings",
    "/admin/health",
)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    place = tmp_path_factory.mktemp("staff")
    # What the built-in encoder finds by looks differs from one version to the next.
    patch = pytest.MonkeyPatch()
    patch.setattr(files, "FOLDER", place / "nothing")
    given = {"decoders": 1, "threads": 1, "hub": "http://127.0.0.1:9", "models": str(place / "models")}
    with Library.open(place / "library", create=True, settings=given) as made:
        fill(made, place)
        yield made
    patch.undo()


@pytest.fixture(scope="module")
def client(library: Library) -> Iterator[TestClient]:
    app = application(library, "127.0.0.1")
    with TestClient(app, HOST, raise_server_exceptions=False, follow_redirects=False) as one:
        yield one


def post(client: TestClient, path: str, told: Mapping[str, str] | None = None) -> str:
    """What a form leads to."""
    answer = client.post(path, data=dict(told or {}))
    assert answer.status_code == 303, re.findall(r'role="alert">(.*?)</div>', answer.text, re.S) or answer.text
    return str(answer.headers["location"])


def worked(library: Library) -> None:
    """Do what was asked for."""
    work(library.folder, library.settings, until_empty=True)


def logged(library: Library, action: str) -> list[str]:
    with library.catalogue.reading() as connection:
        return [one.subject for one in audit.entries(connection, action=action)]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("address", PAGES)
def test_every_page_is_well_formed_labelled_and_without_inline_script_or_style(
    client: TestClient, address: str, language: str
) -> None:
    answer = client.get(address, headers={"accept-language": language})
    assert answer.status_code == 200, answer.text
    page = Page(answer.text)
    assert page.wrong == []
    assert not page.all("style") and not [one for _, one in page.tags if "style" in one or "onclick" in one]
    for one in page.all("input") + page.all("select"):
        labelled = one.get("type") in ("hidden", "radio", "checkbox") or "aria-label" in one or "id" in one
        assert labelled or f'name="{one["name"]}"' in answer.text.partition("<label")[2], one
    ids = [one["id"] for _, one in page.tags if "id" in one]
    assert len(ids) == len(set(ids))
    assert page.all("html")[0]["lang"] == language
    assert not re.search(r"\{\w+\}", re.sub(r'data-[a-z]+="[^"]*"', "", answer.text.partition("<main")[2]))


def test_a_setting_that_may_change_is_in_force_at_once_and_the_log_tells_it(
    client: TestClient, library: Library
) -> None:
    assert post(client, "/admin/settings", {"name": "page_hits", "value": "7"}) == "/admin/settings?done=page_hits"
    assert library.settings.page_hits == 7
    assert "page_hits is saved" in client.get("/admin/settings?done=page_hits").text
    post(client, "/admin/settings", {"name": "page_hits", "usual": "1", "value": "9"})
    assert library.settings.page_hits == 24
    assert logged(library, "settings.changed") == ["page_hits", "page_hits"]


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("page_hits", "none", "whole number"),
        ("page_hits", "0", "at least 1"),
        ("fusion", "magic", "can not be"),
        ("downloads", "cc=everybody", "no rule for downloads"),
        ("passage_chars", "5", "can not be changed here"),
        ("hub", "http://hub.example", "can not be changed here"),
        ("nothing", "5", "no setting named nothing"),
        ("", "", "no setting named"),
    ],
)
def test_a_value_that_is_refused_is_told_at_its_field(
    client: TestClient, library: Library, name: str, value: str, says: str
) -> None:
    before = (library.folder / SETTINGS).read_text() if (library.folder / SETTINGS).exists() else ""
    answer = client.post("/admin/settings", data={"name": name, "value": value})
    assert answer.status_code in (400, 403)
    place = (
        answer.text.partition(f'id="about-{name}"')[2][:400]
        if name not in ("", "nothing", "passage_chars", "hub")
        else ""
    )
    assert says in (place or answer.text).replace("&#39;", "'")
    after = (library.folder / SETTINGS).read_text() if (library.folder / SETTINGS).exists() else ""
    assert before == after


def test_a_model_is_fetched_after_its_licence_was_read_and_without_a_network_it_says_so(
    client: TestClient, library: Library
) -> None:
    assert client.post("/admin/models/pull", data={"model": "clip-vit-b32"}).status_code == 400
    assert post(client, "/admin/models/pull", {"model": "clip-vit-b32", "sure": "yes"}) == "/admin/models"
    worked(library)
    row = client.get("/admin/models").text.partition('id="model-clip-vit-b32"')[2].partition("</tr>")[0]
    assert "127.0.0.1:9" in row
    assert "I have read the licence: " in row


def test_only_models_that_lie_ready_are_used(client: TestClient, library: Library, tmp_path: Path) -> None:
    for name in (str(tmp_path), "clip-vit-b32", "../x", ""):
        answer = client.post("/admin/models/use", data={"model": name})
        assert answer.status_code == 404 and "lies ready here" in answer.text
    post(client, "/admin/models/use", {"model": "colour", "beside": "1"})
    worked(library)
    row = client.get("/admin/models").text.partition('id="model-colour"')[2].partition("</tr>")[0]
    assert "errand done" in row


def form_of(client: TestClient, address: str) -> dict[str, str]:
    """What a browser would send of the form of a new run as it stands."""
    text = client.get(address).text.partition('<form class="knobs"')[2].partition("</form>")[0]
    told: dict[str, str] = {}
    for name, attributes in Page(text).tags:
        if name == "input" and attributes.get("name"):
            ticked = attributes.get("type") not in ("checkbox", "radio") or "checked" in attributes
            if ticked:
                told[str(attributes["name"])] = str(attributes.get("value") or "")
    for name, inner in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', text, re.S):
        values = re.findall(r'<option(?: value="([^"]*)")?( selected)?>([^<]*)', inner)
        chosen = next((one for one in values if one[1]), values[0])
        told[name] = chosen[0] or chosen[2]
    return told


@pytest.mark.slow
def test_a_training_begins_from_its_form_shows_its_curve_and_is_removed(client: TestClient, library: Library) -> None:
    # Asked for beforehand: where the machine is busy, this takes longer than a request may.
    forms()
    told = form_of(client, "/admin/training/new?method=hyperplanes")
    assert told["method"] == "hyperplanes" and told["image.used"] == "1" and "audio.used" not in told
    small = {"name": "codes", "image.side": "16", "image.width": "0.25", "method.bits": "8", "text.least": "1"}
    small |= {"split.validation": "0.25", "split.query": "0.25", "train.threads": "1", "train.epochs": "1"}
    assert post(client, "/admin/training", told | small) == "/admin/training/codes"
    assert runs.run(library, "codes").tables["method"] == {"name": "hyperplanes", "bits": 8}
    page = client.get("/admin/training/codes").text
    assert "waiting" in page and "data-moving" in page
    worked(library)
    live = client.get("/admin/training/codes?part=live").text
    assert "<html" not in live and "data-moving" not in live
    assert re.search(r"<(polyline|circle) class=\"[^\"]*l1\"", live), live
    assert "Search the library by it" in client.get("/admin/training/codes").text
    assert "1 of 1 epochs" in client.get("/admin/training").text
    assert client.post("/admin/training/codes/remove").status_code == 400
    post(client, "/admin/training/codes/remove", {"sure": "yes"})
    assert client.get("/admin/training/codes").status_code == 404
    assert logged(library, "run.removed") == ["run codes"]


def test_what_is_wrong_with_a_run_is_told_at_its_field(client: TestClient, library: Library) -> None:
    told = form_of(client, "/admin/training/new?kind=tune&method=dcmh")
    bad = {"name": "bad", "train.epochs": "many", "method.bits": "", "space.1": "method.bits", "values.1": ""}
    answer = client.post("/admin/training", data=told | bad)
    assert answer.status_code == 400
    for key in ("train.epochs", "method.bits"):
        assert 'class="wrong"' in answer.text.partition(f'id="wrong-{key}"')[2].partition("</p>")[0]
    assert "Name values" in answer.text
    for value, said in (("0", "bits must be from 1 to 1024, not 0"), ("1e9", "bits must be a whole number")):
        answer = client.post("/admin/training", data=told | {"name": "bad", "method.bits": value})
        assert answer.status_code == 400
        assert said in answer.text.partition('id="wrong-method.bits"')[2].partition("</p>")[0]
    bad = {"name": "bad", "space.1": "method.dropout", "values.1": "0.1 to 1.5", "space.2": "method.bits"}
    answer = client.post("/admin/training", data=told | bad | {"values.2": "16, 2048"})
    assert "dropout must be from 0 to below 1, not 1.5" in answer.text
    assert "bits must be from 1 to 1024, not 2048" in answer.text
    assert client.post("/admin/training", data=told | {"name": "Bad Name"}).status_code == 400
    none = {name: value for name, value in told.items() if not name.endswith(".used")}
    assert "Nothing is chosen to learn from" in client.post("/admin/training", data=none | {"name": "none"}).text
    assert runs.runs(library) == []


def test_a_search_for_settings_is_stopped_and_goes_on(client: TestClient, library: Library) -> None:
    told = form_of(client, "/admin/training/new?kind=tune&method=hyperplanes")
    told |= {"name": "search", "tune.sampler": "grid", "space.1": "method.bits", "values.1": "8, 16"}
    post(client, "/admin/training", told)
    assert runs.run(library, "search").tables["tune"] == {"sampler": "grid", "space": {"method.bits": [8, 16]}}
    post(client, "/admin/training/search/stop")
    assert "stopped" in client.get("/admin/training/search").text
    worked(library)
    post(client, "/admin/training/search/go-on")
    assert "data-moving" in client.get("/admin/training/search").text
    assert client.post("/admin/training/search/remove", data={"sure": "yes"}).status_code == 409
    post(client, "/admin/training/search/stop")
    post(client, "/admin/training/search/remove", {"sure": "yes"})
    assert client.post("/admin/training/search/go-on").status_code == 404


def test_without_what_training_needs_the_way_to_it_is_told(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pinakes.learn.extra.find_spec", lambda _: None)
    for address in ("/admin/training", "/admin/training/new"):
        text = client.get(address).text
        assert "pinakes[train]" in text and '<form class="knobs"' not in text


def test_the_search_is_measured_and_its_report_opened_where_nothing_can_run(
    client: TestClient, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reports, "find_spec", lambda _: None)
    refused = client.post("/admin/evaluation", data={"by": "stars"})
    assert refused.status_code == 404 and "Nothing is measured by stars" in refused.text
    told = {"by": "labels", "label": "labels", "metrics": "mrr", "sample": "2", "mode.quick": "1"}
    assert post(client, "/admin/evaluation", told) == "/admin/evaluation"
    worked(library)
    name = reports.reports(library)[0].name
    assert f'href="/admin/evaluation/{name}"' in client.get("/admin/evaluation").text
    page = client.get(f"/admin/evaluation/{name}")
    assert Page(page.text).wrong == [] and "mrr" in page.text and "chance" in page.text
    assert client.get(f"/admin/evaluation/{name}/report").status_code == 404
    (library.folder / reports.FOLDER / f"{name}.html").write_text("<script>alert(1)</script>")
    whole = client.get(f"/admin/evaluation/{name}/report")
    assert whole.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert "allow-scripts" not in whole.headers["content-security-policy"]
    assert client.get(f"/admin/evaluation/{name}/figures/json").json()["kind"] == "labels"
    assert "attachment" in client.get(f"/admin/evaluation/{name}/figures/csv").headers["content-disposition"]
    assert client.get(f"/admin/evaluation/{name}/figures/exe").status_code == 404
    assert logged(library, "export.figures") == [f"report {name}"] * 2
    assert client.get("/admin/evaluation/..%2F..%2Fsettings").status_code == 404
    post(client, f"/admin/evaluation/{name}/remove", {"sure": "yes"})
    assert reports.reports(library) == []


def test_a_judge_grades_a_pool_and_is_led_on(client: TestClient, library: Library) -> None:
    pool = re.findall(r'<li id="item-(\d+)"', client.get("/admin/desk?q=dark").text)
    assert len(pool) > 2
    location = post(client, "/admin/desk", {"q": "dark", "item": pool[0], "grade": "3"})
    assert urlsplit(location).fragment == f"item-{pool[1]}"
    text = client.get("/admin/desk?q=dark").text
    assert f"{len(pool) - 1} of {len(pool)} are not judged yet" in text
    assert 'value="3" class="second" aria-pressed="true"' in text
    library.desk.judge("ann", "dark", int(pool[0]), 3)
    library.desk.judge("ann", "dark", int(pool[1]), 0)
    post(client, "/admin/desk", {"q": "dark", "item": pool[1], "grade": "0"})
    listed = client.get("/admin/desk").text
    assert "ann, local" in listed and "1.00" in listed
    post(client, "/admin/desk", {"q": "dark", "item": pool[0], "grade": "none"})
    assert [one.item for one in library.desk.judgements() if one.judge == "local"] == [int(pool[1])]
    for wrong in ({"q": "dark", "item": pool[0], "grade": "7"}, {"q": "", "item": pool[0], "grade": "1"}):
        assert client.post("/admin/desk", data=wrong).status_code in (400, 404)


API = "/api/v1"


def test_programs_list_models_and_coverage_and_ask_for_what_pages_ask_for(client: TestClient) -> None:
    told = client.get(f"{API}/models").json()
    assert {"name", "licence", "installed", "megabytes"} <= told["models"][0].keys()
    assert client.get(f"{API}/coverage").json()["spaces"] == told["spaces"]
    assert client.post(f"{API}/models/pull", json={"model": "nothing"}).status_code == 404
    assert client.post(f"{API}/models/use", json={"model": "a", "run": "b"}).json()["error"]["code"] == "usage"
    assert client.post(f"{API}/models/use", json={"model": "/etc"}).status_code == 404
    methods = client.get(f"{API}/methods").json()
    assert "dcmh" in [one["name"] for one in methods["methods"]] and methods["networks"]


def test_programs_begin_stop_and_remove_runs_but_name_no_file_of_the_server(
    client: TestClient, library: Library
) -> None:
    tables = {"method": {"name": "hyperplanes"}, "image": {"network": "mobilenet_v1", "side": 16}}
    for change in (
        {"data": {"folder": "/etc"}},
        {"data": {"library": "/elsewhere"}},
        {"image": {"network": "mobilenet_v1", "weights": "/etc/passwd"}},
        {"method": {"name": "distillation", "teacher": "/etc"}},
    ):
        refused = client.post(f"{API}/runs", json={"name": "mine", "tables": {**tables, **change}})
        assert refused.status_code == 400 and "names a file of the server" in refused.text, change
    wrong = {"name": "mine", "tables": {**tables, "train": {"epochs": 0}}}
    assert "train.epochs" in client.post(f"{API}/runs", json=wrong).json()["error"]["message"]
    begun = client.post(f"{API}/runs", json={"name": "mine", "tables": tables})
    assert (begun.status_code, begun.json()["kind"], begun.json()["state"]) == (200, "train", "waiting")
    assert client.post(f"{API}/runs/mine/stop").json()["state"] == "paused"
    told = client.get(f"{API}/runs/mine").json()
    assert (told["method"], told["state"], told["task"]) == ("hyperplanes", "paused", begun.json()["id"])
    assert [one["name"] for one in client.get(f"{API}/runs").json()["runs"]] == ["mine"]
    assert client.post(f"{API}/runs/mine/go-on").json()["state"] == "waiting"
    assert client.delete(f"{API}/runs/mine").status_code == 409
    client.post(f"{API}/runs/mine/stop")
    assert client.delete(f"{API}/runs/mine").status_code == 204
    assert client.get(f"{API}/runs/mine").status_code == 404
    assert runs.runs(library) == []


def test_programs_judge_and_ask_for_measurements(client: TestClient) -> None:
    pool = client.get(f"{API}/desk/pool?q=light").json()
    assert pool["judge"] == "local" and pool["works"][0]["grade"] is None
    item = pool["works"][0]["item"]
    assert client.put(f"{API}/desk/judgements", json={"q": "light", "item": item, "grade": 2}).status_code == 204
    assert client.get(f"{API}/desk/pool?q=light").json()["works"][0]["grade"] == 2
    assert "light" in [one["query"] for one in client.get(f"{API}/desk").json()["questions"]]
    assert client.put(f"{API}/desk/judgements", json={"q": "light", "item": item, "grade": 9}).status_code == 400
    assert client.delete(f"{API}/desk/judgements?q=light&item={item}").status_code == 204
    asked = client.post(f"{API}/reports", json={"by": "labels", "sample": 2, "modes": ["slow"]})
    assert asked.status_code == 404
    asked = client.post(f"{API}/reports", json={"by": "captions", "sample": 2})
    assert asked.json()["state"] == "waiting"
    client.post(f"{API}/tasks/{asked.json()['id']}/cancel")
    assert client.get(f"{API}/reports").json()["reports"] == []
    assert client.get(f"{API}/reports/20260101-000000").status_code == 404


def test_programs_read_and_change_settings_all_or_none(client: TestClient, library: Library) -> None:
    told = {one["name"]: one for one in client.get(f"{API}/settings").json()["settings"]}
    assert told["max_megapixels"]["unit"] == "megapixels"
    assert told["threads"]["origin"] == "start"
    both = {"values": {"page_hits": 11, "requests_at_once": 8}}
    assert client.patch(f"{API}/settings", json=both).json() == {"waits": ["requests_at_once"]}
    assert library.settings.page_hits == 11
    wrong = client.patch(f"{API}/settings", json={"values": {"page_hits": 12, "min_score": 7}})
    assert wrong.status_code == 400 and library.settings.page_hits == 11
    assert client.patch(f"{API}/settings", json={"values": {"server_folders": "/"}}).status_code == 403
    assert client.patch(f"{API}/settings", json={"values": {"page_hits": None, "requests_at_once": None}}).json() == {
        "waits": ["requests_at_once"]
    }


def test_programs_see_what_is_to_be_looked_after(client: TestClient) -> None:
    status = client.get(f"{API}/status").json()
    assert status["troubles"] == [] and status["tasks"]["failed"] >= 0
    lost = client.get(f"{API}/missing").json()
    assert lost["total"] == 1 and lost["items"][0]["title"] == "gone"
    failed = client.get(f"{API}/failures").json()
    assert failed["failures"][0]["hint"]
    assert client.get(f"{API}/failures?limit=0").status_code == 400
    assert client.get(f"{API}/duplicates").json()["found"] is None
    assert client.post(f"{API}/duplicates/keep", json={"item": 1}).status_code == 404


def test_near_duplicates_are_found_and_one_is_kept(client: TestClient, library: Library) -> None:
    assert "not looked for yet" in client.get("/admin/duplicates").text
    assert client.post("/admin/duplicates", data={"bits": "99"}).status_code == 400
    post(client, "/admin/duplicates", {"bits": "0"})
    worked(library)
    text = client.get("/admin/duplicates").text
    form = next(one for one in text.split('<form class="alike"') if "> one</span>" in one)
    numbers = re.findall(r'name="keep" value="(\d+)"', form)
    assert len(numbers) == 2
    assert client.post("/admin/duplicates/keep", data={"keep": numbers[0]}).status_code == 400
    assert client.post("/admin/duplicates/keep", data={"keep": "99999", "sure": "yes"}).status_code == 404
    post(client, "/admin/duplicates/keep", {"keep": numbers[0], "sure": "yes"})
    worked(library)
    assert client.get(f"/items/{numbers[0]}").status_code == 200
    assert client.get(f"/items/{numbers[1]}").status_code == 404


def test_vanished_works_are_removed_and_failed_files_tried_again(client: TestClient, library: Library) -> None:
    text = client.get("/admin/orphans").text
    assert "gone.txt" in text and "bad.png" in text
    assert client.post("/admin/orphans/remove").status_code == 400
    post(client, "/admin/orphans/remove", {"sure": "yes"})
    path = Path(next(iter(library.failures())).path.decode())
    picture(path, RED, seed=9)
    assert post(client, "/admin/orphans/again") == "/admin/orphans#failed"
    worked(library)
    text = client.get("/admin/orphans").text
    assert "Every work has its files" in text and "Every file could be read" in text
    assert client.post("/admin/orphans/again").status_code == 422


def test_health_is_shown_and_everything_checked(client: TestClient, library: Library) -> None:
    text = client.get("/admin/health").text
    assert "Nothing is wrong" in text and "sqlite" in text
    assert client.post("/admin/health/check", data={"repair": "1"}).status_code == 400
    post(client, "/admin/health/check")
    worked(library)
    assert "found everything as it was written" in client.get("/admin/health").text
    assert logged(library, "task.asked")[0].startswith("task ")
