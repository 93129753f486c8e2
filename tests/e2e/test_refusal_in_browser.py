"""The refusal as people see it, in a real Chromium: accessible, complete, and without further requests.

With --all, screenshots go to build/screenshots/, for a person to look at.
"""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from joinfence.config.branding import PLAIN, Branding, read_branding
from joinfence.refusal.answer import Answer
from joinfence.refusal.template_checks.rendering import MAX_PAGE_BYTES
from joinfence.text.catalogues import languages
from joinfence.text.operator import Operator
from tests.browser import check, chromium, complaints, look_at, screenshot
from tests.refusal.samples import DECISION, OPERATOR, answered, request

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from playwright.sync_api import Browser, Page, Route

    from tests.sampling import Sample

pytestmark = pytest.mark.e2e

ROOT: Final = Path(__file__).parents[2]
SCREENSHOTS: Final = ROOT / "build" / "screenshots" / "refusal"
ADDRESS: Final = "https://rooms.example/j/1"
RIGHT_TO_LEFT: Final = {"ar", "fa", "he"}
LOOKS: Final[list[tuple[int, Any, int]]] = list(product((320, 1280), ("light", "dark"), (100, 200)))
CLOSELY: Final = {"ar", "en", "th"}  # one from right to left, one alone, and the one with most bytes
ORDER_OF_TEXT: Final = """() => [...document.querySelectorAll('h1, h2, h3, .lead, section > div, article')]
    .map(each => each.getBoundingClientRect().top)"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


def _refusal(language: str, branding: Branding) -> Answer:
    operator = Operator(
        name=branding.name or OPERATOR.name, url=OPERATOR.url, contact=OPERATOR.contact, branding=branding
    )
    return answered(DECISION, request(("Accept", "text/html"), ("Accept-Language", language)), operator)


@pytest.fixture
def asked() -> list[str]:
    return []


def _open(browser: Browser, refusal: Answer, asked: list[str]) -> Page:
    """Show a refusal at the URL that was requested, with the headers that it is sent with."""

    def serve(route: Route) -> None:
        asked.append(route.request.url)
        if route.request.url == ADDRESS:
            headers = dict(refusal.headers)
            route.fulfill(status=refusal.status, headers=headers, body=refusal.body)
        else:
            route.abort()

    page = browser.new_page()
    page.route("**/*", serve)
    page.goto(ADDRESS)
    return page


def _check(page: Page, name: str, looks: Sequence[tuple[int, Any, int]], sample: Sample) -> None:
    """Look at the page in several widths, schemes and sizes of text."""
    for width, scheme, font in looks:
        look_at(page, width, scheme, font)
        which = f"{name}.{width}.{scheme}.{font}"
        if sample.everything and (scheme == "dark") == (font == 200):
            screenshot(page, SCREENSHOTS / f"{which}.png")
        check(page, which)


@pytest.mark.parametrize("language", languages())
def test_a_refusal_is_accessible_complete_and_loads_nothing(
    browser: Browser, asked: list[str], sample: Sample, language: str
) -> None:
    refusal = _refusal(language, PLAIN)
    page = _open(browser, refusal, asked)
    try:
        assert len(refusal.body) < MAX_PAGE_BYTES
        assert page.locator("h1").count() == 1
        assert page.locator("html").get_attribute("lang") == language
        _check(
            page,
            language,
            LOOKS if language in CLOSELY else sample.turn(LOOKS, languages().index(language)),
            sample,
        )
        rtl = language in RIGHT_TO_LEFT
        page.set_viewport_size({"width": 1280, "height": 900})
        term, fact = page.locator("dt").first.bounding_box(), page.locator("dd").first.bounding_box()
        assert term
        assert fact
        assert (term["x"] > fact["x"]) == rtl, "what is said of a fact stands behind its name"
        assert page.evaluate("getComputedStyle(document.body).direction") == ("rtl" if rtl else "ltr")
        said = page.evaluate("document.body.innerText.replace(/\\s+/g, '')")
        downwards = page.evaluate(ORDER_OF_TEXT)
        assert downwards == sorted(downwards)
        page.evaluate("document.querySelectorAll('style').forEach(each => each.remove())")
        assert page.evaluate("getComputedStyle(document.querySelector('section')).display") == "block"
        assert page.evaluate("document.body.innerText.replace(/\\s+/g, '')") == said
        without_style = page.evaluate(ORDER_OF_TEXT)
        assert without_style == sorted(without_style)
        assert asked == [ADDRESS], "the page asks for nothing else"
    finally:
        page.close()


def test_the_branded_example_is_accessible_complete_and_loads_nothing(
    browser: Browser, asked: list[str], sample: Sample
) -> None:
    branding, _document = read_branding(ROOT / "configs" / "notices" / "branding.yaml")
    refusal = _refusal("de", branding)
    page = _open(browser, refusal, asked)
    assert len(refusal.body) < MAX_PAGE_BYTES
    _check(page, "branded", LOOKS, sample)
    logo = page.get_by_role("img", name="Example Meetings")
    assert logo.evaluate("each => each.complete && each.naturalWidth > 0"), "the policy lets the logo pass"
    assert [each for each in asked if not each.startswith("data:")] == [ADDRESS]
    page.close()


def test_the_content_security_policy_allows_only_our_own_style(browser: Browser, asked: list[str]) -> None:
    refusal = _refusal("en", PLAIN)
    injected = b"<style>h1 { color: red }</style><script>document.title = 'no'</script><img src=/x.png>"
    with_more = Answer(
        status=451, headers=refusal.headers, body=refusal.body.replace(b"</main>", injected + b"</main>")
    )
    page = _open(browser, with_more, asked)
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).color") != "rgb(255, 0, 0)"
    assert page.evaluate("getComputedStyle(document.querySelector('article')).borderTopWidth") == "4px"
    assert page.title() != "no"
    assert asked == [ADDRESS]
    page.close()


def test_axe_would_find_a_problem(browser: Browser, asked: list[str]) -> None:
    page = _open(browser, _refusal("en", PLAIN), asked)
    page.evaluate("document.documentElement.removeAttribute('lang')")
    page.evaluate("document.querySelector('.lead').style.color = '#bbb'")
    assert {each.partition(":")[0] for each in complaints(page)} == {"color-contrast", "html-has-lang"}
    page.close()
