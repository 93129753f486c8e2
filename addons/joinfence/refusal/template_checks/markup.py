"""Reads a page as a browser shows it: the text that is seen, and markup that is not allowed."""

from __future__ import annotations

from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Final

_NEVER_SHOWN: Final = {"style", "title"}
_VOID: Final = {"br", "hr", "img", "link", "meta", "wbr"}

# Elements that show their content as it is, and neither load, send nor hide anything: those that our own
# templates use, and a few more.
_CONTENT: Final = {
    "a", "abbr", "article", "b", "bdi", "blockquote", "br", "cite", "code", "dd", "div", "dl", "dt", "em",
    "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "i", "img", "li", "main", "ol", "p",
    "section", "small", "span", "strong", "time", "ul", "wbr",
}  # fmt: skip
_FRAME: Final = {"body", "head", "html", "link", "meta", "style", "title"}
_GLOBAL_ATTRIBUTES: Final = {"class", "dir", "id", "lang"}
_ATTRIBUTES: Final = {
    "a": {"href", "rel"},
    "img": {"alt", "height", "src", "width"},
    "link": {"href", "rel"},
    "meta": {"charset", "content", "name"},
    "time": {"datetime"},
}
_LOADED: Final = {("img", "src"), ("link", "href")}


@dataclass(frozen=True, slots=True)
class Markup:
    """The text that a reader sees, and each `element` or `element attribute` that is not allowed."""

    text: str
    not_allowed: frozenset[str]


def read_markup(html: str, *, whole_page: bool) -> Markup:
    """Return what a browser shows of HTML: a whole page, or a part of the body."""
    parser = _Parser(_CONTENT | _FRAME if whole_page else _CONTENT)
    parser.feed(html)
    return Markup("".join(parser.text), frozenset(parser.not_allowed))


class _Parser(HTMLParser):
    def __init__(self, elements: set[str]) -> None:
        super().__init__(convert_charrefs=True)
        self.text: list[str] = []
        self.not_allowed: set[str] = set()
        self._elements = elements
        self._hidden: list[str] = []  # the outermost element that is never shown, and those open inside it

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Check an element and its attributes; HTMLParser calls this."""
        if tag not in self._elements:
            self.not_allowed.add(tag)
        allowed = _GLOBAL_ATTRIBUTES | _ATTRIBUTES.get(tag, set())
        for name, value in attrs:
            if name not in allowed or ((tag, name) in _LOADED and not (value or "").startswith("data:")):
                self.not_allowed.add(f"{tag} {name}")
        if tag not in _VOID and (self._hidden or tag in _NEVER_SHOWN):
            self._hidden.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Leave an element, and those inside it that were not closed; HTMLParser calls this."""
        if tag in self._hidden:
            while self._hidden.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        """Collect text that is shown; HTMLParser calls this."""
        if not self._hidden:
            self.text.append(data)
