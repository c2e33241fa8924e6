"""Accounts in a real browser: registering, logging in and out, and the address that was wanted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web import axe
from tests.web.browser import ENTER, NEEDS_BROWSER, Browser, browsing
from tests.web.people import PASSWORD, emptied
from tests.web.serving import served

pytestmark = [pytest.mark.slow, NEEDS_BROWSER]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    """A library without works and without accounts, in which anyone may register once there is one."""
    with emptied(tmp_path, registration="open") as library, served(library) as address:
        yield address


def filled(browser: Browser, **fields: str) -> None:
    """Fill in the form of a page, and send it by the keyboard."""
    for name, value in fields.items():
        browser.one(f"main input[name={name}]").type(value)
    browser.press(ENTER)


def sent_off(browser: Browser, selector: str) -> None:
    """Press a button that leads to another page."""
    browser.one(selector).click()


@pytest.mark.parametrize("scripts", [True, False])
def test_one_registers_logs_out_and_in_and_comes_to_the_page_that_was_wanted(
    site: str, tmp_path: Path, scripts: bool
) -> None:
    with browsing(tmp_path) as browser:
        browser.open(f"{site}login")
        sent_off(browser, "main a.button")
        browser.one("main input[name=again]")
        browser.scripts(on=scripts)
        filled(browser, name="Anna", password=PASSWORD, again=PASSWORD)
        browser.until(lambda: [one for one in browser.all(".links a") if one.text == "anna"], "the link to the account")
        sent_off(browser, ".links button")
        browser.until(lambda: "/login" in browser.address, "the form to log in with")
        browser.open(f"{site}account")
        browser.until(lambda: browser.address.endswith("/login?next=%2Faccount"), "the form again")
        filled(browser, name="anna", password="wrong")
        browser.one("[role=alert]")
        browser.one("main input[name=password]").type(PASSWORD + ENTER)
        browser.until(lambda: browser.address == f"{site}account", "the page that was wanted")
        browser.open(f"{site}admin")
        browser.until(lambda: browser.all(".side a"), "the sections of the administration")
        browser.scripts(on=True)
        assert browser.script("return document.cookie") == ""
        sent_off(browser, ".links button")
        browser.until(lambda: "/login" in browser.address, "the form to log in with")
        sent_off(browser, "main a[href='/register']")
        filled(browser, name="rolf", password=PASSWORD, again=PASSWORD)
        browser.until(lambda: [one for one in browser.all(".links a") if one.text == "rolf"], "another account")
        assert not browser.all(".links a[href='/admin']")


def test_the_pages_of_accounts_are_accessible_in_light_and_dark_large_and_small(site: str, tmp_path: Path) -> None:
    script = axe.source()
    with browsing(tmp_path) as browser:
        browser.open(f"{site}register")
        assert axe.findings(browser, script) == []
        filled(browser, name="anna", password=PASSWORD, again=PASSWORD)
        browser.until(lambda: browser.all(".links form"), "the account")
        for path in ("account", "admin/users", "admin/users/1", "admin/audit"):
            for width, theme in ((1280, "light"), (320, "dark")):
                browser.size(width)
                browser.open(f"{site}{path}?theme={theme}")
                assert axe.findings(browser, script) == [], path
                assert browser.script("return document.documentElement.scrollWidth") <= width, path
        browser.open(f"{site}account")
        browser.one(".links button").click()
        browser.until(lambda: "/login" in browser.address, "the form to log in with")
        assert axe.findings(browser, script) == []
