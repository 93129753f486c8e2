"""Rules of HTML's content models that a parser does not check, held against every page in every language."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import html5lib
import pytest

from joinfence.adapters import pages
from joinfence.adapters.catalogues import languages
from joinfence.adapters.notices import FAILED
from tests.adapters.samples import OPERATOR, ORDER, OTHER, refused

if TYPE_CHECKING:
    from xml.etree import ElementTree as ET

    from joinfence.adapters.case import Refused
    from joinfence.adapters.notices import Notice

PHRASING: Final = {"a", "bdi", "span", "time"}
CHILDREN: Final = {  # HTML Living Standard, section 4: what may stand directly in an element
    "html": {"head", "body"},
    "head": {"meta", "title", "link", "style"},
    "body": {"header", "main", "footer"},
    "header": {"p"},
    "main": {"article"},
    "article": {"h1", "h2", "p", "section"},
    "section": {"h2", "h3", "div"},
    "dl": {"div"},
    "ul": {"li"},
    "ol": {"li"},
    "blockquote": {"p"},
    "li": {"p"} | PHRASING,
    "dt": PHRASING,
    "dd": PHRASING,
    "p": PHRASING,
    "a": PHRASING - {"a"},
    "bdi": set(),
    "time": set(),
    "title": set(),
    "h1": set(),
    "h2": set(),
    "h3": set(),
}
EMPTY: Final = {"meta", "link", "img"}


@pytest.mark.parametrize("about", [refused(ORDER, OTHER), FAILED], ids=["refusal", "notice"])
@pytest.mark.parametrize("language", languages())
def test_every_element_stands_where_it_may(about: Refused | Notice, language: str) -> None:
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    page: ET.Element = parser.parse(pages.html(about, OPERATOR, language))
    for parent in page.iter():
        children = [child.tag for child in parent]
        if parent.tag in CHILDREN:
            assert set(children) <= CHILDREN[parent.tag], parent.tag
        if parent.tag == "div":  # in a list of terms, or what belongs to a heading
            assert children == ["dt", "dd"] or set(children) <= {"dl", "ul", "ol", "p", "blockquote"}
        if parent.tag not in EMPTY | {"style"}:
            assert "".join(parent.itertext()).strip(), f"<{parent.tag}> says nothing"
    ids = Counter(element.get("id") for element in page.iter() if element.get("id"))
    assert set(ids.values()) == {1}
    targets = {
        a.get("href", "").removeprefix("#") for a in page.iter("a") if a.get("href", "").startswith("#")
    }
    assert targets <= set(ids), "a link inside the page arrives"
    assert all(a.get("href") for a in page.iter("a"))
    assert {element.get("dir") for element in page.iter()} <= {None, "ltr", "rtl"}
    assert next(meta.get("charset") for meta in page.iter("meta")) == "utf-8"
