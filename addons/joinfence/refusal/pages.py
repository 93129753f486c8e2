"""Refusals and notices for people, as HTML and as plain text, in the reader's language and in English."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from joinfence.refusal.context import RefusalContext
from joinfence.text.catalogues import FALLBACK, translations
from joinfence.text.layout import environment, stylesheet
from joinfence.text.operator import order_url
from joinfence.text.phrases import HEADLINE, INSTRUMENTS
from joinfence.text.words import Words, line

if TYPE_CHECKING:
    from joinfence.engine.order import Order
    from joinfence.refusal.notices import Notice
    from joinfence.text.operator import Operator

_WIDTH: Final = 78
_WITHOUT_SPACES: Final = {"ja", "th", "zh"}
_SEPARATOR: Final = "\n\n" + "*" * _WIDTH + "\n\n"


@dataclass(frozen=True, slots=True)
class Block:
    """The rendered part of a page in one language."""

    words: Words
    text: str


def page_languages(language: str) -> tuple[str, ...]:
    """Return the languages of a page: the reader's, and always English."""
    return (language,) if language == FALLBACK else (language, FALLBACK)


def html(about: RefusalContext | Notice, operator: Operator, language: str) -> str:
    """Return the page as HTML."""
    blocks = _blocks("html", about, operator, language)
    page = environment(language, operator.branding).get_template("page.html.j2")
    title = HEADLINE if isinstance(about, RefusalContext) else about.title
    return page.render(
        blocks=blocks,
        words=blocks[0].words,
        title=translations(language).gettext(title),
        status=int(about.status),
        operator=operator,
        style=stylesheet(operator.branding),
    )


def plain_text(about: RefusalContext | Notice, operator: Operator, language: str) -> str:
    """Return the page as plain text."""
    blocks = _blocks("txt", about, operator, language)
    return _SEPARATOR.join(_wrapped(block) for block in blocks) + "\n"


def _blocks(kind: str, about: RefusalContext | Notice, operator: Operator, language: str) -> list[Block]:
    """Return a block for each language; the first has the headline of the page."""
    return [
        Block(Words(each), block(kind, about, operator, Words(each), level))
        for level, each in enumerate(page_languages(language), start=1)
    ]


def block(kind: str, about: RefusalContext | Notice, operator: Operator, words: Words, level: int = 1) -> str:
    """Return the text in one language, as "html" whose headings start at a level, or as "txt"."""
    templates = environment(words.language, operator.branding)
    if not isinstance(about, RefusalContext):
        template = templates.get_template(f"notice.{kind}.j2")
        return template.render(notice=about, operator=operator, level=level).strip()

    def public_url(order: Order) -> str:
        return order_url(operator, order)

    template = templates.get_template(f"refusal.{kind}.j2")
    return template.render(
        context=about,
        order=about.order,
        others=about.others,
        operator=operator,
        words=words,
        level=level,
        instrument=_instrument(about.order, words.language),
        place=_place(about, words),
        sources=words.listed(words.isolated(line(source)) for source in about.sources),
        order_url=public_url,
    ).strip()


def _instrument(order: Order, language: str) -> str:
    """Return the name of the kind of order. A template would take what gettext returns for safe markup."""
    name = INSTRUMENTS.get(order.instrument)
    return translations(language).gettext(name) if name else order.instrument


def _place(about: RefusalContext, words: Words) -> str:
    """Return where the client was taken to be, as precisely as the order's territory."""
    asked = [part for part in about.subdivisions if part in about.order.territory]
    return words.territory(asked[0] if asked else about.country)


def _wrapped(block: Block) -> str:
    """Return the block broken into lines. Scripts without spaces are left for the terminal to break."""
    if block.words.language.partition("-")[0] in _WITHOUT_SPACES:
        return block.text
    return "\n".join(_wrap(each) for each in block.text.split("\n"))


def _wrap(text: str) -> str:
    margin = re.match(r"(?: |-|\d\.)*", text)
    indent = " " * (margin.end() if margin else 0)
    return textwrap.fill(
        text, _WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
