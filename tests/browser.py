"""The system's Chromium for tests that look at pages as a reader does, and axe-core to judge them."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

CHROMIUM: Final = shutil.which("chromium")
_AXE: Final = Axe().axe_script
_RULES: Final = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    },
    "resultTypes": ["violations"],  # of all else only a sample: to hand it over takes longer than to find it
}


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run a headless Chromium until the end of the block; without one, skip, or fail where CI is set."""
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail("chromium is not installed; .ci/run installs it")
        pytest.skip("chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def page_of(browser: Browser, address: str) -> Iterator[Page]:
    """Open an address in a window of its own."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(address)
    yield page
    context.close()


def look_at(page: Page, width: int, scheme: Literal["light", "dark"], font: int) -> None:
    """Change the window's width, the reader's colours, and the reader's font to so many per cent."""
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    page.evaluate("size => { document.documentElement.style.fontSize = size }", f"{font}%")


def complaints(page: Page) -> list[str]:
    """Return what axe-core finds wrong with a page, one line for each element."""
    if page.evaluate("typeof axe === 'undefined'"):  # it is half a megabyte, and stays until the page is left
        page.evaluate(_AXE)
    found = page.evaluate("rules => axe.run(rules).then(results => results.violations)", _RULES)
    return [f"{each['id']}: {node['html'][:120]}" for each in found for node in each["nodes"]]


def check(page: Page, what: str) -> None:
    """Fail unless axe-core is content with a page, and the page fits into its window."""
    assert complaints(page) == [], what
    assert overflow(page) <= 0, what


def overflow(page: Page) -> int:
    """Return by how many pixels a page is wider than its window (WCAG 1.4.10: reflow)."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def screenshot(page: Page, path: Path) -> None:
    """Save the whole page for a person to look at."""
    path.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=path, full_page=True)
