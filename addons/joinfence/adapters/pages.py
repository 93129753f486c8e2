"""Refusals and notices for people: HTML and plain text, each in the reader's language and in English."""

from __future__ import annotations

import re
import textwrap
from base64 import b64encode
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from joinfence.adapters.case import Refused, order_url
from joinfence.adapters.catalogues import FALLBACK, translations
from joinfence.adapters.phrases import HEADLINE, IF_WRONG, INSTRUMENTS, SUMMARY
from joinfence.adapters.words import Words, line

if TYPE_CHECKING:
    from joinfence.adapters.case import Operator
    from joinfence.adapters.notices import Notice
    from joinfence.engine.values import Order

_WIDTH: Final = 78
_SEPARATOR: Final = "\n\n" + "*" * _WIDTH + "\n\n"


@dataclass(frozen=True, slots=True)
class Block:
    """One language's part of a page, rendered."""

    words: Words
    text: str


def page_languages(language: str) -> tuple[str, ...]:
    """Return the languages on a page: the reader's, and English always."""
    return (language,) if language == FALLBACK else (language, FALLBACK)


def html(about: Refused | Notice, operator: Operator, language: str) -> str:
    """Return the whole page."""
    blocks = _blocks("html", about, operator, language)
    page = _environment(language).get_template("page.html.j2")
    title = HEADLINE if isinstance(about, Refused) else about.title
    return page.render(
        blocks=blocks,
        title=translations(language).gettext(title),
        status=int(about.status),
        operator=operator,
        style=style(),
    )


def plain_text(about: Refused | Notice, operator: Operator, language: str) -> str:
    """Return the page as lines of text."""
    blocks = _blocks("txt", about, operator, language)
    return _SEPARATOR.join(_wrapped(block.text) for block in blocks) + "\n"


@cache
def style() -> str:
    """Return the style sheet, exactly as it stands in every page."""
    return (files("joinfence.adapters") / "templates" / "style.css").read_text("utf-8").strip()


@cache
def style_hash() -> str:
    """Return the source expression that lets a page's own style pass (CSP Level 3, hash-source)."""
    return f"'sha256-{b64encode(sha256(style().encode()).digest()).decode()}'"


def _blocks(kind: str, about: Refused | Notice, operator: Operator, language: str) -> list[Block]:
    """Return a block for each language; the first holds the headline of the page."""
    return [
        Block(Words(each), _block(kind, about, operator, Words(each), level))
        for level, each in enumerate(page_languages(language), start=1)
    ]


def _block(kind: str, about: Refused | Notice, operator: Operator, words: Words, level: int) -> str:
    environment = _environment(words.language)
    if not isinstance(about, Refused):
        template = environment.get_template(f"notice.{kind}.j2")
        return template.render(notice=about, operator=operator, level=level).strip()

    def public_url(order: Order) -> str:
        return order_url(operator, order)

    return (
        environment.get_template(f"refusal.{kind}.j2")
        .render(
            case=about,
            order=about.order,
            others=about.others,
            operator=operator,
            words=words,
            level=level,
            instrument=_instrument(about.order, words.language),
            order_url=public_url,
        )
        .strip()
    )


def _instrument(order: Order, language: str) -> str:
    """Return what the kind of order is called. Not in the template: there, what is looked up is markup."""
    name = INSTRUMENTS.get(order.instrument)
    return translations(language).gettext(name) if name else order.instrument


@cache
def _environment(language: str) -> Environment:
    environment = Environment(
        loader=PackageLoader("joinfence.adapters", "templates"),
        autoescape=select_autoescape(enabled_extensions=("html.j2",), default=False),
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["line"] = line
    environment.globals.update(headline=HEADLINE, summary=SUMMARY, if_wrong=IF_WRONG)
    environment.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]
    return environment


def _wrapped(text: str) -> str:
    return "\n".join(_wrap(each) for each in text.split("\n"))


def _wrap(text: str) -> str:
    margin = re.match(r"(?: |-|\d\.)*", text)
    indent = " " * (margin.end() if margin else 0)
    return textwrap.fill(
        text, _WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
