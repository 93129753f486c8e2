"""The transparency report and the status page as people see them, in a real Chromium.

With --all, screenshots go to build/screenshots/, for a person to look at.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from joinfence.monitoring.status.findings import findings
from joinfence.monitoring.status.page import to_html as status_page
from joinfence.report.page import to_html
from tests.browser import check, chromium, complaints, screenshot
from tests.factories import NOW
from tests.monitoring.status.samples import snapshot
from tests.report.example import example_report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.sampling import Sample

pytestmark = pytest.mark.e2e

SCREENSHOTS: Final = Path(__file__).parents[2] / "build" / "screenshots" / "report"
REPORT: Final = example_report("2026-H1")[0]
LOOKS: Final[list[tuple[int, Any, int]]] = [
    (width, scheme, font) for font in (100, 200) for width in (320, 1280) for scheme in ("light", "dark")
]
BARS: Final = """() => [...document.querySelectorAll('.bar')].map(bar => {
    const whole = bar.querySelector('.track').getBoundingClientRect();
    const part = bar.querySelector('rect:not(.track)').getBoundingClientRect();
    return [Math.round(100 * part.width / whole.width), whole.right - part.right, part.left - whole.left];
})"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


def show(
    browser: Browser, text: str, *, width: int = 1280, scheme: Any = "light", font: int = 100, **more: Any
) -> Page:
    """Show a page that is given as text, with no access to anything else."""
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, **more)
    context.set_offline(True)
    page = context.new_page()
    page.set_content(text)
    if font != 100:
        page.add_style_tag(content=f"html {{ font-size: {font}%; }}")
    return page


def report(language: str) -> str:
    return to_html(REPORT, language, {"en": "report.html", "ar": "report.ar.html"})


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize(("width", "scheme", "font"), LOOKS)
def test_axe_finds_nothing_and_nothing_overflows(
    browser: Browser, sample: Sample, language: str, width: int, scheme: Any, font: int
) -> None:
    page = show(browser, report(language), width=width, scheme=scheme, font=font)
    if sample.everything:
        screenshot(page, SCREENSHOTS / f"{language}-{width}-{scheme}-{font}.png")
    check(page, "the page")
    page.context.close()


@pytest.mark.parametrize("language", ["de", "he", "hi", "ja", "ru", "th"])
def test_axe_finds_nothing_in_any_script(browser: Browser, language: str) -> None:
    page = show(browser, report(language), width=320)
    check(page, "the page")
    page.context.close()


@pytest.mark.parametrize("language", ["en", "he"])
def test_bars_are_proportional_and_start_at_the_reading_edge(browser: Browser, language: str) -> None:
    page = show(browser, report(language))
    bars = page.evaluate(BARS)
    assert [share for share, _right, _left in bars][:5] == [100, 50, 100, 0, 50]
    for share, right, left in bars:
        assert (right if language == "he" else left) == pytest.approx(0, abs=1) or share == 0
    page.context.close()


def test_without_css_the_tables_contain_every_number(browser: Browser) -> None:
    page = show(browser, report("en").replace("<style>", "<style media=none>"), width=320)
    text = page.locator("main").inner_text()
    for words in ("Demands received", "NL-2026-0001 v1", ">=1000", "It expired", "Nobody was given data"):
        assert words in text
    assert complaints(page) == []
    page.context.close()


def test_bars_are_visible_in_forced_colours(browser: Browser) -> None:
    page = show(browser, report("en"), forced_colors="active")
    fills = page.evaluate("getComputedStyle(document.querySelector('pattern#solid path')).fill")
    assert fills != "none"
    assert complaints(page) == []
    page.context.close()


def test_wide_tables_can_be_reached_and_scrolled_by_keyboard(browser: Browser) -> None:
    page = show(browser, report("en"), width=320)
    regions = page.get_by_role("region")
    assert regions.count() == 7
    region = page.get_by_role("region", name="Orders that were in force")
    region.focus()
    page.keyboard.press("End")
    page.keyboard.press("ArrowRight")
    page.wait_for_function("document.activeElement.scrollLeft > 0")
    page.context.close()


@pytest.mark.parametrize(("width", "scheme", "font"), [LOOKS[0], LOOKS[-1]])
def test_the_status_page_is_accessible_too(
    browser: Browser, sample: Sample, width: int, scheme: Any, font: int
) -> None:
    state = snapshot(missed_reviews=["DE-2026-0001"], failures=2)
    text = status_page(state, findings(state, Path("/state"), NOW), NOW)
    page = show(browser, text, width=width, scheme=scheme, font=font)
    if sample.everything:
        screenshot(page, SCREENSHOTS.parent / "status" / f"{width}-{scheme}-{font}.png")
    check(page, "the page")
    page.context.close()
