"""Every refusal and notice follows HTML's content models, in every language; breaches are found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from joinfence.refusal import pages
from joinfence.refusal.notices import FAILED
from joinfence.text.catalogues import languages
from tests.content_model import breaches
from tests.refusal.samples import OPERATOR, ORDER, OTHER, refused

if TYPE_CHECKING:
    from joinfence.refusal.context import RefusalContext
    from joinfence.refusal.notices import Notice


@pytest.mark.parametrize("about", [refused(ORDER, OTHER), FAILED], ids=["refusal", "notice"])
@pytest.mark.parametrize("language", languages())
def test_every_element_is_where_html_allows_it(about: RefusalContext | Notice, language: str) -> None:
    assert breaches(pages.html(about, OPERATOR, language)) == []


@pytest.mark.parametrize(
    ("written", "instead", "expected"),
    [
        pytest.param("<h1>", "<h1><p>", "<p> stands in <h1>", id="a paragraph in a title"),
        pytest.param("<dt>", "<dd>again</dd><dt>", "a group of a <dl>", id="a dd before the first dt"),
        pytest.param("<ol>", "<ol><p>x</p>", "<p> stands in <ol>", id="a list child that is no item"),
        pytest.param("<ul>", "<ul><li></li>", "<li> says nothing", id="an empty item"),
        pytest.param('datetime="', 'datetime="on ', "<time> is for on 2026-", id="an invalid datetime"),
        pytest.param('dir="ltr"', 'dir="up"', "runs up", id="an invalid dir"),
        pytest.param('charset="utf-8"', 'charset="latin-1"', "UTF-8", id="another charset"),
        pytest.param('href="#en"', 'href="#tlh"', "has the id tlh", id="a fragment that does not exist"),
        pytest.param('href="#en"', 'href=""', "a link leads nowhere", id="an empty link"),
        pytest.param('id="en"', 'id="de"', "the id de stands twice", id="a duplicate id"),
        pytest.param("<h1>", "<h1>a</h1><h1>", "do not begin with the one <h1>", id="two titles"),
        pytest.param(
            "<h3>", "<h1>a</h1><h3>", "a level of headings is left out", id="a skipped heading level"
        ),
    ],
)
def test_what_breaks_a_content_model_is_found(written: str, instead: str, expected: str) -> None:
    page = pages.html(refused(ORDER, OTHER), OPERATOR, "de")
    assert written in page
    broken = page.replace(written, instead, 1)
    assert expected in "\n".join(breaches(broken))
