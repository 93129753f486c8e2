"""Rules of HTML's content models that a parser does not check, for the pages of any part."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import html5lib

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree import ElementTree as ET

_SVG: Final = "{http://www.w3.org/2000/svg}"
_DRAWING: Final = f"{_SVG}svg"
PHRASING: Final = {"a", "bdi", "span", "time"}
CHILDREN: Final = {  # HTML Living Standard, section 4: what may stand directly in an element
    "html": {"head", "body"},
    "head": {"meta", "title", "link", "style"},
    "body": {"header", "main", "footer"},
    "header": {"p", "nav"},
    "footer": {"p", "nav"},
    "nav": {"ul"},
    "main": {"article"},
    "article": {"h1", "h2", "p", "section"},
    "section": {"h2", "h3", "div"},
    "dl": {"div"},
    "ul": {"li"},
    "ol": {"li"},
    "blockquote": {"p"},
    "table": {"thead", "tbody"},
    "thead": {"tr"},
    "tbody": {"tr"},
    "tr": {"th", "td"},
    "th": PHRASING,
    "td": PHRASING,
    "li": {"h3", "p", "ul"} | PHRASING,
    "dt": PHRASING,
    "dd": PHRASING,
    "p": PHRASING | {"img"},
    "a": PHRASING - {"a"},
    "span": PHRASING,
    "h1": PHRASING,
    "h2": PHRASING,
    "h3": PHRASING,
    "bdi": set(),
    "time": set(),
    "title": set(),
}
_IN_DIV: Final = {"dl", "ul", "ol", "p", "blockquote", "div", "table", _DRAWING}
_IN_TERMS: Final = ["dt", "dd"]
_EMPTY: Final = {"meta", "link", "img", "style"}
_INSTANT: Final = re.compile(  # section 2.3.5: a date, or a date and time with its offset
    r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d))?"
)


def breaches(text: str) -> list[str]:
    """Return what a page breaks, as sentences. Raises html5lib's ParseError where it is no HTML at all."""
    page: ET.Element = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)
    return [*_misplaced(page), *_untold(page), *_unlinked(page), *_headings(page)]


def _misplaced(page: ET.Element) -> Iterator[str]:
    for parent in page.iter():
        children = [child.tag for child in parent]
        if parent.tag == "div":  # in a list of terms, or what belongs to a heading
            allowed = set(_IN_TERMS) if children == _IN_TERMS else _IN_DIV
        elif parent.tag.startswith(_SVG) or parent.tag in _EMPTY:
            continue
        else:
            allowed = CHILDREN.get(parent.tag, set())
        if parent.tag == "dl" and any([each.tag for each in div] != _IN_TERMS for div in parent):
            yield "a group of a <dl> is not one <dt> and one <dd>"
        for tag in sorted(set(children) - allowed):
            yield f"<{tag}> stands in <{parent.tag}>"
        if parent.tag == "a" and any(each.tag == "a" for each in list(parent.iter())[1:]):
            yield "a link stands in a link"


def _untold(page: ET.Element) -> Iterator[str]:
    for element in page.iter():
        speaks = element.tag not in _EMPTY and not element.tag.startswith(_SVG)
        if speaks and not "".join(element.itertext()).strip():
            yield f"<{element.tag}> says nothing"
        if element.tag == "time" and not _INSTANT.fullmatch(element.get("datetime", "")):
            yield f"<time> is for {element.get('datetime')}"
        if element.get("dir") not in {None, "ltr", "rtl", "auto"}:
            yield f"<{element.tag}> runs {element.get('dir')}"
    if [meta.get("charset") for meta in page.iter("meta") if meta.get("charset")] != ["utf-8"]:
        yield "the page does not say that it is UTF-8"


def _unlinked(page: ET.Element) -> Iterator[str]:
    ids = Counter(element.get("id") for element in page.iter() if element.get("id"))
    yield from (f"the id {each} stands twice" for each, count in ids.items() if count > 1)
    links = [a.get("href") or "" for a in page.iter("a")]
    named = [name for each in page.iter() for name in each.get("aria-labelledby", "").split()]
    for target in (*(link[1:] for link in links if link.startswith("#")), *named):
        if target not in ids:
            yield f"nothing on the page has the id {target}"
    if "" in links:
        yield "a link leads nowhere"


def _headings(page: ET.Element) -> Iterator[str]:
    levels = [int(element.tag[1]) for element in page.iter() if element.tag in {"h1", "h2", "h3"}]
    if levels.count(1) != 1 or levels[0] != 1:
        yield f"the headings do not begin with the one <h1>: {levels}"
    if any(deeper > level + 1 for level, deeper in pairwise(levels)):
        yield f"a level of headings is left out: {levels}"
