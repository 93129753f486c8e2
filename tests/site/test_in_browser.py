"""The public pages in a real browser: accessible, without overflow, and independent of where they are served."""

from __future__ import annotations

import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest

from joinfence.site.links import Here, file_of
from joinfence.text.catalogues import languages
from tests.browser import check, chromium, complaints, look_at, page_of, screenshot
from tests.config_files import copy_configs, edit
from tests.site.samples import AT, DAY, build_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from playwright.sync_api import Browser

    from tests.sampling import Sample

pytestmark = pytest.mark.e2e

type Look = tuple[int, Literal["light", "dark"], int]

SCREENSHOTS = Path(__file__).parents[2] / "build" / "screenshots" / "site"
RIGHT_TO_LEFT = {"ar", "fa", "he"}
PAGES = ["", "complain/", "location/", "refusal/", "orders/DE-2026-0001/", "orders/DE-2026-0001/1/"]
LOOKS: list[Look] = [(320, "light", 100), (1280, "dark", 100), (320, "dark", 200), (1280, "light", 200)]
"""Width of the window, colour scheme, and size of the reader's font in per cent."""

CLOSELY = {"ar", "en", "th"}
"""Looked at from all sides: one from right to left, one alone, and the one with most bytes. The templates are the
same in every language, so that for the others each look once is enough."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a site with something in every section, in all languages, with two versions of an order."""
    folder = tmp_path_factory.mktemp("site")
    main = copy_configs(folder)
    edit(main, "# site: {folder: /var/www/legal}", f"site: {{languages: [{', '.join(languages())}]}}")
    build_at(main, folder / "legal")
    edit(main.parent / "orders" / "DE-2026-0001.yaml", "version: 1", "version: 2\nsupersedes: 1")
    edit(main.parent / "orders" / "DE-2026-0001.yaml", "territory: [DE]", "territory: [DE-BY, DE-HH]")
    suspended = "suspended: {since: 2026-11-25T10:00:00Z, reason: An appeal was lodged.}\n"
    order = main.parent / "orders" / "NL-2026-0003.yaml"
    order.write_text(order.read_text() + suspended)
    (main.parent / "orders" / "PT-2026-0002.yaml").unlink()
    build_at(main, folder / "legal", AT + DAY)
    return folder / "legal"


def address(site: Path, language: str, place: str) -> str:
    return (site / file_of(Here(base="", language=language, place=place).path)).as_uri()


@pytest.mark.parametrize("language", languages())
def test_pages_are_accessible_and_do_not_overflow(
    browser: Browser, site: Path, sample: Sample, language: str
) -> None:
    for place, looks in visits(language, sample).items():
        with page_of(browser, address(site, language, place)) as page:
            assert page.evaluate("getComputedStyle(document.body).direction") == direction(language)
            for width, scheme, font in looks:
                look_at(page, width, scheme, font)
                name = f"{place.strip('/').replace('/', '-') or 'index'}.{language}.{width}.{scheme}.{font}"
                if sample.everything:
                    screenshot(page, SCREENSHOTS / f"{name}.png")
                check(page, name)


def visits(language: str, sample: Sample) -> dict[str, Sequence[Look]]:
    """Return the looks to take at each page in a language."""
    if language in CLOSELY:
        return dict.fromkeys(PAGES, LOOKS)
    once = [*product([""], LOOKS[:2]), *product(["orders/DE-2026-0001/"], LOOKS[2:])]
    found: dict[str, list[Look]] = {}
    for place, look in sample.turn(once, languages().index(language)):
        found.setdefault(place, []).append(look)
    return dict(found)


def direction(language: str) -> str:
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"


def test_margins_stay_small_with_large_type_on_a_narrow_screen(browser: Browser, site: Path) -> None:
    with page_of(browser, address(site, "en", "orders/DE-2026-0001/")) as page:
        look_at(page, 320, "light", 200)
        width = page.evaluate("document.querySelector('article > p, section p').parentElement.clientWidth")
        assert width >= 0.8 * 320


def test_list_items_keep_the_direction_of_a_right_to_left_page(browser: Browser, site: Path) -> None:
    with page_of(browser, address(site, "ar", "orders/DE-2026-0001/")) as page:
        look_at(page, 320, "light", 100)
        bullets = "[...document.querySelectorAll('main li')].map(each => getComputedStyle(each).direction)"
        assert set(page.evaluate(bullets)) == {"rtl"}


def test_axe_finds_errors(browser: Browser, site: Path) -> None:
    with page_of(browser, address(site, "en", "")) as page:
        page.evaluate("document.querySelector('svg').removeAttribute('aria-labelledby')")
        page.evaluate("document.querySelector('svg title').remove()")
        page.add_style_tag(content="dt, p { color: #bbb !important; }")
        found = {complaint.partition(":")[0] for complaint in complaints(page)}
    assert {"color-contrast", "svg-img-alt"} <= found


def test_links_work_when_opened_from_disk(browser: Browser, site: Path) -> None:
    walk_through(browser, site.as_uri() + "/index.html")


def test_links_work_below_a_path_of_a_server(browser: Browser, site: Path) -> None:
    handler = partial(SimpleHTTPRequestHandler, directory=str(site.parent))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        walk_through(browser, f"http://127.0.0.1:{server.server_port}/legal/")
        server.shutdown()


def walk_through(browser: Browser, start: str) -> None:
    """Follow links as a reader would: an order, its language, its older version, and back to the list."""
    with page_of(browser, start) as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.resource_type))
        page.get_by_role("link", name="DE-2026-0001", exact=True).click()
        assert page.locator("h1").inner_text() == "Order DE-2026-0001, Version 2"
        page.get_by_role("link", name="Deutsch").click()
        assert page.locator("html").get_attribute("lang") == "de"
        page.get_by_role("link", name="Fassung 1").first.click()
        assert page.get_by_text("Es gibt eine neuere Fassung dieser Anordnung.").is_visible()
        page.get_by_role("link", name="English").click()
        page.get_by_role("link", name="All orders we carry out").click()
        assert page.locator("h1").inner_text() == "Legal orders carried out by Example Meetings"
        page.get_by_role("link", name="How a location is determined").click()
        page.get_by_role("link", name="How to complain").click()
        assert page.locator("h1").inner_text() == "How to complain"
        assert set(asked) == {"document"}, "pages load nothing else"
