from __future__ import annotations

import re
from typing import Any

import html5lib
import pytest

from joinfence.report.compose import compose
from joinfence.report.page import to_html
from joinfence.text.catalogues import languages
from tests.report.example import example_report
from tests.report.samples import H2, make_facts

REPORT, _FACTS, _PERIOD = example_report("2026-H1")
NS = "{http://www.w3.org/1999/xhtml}"


def page(language: str = "en", report: Any = REPORT) -> str:
    return to_html(report, language, {"en": "report.html", "de": "report.de.html"})


@pytest.mark.parametrize("language", languages())
def test_a_page_is_valid_and_has_one_heading_of_the_first_level(language: str) -> None:
    tree = html5lib.HTMLParser(strict=True).parse(page(language))
    assert len(tree.findall(f".//{NS}h1")) == 1
    root = tree if tree.tag == f"{NS}html" else tree.find(f".//{NS}html")
    assert root is not None
    assert root.get("lang") == language


def test_a_page_loads_nothing_and_runs_nothing() -> None:
    text = page()
    assert "<script" not in text
    assert not re.search(r'(?:src|href)="(?!report\.|data:,)', text)


def test_every_table_has_a_caption_and_every_chart_a_table() -> None:
    tree = html5lib.parse(page())
    tables = tree.findall(f".//{NS}table")
    assert len(tables) == 7
    for table in tables:
        assert table.find(f"{NS}caption") is not None
        assert {cell.get("scope") for cell in table.iter(f"{NS}th")} == {"col", "row"}
    charts = [each for each in tree.iter(f"{NS}div") if each.get("class") == "chart"]
    assert len(charts) == 5
    assert all(chart.get("aria-hidden") == "true" for chart in charts)


def test_bars_are_distinguishable_without_colour() -> None:
    bars = re.findall(r'<div class="bar"><span>([^<]+)</span><b dir="ltr">([^<]+)</b>', page())
    assert ("Accepted", "2") in bars
    assert ("NL-2026-0001 (2026-H1)", "&gt;=1000") in bars
    outcomes = re.findall(r"url\(#(\w+)\)", page())[:5]
    assert len(set(outcomes)) == 5


def test_a_page_links_to_the_report_in_other_languages() -> None:
    assert '<a href="report.de.html" lang="de" dir="ltr" hreflang="de">Deutsch</a>' in page()
    assert 'href="report.html" lang="en"' in page("de")


def test_missing_values_are_shown_as_words() -> None:
    text = page(report=compose(make_facts(), H2))
    assert text.count("<p>None.</p>") == 3
    assert "not known" in text
    assert "not stated" in text


def test_uncounted_joins_are_not_shown_as_few() -> None:
    _report, facts, period = example_report("2026-H1")
    uncounted = compose(make_facts(*facts.orders), period)
    assert "not counted" in page(report=uncounted)


def test_text_from_outside_is_escaped() -> None:
    operator = REPORT.operator.model_copy(update={"name": "<b>Evil</b>\u202e"})
    text = page(report=REPORT.model_copy(update={"operator": operator}))
    assert "<b>Evil" not in text
