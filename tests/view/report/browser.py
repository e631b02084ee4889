"""A real browser without a window, for tests of the page; tests are skipped where there is none."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

#: Seconds after which a page is taken to hang: far more than any needs on the slowest machine.
HANG = 120

_DRAWN_ROWS = """JSON.stringify(Array.from(document.querySelectorAll("#rows [data-variable]"), row => [
    row.dataset.variable,
    Array.from(row.querySelectorAll("[data-field][data-value]"), one => [one.dataset.field, one.dataset.value]),
]))"""


class Browser:
    """A page in a browser, driven by the names that the page carries for programs."""

    def __init__(self, driver: Any, folder: Path) -> None:
        self._driver = driver
        self._folder = folder

    def show(self, page: str, link: str = "", *, width: int = 1280, theme: str = "light", script: bool = True) -> None:
        """Opens a page from a file, and waits until it is drawn."""
        file = self._folder / "page.html"
        file.write_text(page, encoding="utf-8")
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
        self._command("Emulation.setDeviceMetricsOverride", **size)
        self._command("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": theme}])
        self._command("Emulation.setScriptExecutionDisabled", value=not script)
        self._driver.get("about:blank")
        self._driver.get_log("browser")
        self._driver.get_log("performance")
        self._driver.get(file.as_uri() + link)
        self._command("Emulation.setScriptExecutionDisabled", value=False)  # what did not run does not run later
        if script:
            self.wait(lambda: self.ask("document.querySelector('svg.depth') !== null"))

    def ask(self, expression: str, *arguments: Any) -> Any:
        """Returns the value of an expression of JavaScript; `arguments` are its own."""
        return self._driver.execute_script(f"return {expression}", *arguments)

    def run(self, script: str) -> None:
        """Runs JavaScript in the page."""
        self._driver.execute_script(script)

    def run_async(self, script: str) -> Any:
        """Runs JavaScript that calls `arguments[0]` with its result, and returns it."""
        return self._driver.execute_async_script(script)

    def wait(self, is_done: Callable[[], Any]) -> None:
        """Waits until something holds."""
        begin = time.monotonic()
        while not is_done():
            assert time.monotonic() < begin + HANG
            time.sleep(0.02)

    def rows(self) -> dict[str, dict[str, Any]]:
        """Returns the rows that are drawn, by path: the JSON values of their cells."""
        drawn = json.loads(self.ask(_DRAWN_ROWS))
        return {path: {name: json.loads(value) for name, value in cells} for path, cells in drawn}

    def all_rows(self) -> dict[str, dict[str, Any]]:
        """Returns all rows of the table in its order: scrolls through it."""
        found: dict[str, dict[str, Any]] = {}
        top = 0
        while True:
            self.ask("document.getElementById('rows').scrollTop = arguments[0]", top)
            self.wait_for_frame()
            found |= self.rows()
            top += 400
            if top > self.ask("document.getElementById('rows').scrollHeight"):
                return found

    def wait_for_frame(self) -> None:
        """Waits until what was changed is drawn."""
        self.run_async("requestAnimationFrame(() => requestAnimationFrame(arguments[0]))")

    def search(self, text: str) -> int:
        """Types into the search, and returns how many rows match."""
        self.ask(
            "(one => { one.value = arguments[0]; one.dispatchEvent(new Event('input')) })"
            "(document.getElementById('search'))",
            text,
        )
        return int(self.ask("document.getElementById('shown').dataset.value"))

    def sort(self, name: str) -> list[Any]:
        """Clicks the head of a column, and returns the values of the rows that are drawn."""
        self.ask("document.querySelector(`[data-sort=${arguments[0]}]`).click()", name)
        return [cells[name] for cells in self.rows().values()]

    def click_row(self, path: str) -> None:
        """Clicks a row that is drawn."""
        self.ask("document.querySelector(`[data-variable=${CSS.escape(arguments[0])}]`).click()", path)

    def text_of(self, selector: str) -> str:
        """Returns the text of the first element."""
        return str(self.ask("document.querySelector(arguments[0]).innerText", selector))

    def press(self, key: str) -> None:
        """Presses a key where the focus is."""
        for kind in ("keyDown", "keyUp"):
            self._command("Input.dispatchKeyEvent", type=kind, key=key)

    def troubles(self) -> list[str]:
        """Returns errors on the console, and requests besides the one for the page itself."""
        found = [entry["message"] for entry in self._driver.get_log("browser") if entry["level"] == "SEVERE"]
        events = [json.loads(entry["message"])["message"] for entry in self._driver.get_log("performance")]
        for event in events:
            if event["method"] == "Network.requestWillBeSent":
                url = event["params"]["request"]["url"]
                found += [url] if not url.startswith(("file:", "data:,")) else []
            if event["method"] == "Page.javascriptDialogOpening":
                found.append(event["params"]["message"])
        return found

    def _command(self, name: str, **parameters: Any) -> None:
        self._driver.execute_cdp_cmd(name, parameters)


@contextmanager
def open_browser(folder: Path) -> Iterator[Browser]:
    """Yields a browser; skips the test where there is none."""
    webdriver = pytest.importorskip("selenium.webdriver")
    binary, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if binary is None or driver is None:
        pytest.skip("needs chromium and chromedriver")
    options = webdriver.ChromeOptions()
    options.binary_location = binary
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder / 'profile'}"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    started = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    started.set_script_timeout(HANG)
    try:
        yield Browser(started, folder)
    finally:
        started.quit()
