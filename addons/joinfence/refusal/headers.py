"""The head of an answer. It names the operator, the order and the authority, and never the attempt."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from joinfence.refusal.negotiation import Format
from joinfence.refusal.pages import page_languages
from joinfence.text.layout import style_source, stylesheet
from joinfence.text.operator import order_url

if TYPE_CHECKING:
    from joinfence.config.branding import Branding
    from joinfence.engine.order import Order
    from joinfence.text.operator import Operator

type Headers = tuple[tuple[str, str], ...]


def entity(form: Format, language: str) -> Headers:
    """Return what describes the body. Only pages repeat themselves in English.

    `no-store`, because 451 is cacheable by default (RFC 7725 section 3), and a cache that ignores Vary would
    show one country's page to another.
    """
    people = form in {Format.HTML, Format.TEXT}
    charset = "; charset=utf-8" if people else ""
    spoken = page_languages(language) if people else (language,)
    return (
        ("Content-Type", f"{form}{charset}"),
        ("Content-Language", ", ".join(spoken)),
        ("Vary", "Accept, Accept-Language, Origin"),
        ("Cache-Control", "no-store"),
    )


def for_order(operator: Operator, order: Order) -> Headers:
    """Return what an order adds: three links, and the countries it is for."""
    return _links(operator, order) + _scope(order)


def _links(operator: Operator, order: Order) -> Headers:
    """Return who blocks, on whose authority (RFC 7725 section 4), and what describes it."""
    parts = urlsplit(operator.url)
    relation = f"{parts.scheme}://{parts.netloc}/rel/blocking-authority"
    return (
        ("Link", f'<{_uri(operator.url)}>; rel="blocked-by"'),
        ("Link", f'<{_uri(order.authority.official_url)}>; rel="blocking-authority {_uri(relation)}"'),
        ("Link", f'<{_uri(order_url(operator, order))}>; rel="describedby"'),
    )


def _scope(order: Order) -> Headers:
    """Return the countries of the order. A part of a country is left out rather than widened to the whole."""
    countries = [code for code in order.territory if re.fullmatch(r"[A-Z]{2}", code)]
    return (("Geo-Scope-Block", ", ".join(countries)),) if countries else ()


def security(form: Format, branding: Branding) -> Headers:
    """Return what keeps the answer from being guessed at, indexed, or made to load anything."""
    style = style_source(stylesheet(branding))
    # Every page has an icon that is data, so that browsers ask for none.
    policy = f"default-src 'none'; style-src {style}; img-src data:; base-uri 'none'; form-action 'none'"
    return (
        ("Referrer-Policy", "no-referrer"),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Robots-Tag", "noindex"),
        *((("Content-Security-Policy", policy),) if form is Format.HTML else ()),
    )


def cors(origin: str | None) -> Headers:
    """Return what lets a meeting client's script read the answer instead of a bare network error."""
    if origin is None:
        return ()
    return (
        ("Access-Control-Allow-Origin", origin),
        ("Access-Control-Allow-Credentials", "true"),
        ("Access-Control-Expose-Headers", "Link, Content-Language"),
    )


def _uri(text: str) -> str:
    """Return the address with everything percent-encoded that could end it, or the header."""
    return quote(text, safe="%/:?#[]@!$&'()*+,;=~", errors="replace")
