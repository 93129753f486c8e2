"""Every refusal and notice keeps to HTML's content models, in every language; what does not is found."""

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
def test_every_element_stands_where_it_may(about: RefusalContext | Notice, language: str) -> None:
    assert breaches(pages.html(about, OPERATOR, language)) == []


@pytest.mark.parametrize(
    ("written", "instead", "told"),
    [
        pytest.param("<h1>", "<h1><p>", "<p> stands in <h1>", id="a paragraph in a title"),
        pytest.param("<dt>", "<dd>again</dd><dt>", "a group of a <dl>", id="a group out of order"),
        pytest.param("<ol>", "<ol><p>x</p>", "<p> stands in <ol>", id="no item of the list"),
        pytest.param("<ul>", "<ul><li></li>", "<li> says nothing", id="an empty item"),
        pytest.param('datetime="', 'datetime="on ', "<time> is for on 2026-", id="no instant"),
        pytest.param('dir="ltr"', 'dir="up"', "runs up", id="no direction"),
        pytest.param('charset="utf-8"', 'charset="latin-1"', "UTF-8", id="another charset"),
        pytest.param('href="#en"', 'href="#tlh"', "has the id tlh", id="a link inside that does not arrive"),
        pytest.param('href="#en"', 'href=""', "a link leads nowhere", id="a link to nothing"),
        pytest.param('id="en"', 'id="de"', "the id de stands twice", id="an id twice"),
        pytest.param("<h1>", "<h1>a</h1><h1>", "do not begin with the one <h1>", id="two titles"),
        pytest.param("<h3>", "<h1>a</h1><h3>", "a level of headings is left out", id="a level too deep"),
    ],
)
def test_what_breaks_a_content_model_is_found(written: str, instead: str, told: str) -> None:
    page = pages.html(refused(ORDER, OTHER), OPERATOR, "de")
    assert written in page
    broken = page.replace(written, instead, 1)
    assert told in "\n".join(breaches(broken))
