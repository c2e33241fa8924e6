"""A headless Chromium, driven by its own driver in the protocol of the W3C (WebDriver): JSON over loopback."""

from __future__ import annotations

import base64
import json
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
NEEDS_BROWSER = pytest.mark.skipif(
    not (CHROMIUM and DRIVER), reason="needs chromium and its driver (Debian: chromium-driver)"
)
_ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
_WAIT_SECONDS = 40.0
TAB, ENTER, ESCAPE = "\ue004", "\ue007", "\ue00c"


@dataclass(frozen=True)
class Element:
    """An element of the page."""

    browser: Browser
    id: str

    @property
    def text(self) -> str:
        """Its text as it is seen."""
        return str(self.browser.call("GET", f"/element/{self.id}/text"))

    def attribute(self, name: str) -> str | None:
        """The value of a property or attribute."""
        found = self.browser.script("return arguments[0].getAttribute(arguments[1])", self, name)
        return None if found is None else str(found)

    def click(self) -> None:
        """Click it."""
        self.browser.call("POST", f"/element/{self.id}/click", {})

    def type(self, text: str) -> None:
        """Type into it, or choose a file."""
        self.browser.call("POST", f"/element/{self.id}/value", {"text": text})


@dataclass(frozen=True)
class Browser:
    """One window."""

    driver: str
    session: str

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """A command of the protocol."""
        return called(method, f"{self.driver}/session/{self.session}{path}", body)

    def open(self, address: str) -> None:
        """Go to an address, and wait for its page."""
        self.call("POST", "/url", {"url": address})

    @property
    def address(self) -> str:
        """Where it is."""
        return str(self.call("GET", "/url"))

    def script(self, source: str, *arguments: Any) -> Any:
        """What a script returns."""
        told = [{_ELEMENT: one.id} if isinstance(one, Element) else one for one in arguments]
        return self.call("POST", "/execute/sync", {"script": source, "args": told})

    def wait_for_script(self, source: str, *arguments: Any) -> Any:
        """What a script hands to its last argument, some time later."""
        return self.call("POST", "/execute/async", {"script": source, "args": list(arguments)})

    def devtools(self, command: str, **params: Any) -> Any:
        """A command of Chromium's own."""
        return self.call("POST", "/goog/cdp/execute", {"cmd": command, "params": params})

    def all(self, selector: str) -> list[Element]:
        """The elements that a selector finds."""
        found = self.call("POST", "/elements", {"using": "css selector", "value": selector})
        return [Element(self, one[_ELEMENT]) for one in found]

    def one(self, selector: str) -> Element:
        """The first of them, waited for."""
        return self.until(lambda: next(iter(self.all(selector)), None), selector)

    def until(self, found: Callable[[], Any], what: str) -> Any:
        """Wait until something is so."""
        end = time.monotonic() + _WAIT_SECONDS
        while time.monotonic() < end:
            if there := found():
                return there
            time.sleep(0.05)
        raise AssertionError(f"never came: {what}, at {self.address}")

    def press(self, keys: str) -> None:
        """Press keys one after the other, wherever the focus is."""
        steps = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
        self.call("POST", "/actions", {"actions": [{"type": "key", "id": "keys", "actions": steps}]})

    @property
    def focused(self) -> str:
        """The text or name of what has the focus."""
        source = (
            "const at = document.activeElement; return at.id || at.getAttribute('aria-label') || at.textContent.trim()"
        )
        return str(self.script(source))

    def size(self, width: int, height: int = 900) -> None:
        """Make the page so wide, as on a small screen."""
        self.devtools(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 500
        )

    def prefer(self, **features: str) -> None:
        """What the reader's system prefers, such as `prefers_color_scheme="dark"`."""
        told = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
        self.devtools("Emulation.setEmulatedMedia", features=told)

    def scripts(self, *, on: bool) -> None:
        """Whether pages may run scripts."""
        self.devtools("Emulation.setScriptExecutionDisabled", value=not on)

    def photograph(self, path: Path, *, whole: bool = False) -> None:
        """Keep what is seen, or the whole page, as a PNG."""
        if whole:
            shot = self.devtools("Page.captureScreenshot", captureBeyondViewport=True)["data"]
        else:
            shot = self.call("GET", "/screenshot")
        path.write_bytes(base64.b64decode(shot))

    def drop(self, selector: str, path: Path, kind: str) -> None:
        """Drop a file onto an element."""
        data = base64.b64encode(path.read_bytes()).decode()
        self.script(_DROP, self.one(selector), data, path.name, kind)

    @property
    def complaints(self) -> list[str]:
        """What the console has complained of since it was asked last."""
        logged = self.call("POST", "/se/log", {"type": "browser"})
        return [one["message"] for one in logged if one["level"] in ("SEVERE", "WARNING")]


_DROP = """
const [target, data, name, type] = arguments;
const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
const carried = new DataTransfer();
carried.items.add(new File([bytes], name, { type }));
for (const kind of ["dragenter", "dragover", "drop"]) {
  target.dispatchEvent(new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: carried }));
}
"""


def called(method: str, address: str, body: dict[str, Any] | None = None) -> Any:
    """The answer of the driver; its errors are told with what it says of them."""
    data = None if body is None else json.dumps(body).encode()
    asked = Request(address, data, {"Content-Type": "application/json"}, method=method)
    try:
        with urlopen(asked, timeout=120) as answer:
            return json.load(answer)["value"]
    except HTTPError as error:
        raise AssertionError(f"{method} {address}: {error.read().decode()[:600]}") from None


@contextmanager
def browsing(folder: Path, language: str = "en") -> Iterator[Browser]:
    """A browser of its own, with a profile of its own, that is gone afterwards."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [str(DRIVER), f"--port={port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder
    )
    driver = f"http://127.0.0.1:{port}"
    try:
        _wait(driver)
        options = {
            "binary": str(CHROMIUM),
            "args": [
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--window-size=1280,900",
                # A microphone that hums and a camera that shows a clock, to be used without asking.
                "--use-fake-device-for-media-stream",
                "--use-fake-ui-for-media-stream",
                f"--user-data-dir={folder / 'profile'}",
            ],
            "prefs": {"intl.accept_languages": language},
        }
        wanted = {"alwaysMatch": {"goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}}
        session = called("POST", f"{driver}/session", {"capabilities": wanted})["sessionId"]
        browser = Browser(driver, session)
        try:
            yield browser
        finally:
            browser.call("DELETE", "")
    finally:
        process.terminate()
        process.wait(20)


def _wait(driver: str) -> None:
    end = time.monotonic() + _WAIT_SECONDS
    while time.monotonic() < end:
        try:
            if called("GET", f"{driver}/status")["ready"]:
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the driver of the browser does not answer")
