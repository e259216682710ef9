"""Chromium without a window, looking at a page."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")

_WAIT = 20
"""Seconds that something may take to appear on a busy machine."""


class Page:
    """A page that is open, and what a reader does with it."""

    def __init__(self, driver: Chrome, path: Path) -> None:
        self._driver = driver
        self._url = path.as_uri()
        self._said: list[str] = []
        driver.get(self._url)
        self.find("main h1, main h2")

    def run(self, script: str, *arguments: object) -> Any:
        """What a script returns."""
        return self._driver.execute_script(script, *arguments)

    def go(self, view: str) -> None:
        """Another view, by its address."""
        self.run("location.hash = arguments[0]", f"#/{view}")
        name = view.partition("/")[0]
        self.wait(lambda: self.run("return document.querySelector('main').dataset.view") == name)

    def find(self, selector: str) -> WebElement:
        """The first such element, once there is one."""
        return WebDriverWait(self._driver, _WAIT).until(lambda d: d.find_element(By.CSS_SELECTOR, selector))

    def all(self, selector: str) -> list[WebElement]:
        return self._driver.find_elements(By.CSS_SELECTOR, selector)

    def text(self, selector: str = "main") -> str:
        """The text of an element as it is shown."""
        return self.find(selector).text

    def wait(self, holds: Callable[[], object]) -> None:
        """Until something holds."""
        WebDriverWait(self._driver, _WAIT).until(lambda _: holds())

    def hover(self, element: WebElement) -> str:
        """The card that opens over an element."""
        self.run("arguments[0].scrollIntoView({block: 'center'})", element)
        card = self.find("#card")

        def opens() -> bool:
            # Again and again: that the page has come to rest after scrolling closes a card, too.
            self.run("arguments[0].dispatchEvent(new PointerEvent('pointerover', {bubbles: true}))", element)
            return card.is_displayed()

        self.wait(opens)
        return card.text

    def prefers(self, scheme: str) -> None:
        """What the reader's system prefers: `light` or `dark`."""
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self._driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})

    def width(self, pixels: int) -> None:
        """The width of the window."""
        metrics = {"width": pixels, "height": 800, "deviceScaleFactor": 1, "mobile": pixels < 600}
        self._driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    @property
    def said(self) -> list[str]:
        """Errors and warnings of the console, refused loads among them."""
        self._said += [entry["message"] for entry in self._driver.get_log("browser")]  # type: ignore[no-untyped-call]
        return self._said

    @property
    def requests(self) -> list[str]:
        """Addresses that the page asked for, besides its own."""
        found = self.run("return performance.getEntriesByType('resource').map(e => e.name)")
        assert isinstance(found, list)
        return found


@contextmanager
def opened(path: Path) -> Iterator[Page]:
    """The page of a file in a browser of its own."""
    assert CHROMIUM is not None and DRIVER is not None
    with TemporaryDirectory() as profile:
        options = ChromeOptions()
        options.binary_location = CHROMIUM
        for argument in (
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-dev-shm-usage",
            "--window-size=1280,800",
            f"--user-data-dir={profile}",
        ):
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        driver = Chrome(options=options, service=Service(DRIVER))
        try:
            yield Page(driver, path)
        finally:
            driver.quit()
