"""Registering, logging in and out, one's account, the administration of users, and how often one may ask."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from pinakes.accounts import people, stewarding
from pinakes.errors import BadSetting, TooOften
from pinakes.library import Library
from pinakes.limits import Limits
from pinakes.web.http.entry import onward
from pinakes.web.http.proxied import networks
from pinakes.web.http.rates import Rates
from tests.web.conftest import HOST
from tests.web.people import PASSWORD, browser, emptied, log_in, peopled, token

pytestmark = pytest.mark.usefixtures("quick_passwords")
SECURE = "https://library.example"


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    """An empty library."""
    with emptied(tmp_path, hosts="library.example", proxies="127.0.0.1") as made:
        yield made


def link(text: str) -> str:
    """The link that a page shows once."""
    found = re.search(r'class="once" value="([^"]+)"', text)
    assert found, text
    return found[1]


def proxied(library: Library, **limits: float) -> TestClient:
    """A browser behind a proxy that is believed, and that ends https."""
    settings = replace(library.settings, limits=replace(library.settings.limits, **limits))
    served = type("Served", (), {"settings": settings, "__getattr__": lambda _, name: getattr(library, name)})()
    client = browser(served, SECURE, client=("127.0.0.1", 50_000))
    client.headers["x-forwarded-proto"] = "https"
    return client


def test_the_one_person_at_home_makes_the_first_account_and_is_its_administrator(library: Library) -> None:
    local = people.local_user(library.catalogue)
    client = browser(library)
    assert client.get("/admin/users").status_code == 200
    assert "Make the first account" in client.get("/login").text
    first = client.post("/register", data={"name": "Anna", "password": PASSWORD, "again": PASSWORD})
    assert (first.status_code, first.headers["location"]) == (303, "/")
    told = client.get("/api/v1/me").json()
    assert (told["name"], told["rank"]) == ("anna", "administrator")
    with library.catalogue.reading() as connection:
        assert people.named(connection, "anna").id == local
    stranger = browser(library)
    assert stranger.get("/", headers={"accept": "text/html"}).headers["location"] == "/login?next=%2F"
    assert stranger.get("/api/v1/search?q=a").status_code == 401
    assert stranger.get("/register").status_code == 200
    assert stranger.post("/register", data={"name": "b2", "password": PASSWORD, "again": PASSWORD}).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"x-forwarded-for": "10.0.0.1"},
        {"forwarded": "for=10.0.0.1"},
        {"via": "1.1 proxy"},
        {"x-real-ip": "10.0.0.1"},
        {"host": "library.example"},
    ],
)
def test_no_one_behind_a_proxy_is_at_home(library: Library, headers: dict[str, str]) -> None:
    client = browser(library)
    assert client.get("/admin/users", headers=headers).status_code == 401
    assert client.get("/register", headers=headers).status_code == 403
    told = {"name": "anna", "password": PASSWORD, "again": PASSWORD}
    assert client.post("/register", data=told, headers=headers).status_code == 403
    assert client.get("/api/v1/me", headers=headers).json()["rank"] == "guest"
    assert client.get("/api/v1/me").json()["rank"] == "administrator"


def test_others_who_reach_the_server_are_not_at_home_either(library: Library) -> None:
    client = browser(library, "http://library.example:8642", bound="0.0.0.0")
    assert client.get("/").status_code == 401
    assert client.get("/admin/users", headers={"host": "localhost:8642"}).status_code == 401
    assert "pinakes users add" in client.get("/login").text
    assert browser(library, "http://library.example:8642", bound="0.0.0.0", anonymous=True).get("/").status_code == 200


@pytest.mark.parametrize(
    ("registration", "page", "sent"), [("open", 200, 303), ("invitation", 200, 403), ("off", 403, 403)]
)
def test_who_may_register_is_a_setting(tmp_path: Path, registration: str, page: int, sent: int) -> None:
    with emptied(tmp_path, registration=registration) as library:
        root = stewarding.add(library.catalogue, None, "root")
        client = browser(library)
        told = {"name": "rolf", "password": PASSWORD, "again": PASSWORD}
        assert client.get("/register").status_code == page
        assert ("/register" in client.get("/login").text) == (registration != "off")
        assert client.post("/register", data=told).status_code == sent
        invited = stewarding.invite(library.catalogue, root, "editor", "", 1)
        assert client.get(f"/register?invitation={invited}").status_code == 200
        told |= {"name": "edith", "invitation": invited}
        assert client.post("/register", data=told).status_code == 303
        assert client.get("/api/v1/me").json()["rank"] == "editor"


def test_what_is_filled_in_wrongly_stands_there_again_without_the_password(library: Library) -> None:
    client = browser(library)
    told = {"name": 'an"na', "shown": "Anna", "password": PASSWORD, "again": PASSWORD}
    page = client.post("/register", data=told)
    assert page.status_code == 400
    assert "can not be used" in page.text
    assert 'value="Anna"' in page.text
    assert 'value="an&#34;na"' in page.text
    assert PASSWORD not in page.text
    page = client.post("/register", data=told | {"name": "anna", "again": "other"})
    assert "not the same" in page.text
    client.cookies.set("language", "zh")
    assert "两次输入的密码不同" in client.post("/register", data=told | {"name": "anna", "again": "other"}).text


@pytest.mark.reliability
def test_a_session_is_a_new_secret_at_every_login_that_no_script_and_no_other_site_can_use(library: Library) -> None:
    """G5: the cookie, plain and under https; a session from before ends."""
    peopled(library)
    plain = browser(library)
    cookie = log_in(plain, "rhea").cookies.get("pinakes")
    sent = plain.post("/login", data={"name": "rhea", "password": PASSWORD}).headers["set-cookie"]
    assert {part.strip().lower() for part in sent.split(";")[1:]} == {
        "httponly",
        "max-age=604800",
        "path=/",
        "samesite=lax",
    }
    assert plain.cookies.get("pinakes") != cookie
    fixed = browser(library)
    fixed.cookies.set("pinakes", str(cookie))
    assert fixed.get("/account").status_code == 401
    secure = proxied(library)
    sent = secure.post("/login", data={"name": "rhea", "password": PASSWORD}).headers["set-cookie"]
    assert sent.startswith("__Host-pinakes=")
    assert "; secure" in sent.lower()
    assert "domain" not in sent.lower()
    assert secure.get("/account").status_code == 200
    stolen = proxied(library)
    stolen.cookies.set("pinakes", sent.partition("=")[2].partition(";")[0])
    assert stolen.get("/account").status_code == 401


@pytest.mark.reliability
def test_logging_out_ends_the_sessions_of_other_machines_too(library: Library) -> None:
    """G5: and takes the cookie back."""
    peopled(library)
    one, other = log_in(browser(library), "rhea"), log_in(browser(library), "rhea")
    assert other.get("/account").status_code == 200
    left = one.post("/logout")
    assert left.headers["location"] == "/"
    assert "max-age=0" in left.headers["set-cookie"].lower()
    assert other.get("/account").status_code == 401
    assert other.get("/logout").status_code == 405


@pytest.mark.reliability
@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example/",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/\n/evil.example",
        "evil.example",
        "",
        "///evil.example",
        "//[",
    ],
)
def test_logging_in_sends_to_pages_of_ours_alone(library: Library, target: str) -> None:
    """G14: whatever `next` says."""
    assert onward(target) == "/"
    peopled(library)
    sent = browser(library).post("/login", data={"name": "rhea", "password": PASSWORD, "next": target})
    assert (sent.status_code, sent.headers["location"]) == (303, "/")


def test_logging_in_goes_on_to_the_page_that_was_wanted(library: Library) -> None:
    peopled(library)
    client = browser(library)
    wanted = client.get("/account?done=profile", headers={"accept": "text/html"}).headers["location"]
    form = client.get(wanted).text
    told = re.search(r'name="next" value="([^"]*)"', form)
    assert told
    sent = client.post("/login", data={"name": "rhea", "password": PASSWORD, "next": told[1]})
    assert sent.headers["location"] == "/account?done=profile"
    assert client.get("/login?next=/shelves").headers["location"] == "/shelves"


def test_the_page_to_log_in_begins_with_the_first_field_that_is_empty(library: Library) -> None:
    peopled(library)
    client = browser(library)
    assert re.findall(r'name="(\w+)"[^>]* autofocus', client.get("/login").text) == ["name"]
    again = client.post("/login", data={"name": "rhea", "password": "wrong"}).text
    assert re.findall(r'name="(\w+)"[^>]* autofocus', again) == ["password"]


@pytest.mark.reliability
def test_wrong_guesses_are_answered_by_a_page_and_then_by_a_wait(library: Library) -> None:
    """G4: 429 with the time to wait."""
    peopled(library)
    client = browser(library)
    for _ in range(10):
        assert client.post("/login", data={"name": "rhea", "password": "wrong"}).status_code == 403
    waiting = client.post("/login", data={"name": "rhea", "password": PASSWORD})
    assert waiting.status_code == 429
    assert 0 < int(waiting.headers["retry-after"]) <= 15 * 60
    assert "tries to log in have failed" in waiting.text


def test_one_changes_profile_and_password_and_leaves_for_good(library: Library) -> None:
    peopled(library)
    client = log_in(browser(library), "rhea")
    told = {"form": "profile", "shown": "Rhea <b>", "email": "rhea@example.org"}
    assert client.post("/account/profile", data=told).headers["location"] == "/account?done=profile"
    page = client.get("/account").text
    assert "Rhea &lt;b&gt;" in page
    assert 'name="remembers" value="1" checked' not in page
    wrong = client.post("/account/profile", data=told | {"email": "none"})
    assert (wrong.status_code, 'value="none"' in wrong.text) == (400, True)
    new = {"form": "password", "current": PASSWORD, "password": "another one entirely", "again": "another one entirely"}
    assert client.post("/account/password", data=new | {"current": "wrong"}).status_code == 403
    assert client.post("/account/password", data=new).status_code == 303
    assert client.get("/account").status_code == 200
    assert client.post("/account/delete", data={"form": "leave", "current": PASSWORD}).status_code == 403
    assert client.post("/account/delete", data={"form": "leave", "current": new["password"]}).status_code == 303
    assert client.get("/account").status_code == 401


def test_a_token_is_shown_once_and_revoked_by_its_owner(library: Library) -> None:
    peopled(library)
    client, program = log_in(browser(library), "rhea"), browser(library)
    told = {"form": "token", "name": "a program", "scope.search": "1", "days": "30"}
    made = client.post("/account/tokens", data=told)
    headers = {"authorization": f"Bearer {link(made.text)}"}
    assert made.headers["cache-control"] == "no-store"
    assert link(made.text) not in client.get("/account").text
    assert program.get("/api/v1/search?q=boat", headers=headers).status_code == 200
    assert program.get("/api/v1/tokens", headers=headers).status_code == 403
    (number,) = re.findall(r"/account/tokens/(\d+)/revoke", client.get("/account").text)
    assert client.post(f"/account/tokens/{number}/revoke").status_code == 303
    assert program.get("/api/v1/search?q=boat", headers=headers).status_code == 401


def test_an_administrator_adds_changes_locks_and_removes_people(library: Library) -> None:
    numbers = peopled(library)
    root = log_in(browser(library), "root")
    added = root.post("/admin/users", data={"name": "nora", "role": "reader"})
    way = link(added.text)
    new = browser(library)
    assert "Choose a password" in new.get(way).text
    told = {"code": way.partition("code=")[2], "password": PASSWORD, "again": PASSWORD}
    assert new.post("/reset", data=told).status_code == 303
    assert new.get("/account").status_code == 200
    assert new.get(way).status_code == 404
    assert "nora" in root.get("/admin/users?q=nor").text
    assert "rolf" not in root.get("/admin/users?q=nor").text
    rolf = f"/admin/users/{numbers['rolf']}"
    for path, data, done in (
        (rolf, {"shown": "Rolf", "email": ""}, "edited"),
        (f"{rolf}/role", {"role": "editor"}, "role"),
        (f"{rolf}/lock", {}, "locked"),
        (f"{rolf}/unlock", {}, "unlocked"),
    ):
        assert root.post(path, data=data).headers["location"] == f"{rolf}?done={done}"
        assert root.get(f"{rolf}?done={done}").status_code == 200
    assert "code=" in link(root.post(f"{rolf}/reset").text)
    assert root.post(f"{rolf}/role", data={"role": "king"}).status_code == 404
    assert root.post(f"{rolf}/remove").headers["location"] == "/admin/users?done=removed"
    assert root.get(rolf).status_code == 404
    refused = root.post(f"/admin/users/{numbers['root']}/remove")
    assert (refused.status_code, "last administrator" in refused.text) == (409, True)
    invited = root.post("/admin/invitations", data={"role": "editor", "note": "for Eve", "days": "3"})
    assert "invitation=" in link(invited.text)
    (mark,) = re.findall(r'name="mark" value="(\w+)"', root.get("/admin/users").text)
    assert root.post("/admin/invitations/withdraw", data={"mark": mark}).headers["location"].endswith("withdrawn")
    log = root.get("/admin/audit").text
    for said in ("added a user", "gave a role", "withdrew an invitation", "removed a user"):
        assert said in log
    assert "gave a role" not in root.get("/admin/audit?action=user.locked").text.partition("<table")[2]


def test_programs_administrate_people_by_the_api(library: Library) -> None:
    numbers = peopled(library)
    program, headers = browser(library), token(library, numbers["root"])

    def ask(method: str, path: str, **told: object) -> tuple[int, dict[str, object]]:
        body = {"json": told} if told else {}
        answer = program.request(method, f"/api/v1{path}", headers=headers, **body)  # type: ignore[arg-type]
        return answer.status_code, answer.json() if answer.content else {}

    status, made = ask("POST", "/users", name="nora", role="editor")
    assert status == 200
    assert "/reset?code=" in str(made["address"])
    user = f"/users/{made['number']}"
    assert ask("PUT", user, shown="Nora", state="locked")[1]["state"] == "locked"
    assert ask("GET", user)[1]["shown"] == "Nora"
    assert ask("PUT", user, role="king")[0] == 400
    assert ask("PUT", user, rule="reader")[1]["error"]["hint"] == "Did you mean role?"  # type: ignore[index]
    assert ask("PUT", user, shown=3)[0] == 400
    assert ask("GET", "/users?q=nora")[1]["total"] == 1
    assert ask("DELETE", user) == (204, {})
    assert ask("GET", user)[0] == 404
    assert "/register?invitation=" in str(ask("POST", "/invitations", role="reader", days=1)[1]["address"])
    _, new = ask("POST", "/tokens", name="another", scopes=["search"], days=None)
    held = ask("GET", "/tokens")[1]["tokens"]
    assert [(one["name"], one["scopes"], one["expires"]) for one in held][:1] == [("another", ["search"], None)]  # type: ignore[attr-defined]
    assert "token" in new
    assert ask("DELETE", f"/tokens/{new['number']}")[0] == 204
    assert ask("PUT", "/me", email="root@example.org")[1]["email"] == "root@example.org"
    entries = ask("GET", "/audit")[1]["entries"]
    assert [one["action"] for one in entries][:2] == ["user.edited", "token.revoked"]  # type: ignore[attr-defined]
    plain = program.post("/api/v1/users", headers=headers, content=b'{"name": "x"}')
    assert plain.status_code == 415
    assert program.post("/api/v1/users", headers=headers, json=[1]).status_code == 400
    broken = headers | {"content-type": "application/json"}
    assert program.post("/api/v1/users", headers=broken, content=b"{").status_code == 400


@pytest.mark.reliability
def test_no_secret_is_ever_told_again(library: Library, caplog: pytest.LogCaptureFixture) -> None:
    """G11: passwords, tokens, sessions and links, in pages, answers, the catalogue and the log of the server."""
    canary = "a canary of a password"
    with caplog.at_level(logging.DEBUG):
        numbers = peopled(library)
        stewarding.add(library.catalogue, None, "cara", password=canary)
        client, root = browser(library), log_in(browser(library), "root")
        client.post("/login", data={"name": "cara", "password": canary + "!"})
        client.post("/login", data={"name": canary, "password": "wrong"})
        log_in(client, "cara", canary)
        secrets = [str(client.cookies.get("pinakes")), canary]
        made = client.post("/account/tokens", data={"form": "token", "name": "t", "scope.search": "1"})
        secrets.append(link(made.text))
        for path, data in ((f"/admin/users/{numbers['rolf']}/reset", {}), ("/admin/invitations", {"role": "reader"})):
            secrets.append(link(root.post(path, data=data).text).partition("=")[2])
        texts = [client.get(path).text for path in ("/account", "/", "/login", "/api/v1/me")]
        paths = ("/admin/users", "/admin/audit", f"/admin/users/{numbers['rolf']}", "/api/v1/users", "/api/v1/audit")
        texts += [root.get(path).text for path in paths]
        program = browser(library)
        refused = program.get("/api/v1/search", headers={"authorization": f"Bearer {secrets[2]}x"})
        told = [one.getMessage() for one in caplog.records if not one.name.startswith("httpx")]
        texts += [refused.text, *told]
    files = [path for path in library.folder.rglob("*") if path.is_file()]
    kept = b"".join(path.read_bytes() for path in files)
    assert len(secrets) == 5
    for secret in secrets:
        assert len(secret) > 20
        assert [text for text in texts if secret in text] == []
        assert secret.encode() not in kept
        assert secret not in repr(library) + repr(library.settings)
    assert library.folder.stat().st_mode & 0o077 == 0
    assert [path.name for path in files if "catalogue" in path.name and path.stat().st_mode & 0o077] == []


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.reliability
def test_so_many_come_at_once_and_then_one_when_a_place_is_free() -> None:
    """G13: the count, beside what it would be if it were kept as a list of moments."""
    clock = Clock()
    rates = Rates(Limits(searches_per_minute=6), clock)

    def let_in(key: str) -> bool:
        try:
            rates.count("search", (key,))
        except TooOften as refused:
            assert 0 < refused.seconds <= 10
            return False
        return True

    assert [let_in("a") for _ in range(8)] == [True] * 6 + [False] * 2
    assert let_in("b")
    clock.now += 9.9
    assert not let_in("a")
    clock.now += 0.2
    assert [let_in("a"), let_in("a")] == [True, False]
    clock.now += 3600
    assert [let_in("a") for _ in range(7)] == [True] * 6 + [False]
    Rates(Limits(searches_per_minute=0)).count("search", ("a",))


@pytest.mark.reliability
@pytest.mark.parametrize(
    ("limit", "method", "path"),
    [
        ("searches_per_minute", "GET", "/?q=boat"),
        ("searches_per_minute", "GET", "/api/v1/search?q=boat"),
        ("uploads_per_minute", "POST", "/api/v1/uploads"),
        ("logins_per_minute", "POST", "/login"),
        ("costly_per_minute", "POST", "/api/v1/tokens"),
    ],
)
def test_who_asks_too_often_is_told_when_to_come_back(library: Library, limit: str, method: str, path: str) -> None:
    """G13: by token and by address, whatever the proxy's own address is."""
    numbers = peopled(library)
    client = proxied(library, **{limit: 2})
    rhea = token(library, numbers["rhea"])
    first = rhea if limit != "logins_per_minute" else {"x-forwarded-for": "10.0.0.1"}
    answers = [client.request(method, path, headers=first) for _ in range(3)]
    assert [one.status_code == 429 for one in answers] == [False, False, True]
    assert 0 < int(answers[-1].headers["retry-after"]) <= 60
    assert "too-often" in answers[-1].text or "Too often" in answers[-1].text
    again = token(library, numbers["rhea"]) if first is rhea else {"x-forwarded-for": "10.9.9.9, 10.0.0.1"}
    assert client.request(method, path, headers=again).status_code == 429
    other = token(library, numbers["rolf"]) if first is rhea else {"x-forwarded-for": "10.0.0.1, 10.0.0.2"}
    assert client.request(method, path, headers=other).status_code != 429


@pytest.mark.reliability
def test_what_a_stranger_says_of_their_address_is_not_believed(library: Library) -> None:
    """G13: X-Forwarded-For counts from the proxies of the setting alone, and so does the scheme."""
    peopled(library)
    settings = replace(library.settings, proxies="", limits=replace(library.settings.limits, logins_per_minute=2))
    served = type("Served", (), {"settings": settings, "__getattr__": lambda _, name: getattr(library, name)})()
    client = browser(served, HOST)
    told = {"name": "rhea", "password": PASSWORD}
    answers = []
    for number in range(3):
        client.cookies.clear()
        answers.append(client.post("/login", data=told, headers={"x-forwarded-for": f"10.0.0.{number}"}).status_code)
    assert answers == [303, 303, 429]
    client = browser(library, client=("10.0.0.9", 50_000))
    sent = client.post("/login", data=told, headers={"x-forwarded-proto": "https"})
    assert sent.headers["set-cookie"].startswith("pinakes=")


def test_proxies_are_addresses_and_networks() -> None:
    assert [str(one) for one in networks("127.0.0.1, 10.0.0.0/8,::1")] == ["127.0.0.1/32", "10.0.0.0/8", "::1/128"]
    with pytest.raises(BadSetting):
        networks("proxy.example")
