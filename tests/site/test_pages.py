"""Each page has its required content, in its language, and hostile text in it is harmless."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import html5lib
import pytest

from joinfence.refusal import problem
from joinfence.site.changes import changes
from joinfence.site.life import Pause, Version
from joinfence.site.links import order_page
from joinfence.site.pages import Pages, Site
from joinfence.text.catalogues import languages
from tests.content_model import breaches
from tests.refusal import samples
from tests.site.samples import AT, DAY, OPERATOR, make_version
from tests.site.test_changes import REJECTED

HERE = Path("order.yaml")
FIRST = make_version(HERE, superseded_at=AT - DAY)
SECOND = make_version(HERE, ("version", 2), ("supersedes", 1), published_at=AT - DAY)
OTHER = make_version(HERE, ("id", "DE-2026-0002"), ("mode", "observe"), ("narrowed_from", "The whole world"))
GONE = make_version(HERE, ("id", "DE-2026-0003"), pauses=[Pause(kind="withdrawn", since=AT)])
LATE = make_version(HERE, ("id", "DE-2026-0004"), pauses=[Pause(kind="suspended", since=AT)])


def make_site(*versions: Version, **changed: Any) -> Site:
    values: dict[str, Any] = {
        "operator": OPERATOR,
        "at": AT,
        "languages": ("en", "ar", "de"),
        "versions": {(each.order.id, each.order.version): each for each in versions},
        "changes": changes(versions, [REJECTED], AT),
        "rejected": (REJECTED,),
        "sources": ("registry (test 1)",),
        "reports": (("reports/2026-h1.html", "2026-h1.html"),),
    }
    return Site(**{**values, **changed})


ALL = make_site(FIRST, SECOND, OTHER, GONE, LATE)


def order(version: Version, language: str = "en", site: Site = ALL) -> str:
    siblings = [each for each in site.versions.values() if each.order.id == version.order.id]
    place = order_page(version.order.id, version.order.version)
    return Pages(site, language).order(version, place, siblings).decode()


def every_page(language: str, site: Site = ALL) -> list[str]:
    pages = Pages(site, language)
    return [
        pages.index().decode(),
        pages.complaint().decode(),
        pages.location().decode(),
        pages.refusal().decode(),
        *(order(version, language, site) for version in site.versions.values()),
    ]


def test_the_index_groups_orders_by_state() -> None:
    groups = ALL.groups()
    assert [[version.order.id[-4:] for version in group] for group in groups] == [
        ["0001", "0002"],
        ["0004"],
        ["0003"],
    ]
    assert groups.in_force[0].order.version == 2


def test_the_current_version_is_the_newest_that_is_not_withdrawn() -> None:
    withdrawn = SECOND.model_copy(update={"pauses": [Pause(kind="withdrawn", since=AT)]})
    remaining = FIRST.model_copy(update={"superseded_at": None})
    assert make_site(remaining, withdrawn).current()["DE-2026-0001"] == remaining
    assert make_site(FIRST, withdrawn).current()["DE-2026-0001"] == withdrawn


def test_the_content_of_the_index() -> None:
    page = Pages(ALL, "en").index().decode()
    for text in ("In force", "Not in force at present", "Ended", "Demands we rejected", "How to complain"):
        assert f"<h2>{text}</h2>" in page
    for text in ("D-2026-0001", "Private sender", "reports/2026-h1.html", "feed.atom", "feed.json", "<svg"):
        assert text in page
    assert "It is only observed: nobody is refused." in page


def test_an_empty_index_says_none() -> None:
    page = Pages(make_site(rejected=(), changes=(), reports=()), "en").index().decode()
    assert page.count("<p>None.</p>") == 4
    assert "<svg" not in page
    assert "Not in force at present" not in page


def test_the_content_of_an_order_page() -> None:
    facts = SECOND.order
    page = order(SECOND)
    for text in (
        facts.authority.official_url,
        "17 O 123/26",
        facts.document.url,
        facts.document.sha256,
        "Parts of the published document are blacked out.",
        "§ 97 Abs. 1 UrhG",
        facts.reasons["en"],
        facts.necessity.least_restrictive,
        "Number of meetings</dt><dd>2</dd>",
        '<time datetime="2026-11-10T00:00:00+01:00">',
        facts.redress.affected.url,
        "legal@meet.example",
        '<th scope="row">Germany',
        'href="order.json"',
        "Version 1</a>",
    ):
        assert text in page, text


def test_an_older_version_says_that_there_is_a_newer_one() -> None:
    assert "There is a newer version of this order." in order(FIRST)
    assert "There is a newer version of this order." not in order(SECOND)


def test_an_order_page_shows_what_the_demand_was_narrowed_from() -> None:
    assert "The whole world" in order(OTHER)


@pytest.mark.parametrize("language", languages())
def test_every_page_is_html_in_its_language_and_links_to_the_others(language: str) -> None:
    site = make_site(SECOND, OTHER, languages=languages())
    for page in every_page(language, site):
        document = html5lib.HTMLParser(strict=True).parse(page)
        assert document.get("lang") == language
        assert all(f'hreflang="{other}"' in page for other in languages())
        assert len(document.findall(".//{*}h1")) == 1


@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_page_follows_the_content_models_of_html(language: str) -> None:
    empty = make_site(rejected=(), changes=(), reports=())
    for page in (*every_page(language), *every_page(language, empty)):
        assert breaches(page) == []


def test_no_page_loads_anything_else() -> None:
    for page in every_page("en"):
        document = html5lib.parse(page)
        assert not document.findall(".//{*}script")
        assert not [
            each for tag in ("img", "iframe", "object") for each in document.findall(f".//{{*}}{tag}")
        ]
        assert "url(" not in page.replace("url(#map-hatch)", "")
        assert "http-equiv" not in page


def test_the_refusal_page_documents_every_extension_member_of_our_problem_documents() -> None:
    page = html5lib.parse(Pages(ALL, "en").refusal().decode(), namespaceHTMLElements=False)
    documented = {
        "".join(group[0].itertext()): {
            each.text for each in group[1].iter("span") if each.get("dir") == "ltr"
        }
        for group in page.findall(".//dl/div")
    }
    found = json.loads(problem.document(samples.refused(samples.ORDER, samples.OTHER), OPERATOR, "en"))
    assert documented == {
        name: _parts(value)
        for name, value in found.items()
        if name not in {"type", "title", "status", "detail"}
    }
    assert found["title"] == page.findtext(".//h1")


def _parts(value: Any) -> set[str]:
    first = value[0] if isinstance(value, list) else value
    return set(first) if isinstance(first, dict) else set()


HOSTILE = '"><script>alert(1)</script>\u202e'


def test_hostile_text_is_escaped() -> None:
    version = make_version(
        HERE,
        ("authority.reference", HOSTILE),
        ("reasons.en", HOSTILE * 2),
        ("necessity.least_restrictive", HOSTILE),
        ("necessity.alternatives[0]", HOSTILE),
        ("legal_basis[0].citation", HOSTILE),
        ("narrowed_from", HOSTILE),
        ("redress.affected.how", HOSTILE),
    )
    site = make_site(version, sources=(HOSTILE,), reports=((HOSTILE, HOSTILE),))
    for page in every_page("en", site):
        assert "<script>" not in page
        assert "\u202e" not in page
    assert order(version, site=site).count("&lt;script&gt;") >= 7


def test_the_pages_name_the_sources_and_how_to_complain() -> None:
    pages = Pages(ALL, "en")
    assert "registry (test 1)" in pages.location().decode()
    assert 'href="mailto:legal@meet.example"' in pages.complaint().decode()
