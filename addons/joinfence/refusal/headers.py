"""The headers of an answer. They name operator, order and authority, and nothing of the request."""

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


def representation(form: Format, language: str) -> Headers:
    """Return the headers that describe the body. Pages for people are also in English; documents are not.

    `no-store`, because 451 is cacheable by default (RFC 7725 section 3), and a cache that ignores Vary would
    show the page of one country to clients in another.
    """
    is_page = form in {Format.HTML, Format.TEXT}
    charset = "; charset=utf-8" if is_page else ""
    languages = page_languages(language) if is_page else (language,)
    return (
        ("Content-Type", f"{form}{charset}"),
        ("Content-Language", ", ".join(languages)),
        ("Vary", "Accept, Accept-Language, Origin"),
        ("Cache-Control", "no-store"),
    )


def for_order(operator: Operator, order: Order) -> Headers:
    """Return the headers of a refusal under an order: three links, and the countries it is for."""
    return _links(operator, order) + _scope(order)


def _links(operator: Operator, order: Order) -> Headers:
    """Return links to who blocks, on whose authority (RFC 7725 section 4), and to the order's page."""
    parts = urlsplit(operator.url)
    relation = f"{parts.scheme}://{parts.netloc}/rel/blocking-authority"
    return (
        ("Link", f'<{_uri(operator.url)}>; rel="blocked-by"'),
        ("Link", f'<{_uri(order.authority.official_url)}>; rel="blocking-authority {_uri(relation)}"'),
        ("Link", f'<{_uri(order_url(operator, order))}>; rel="describedby"'),
    )


def _scope(order: Order) -> Headers:
    """Return the countries of the order. A subdivision is left out: its country would claim too much."""
    countries = [code for code in order.territory if re.fullmatch(r"[A-Z]{2}", code)]
    return (("Geo-Scope-Block", ", ".join(countries)),) if countries else ()


def security(form: Format, branding: Branding) -> Headers:
    """Return the headers that prevent content sniffing, indexing, referrers and loading of anything."""
    style = style_source(stylesheet(branding))
    # Every page has an icon as a data: URI, so that browsers request none.
    policy = f"default-src 'none'; style-src {style}; img-src data:; base-uri 'none'; form-action 'none'"
    return (
        ("Referrer-Policy", "no-referrer"),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Robots-Tag", "noindex"),
        *((("Content-Security-Policy", policy),) if form is Format.HTML else ()),
    )


def cors(origin: str | None) -> Headers:
    """Return the headers that let a meeting client's script read the answer, instead of a network error."""
    if origin is None:
        return ()
    return (
        ("Access-Control-Allow-Origin", origin),
        ("Access-Control-Allow-Credentials", "true"),
        ("Access-Control-Expose-Headers", "Link, Content-Language"),
    )


def _uri(text: str) -> str:
    """Return a URI in which every character that could end it or the header is percent-encoded."""
    return quote(text, safe="%/:?#[]@!$&'()*+,;=~", errors="replace")
