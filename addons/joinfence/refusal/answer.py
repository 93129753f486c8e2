"""The answer to a refused join: open, complete, and the same whether the meeting exists or not."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field, replace
from functools import lru_cache
from http import HTTPStatus
from itertools import islice
from typing import TYPE_CHECKING, Final

from joinfence.config.branding import PLAIN
from joinfence.engine.decision import Decision, Reason
from joinfence.engine.order import Order
from joinfence.engine.values import Location
from joinfence.refusal import headers, pages, problem
from joinfence.refusal.context import RefusalContext
from joinfence.refusal.negotiation import Format, negotiate
from joinfence.refusal.notices import FAILED, notice_for
from joinfence.text.catalogues import FALLBACK
from joinfence.text.language import page_language
from joinfence.text.operator import Operator

if TYPE_CHECKING:
    from collections.abc import Iterable

    from joinfence.engine.values import Request
    from joinfence.refusal.headers import Headers
    from joinfence.refusal.negotiation import Preferences
    from joinfence.refusal.notices import Notice

logger = logging.getLogger("joinfence")

__all__ = ["Answer", "Operator", "answer", "unavailable", "warm"]

_MAX_WARMED: Final = 200
"""Orders that are looked at to find the languages to render in advance; each has to be read from disk."""

_RENDERERS: Final = {
    Format.PROBLEM: problem.document,
    Format.JSON: problem.document,
    Format.HTML: pages.html,
    Format.TEXT: pages.plain_text,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A complete response. Header names may repeat; for HEAD the body is empty.

    `decision` is the one that refused the request, if the answer is to be counted.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    decision: Decision | None = field(default=None, compare=False, repr=False)


_BARE: Final = Answer(
    status=int(HTTPStatus.SERVICE_UNAVAILABLE), headers=(("Cache-Control", "no-store"),), body=b""
)


def answer(decision: Decision, preferences: Preferences, operator: Operator) -> Answer:
    """Return the response to a refused request. Only a refusal under an order has status 451."""
    match decision:
        case Decision(reason=Reason.ORDER, order=Order() as order, location=Location() as location):
            refused = RefusalContext(
                order=order,
                others=decision.other_orders,
                country=location.country,
                subdivisions=location.subdivisions,
                sources=location.sources,
                operator=operator,
            )
            return _answer(refused, preferences, operator)
        case _:
            return _answer(notice_for(decision.reason), preferences, operator)


def country_of(decision: Decision) -> str | None:
    """Return the country that suggests a language for the answer; None unless an order refused the join."""
    if decision.order is None or not isinstance(decision.location, Location):
        return None
    return decision.location.country


def unavailable(request: Request, operator: Operator) -> Answer:
    """Return the response while the fence is not ready or after it failed. Never raises."""
    try:
        return _answer(FAILED, negotiate(request, None), operator)
    except Exception as error:  # noqa: BLE001 - it may be the pages that failed
        _log_failure("notice, any form", type(error).__name__)
        return _BARE


def warm(orders: Iterable[Order], operator: Operator) -> None:
    """Render refusals in advance, in English and in the languages of the orders' territories.

    Templates, catalogues and language data are loaded on first use, which takes a tenth of a second that no
    join should wait for. Of very many orders, the first ones show which languages are needed.
    """
    example: Order | None = None
    countries: set[str] = set()
    for example in islice(orders, _MAX_WARMED):
        countries.update(code.partition("-")[0] for code in example.territory)
    if example is None:
        return
    for language in {FALLBACK, *(page_language((), country) for country in countries)}:
        refused = RefusalContext(
            order=example, others=(), country=min(countries), subdivisions=(), sources=(), operator=operator
        )
        for form in Format:
            _rendered(refused, operator, form, language)


def _answer(about: RefusalContext | Notice, preferences: Preferences, operator: Operator) -> Answer:
    status, header_fields, body = _rendered(about, operator, preferences.form, preferences.language)
    return Answer(
        status=status,
        headers=header_fields + headers.cors(preferences.origin),
        body=body if preferences.has_body else b"",
    )


@lru_cache(maxsize=512)
def _rendered(
    about: RefusalContext | Notice, operator: Operator, form: Format, language: str
) -> tuple[int, Headers, bytes]:
    """Return status, headers and body. Cached, so that a flood of refusals renders each page only once.

    If the operator's branding fails in spite of all checks, the built-in pages are sent instead: a refusal
    must not depend on its design.
    """
    try:
        return _render(about, operator, form, language)
    except Exception as error:
        if operator.branding == PLAIN:
            raise
        page = "refusal" if isinstance(about, RefusalContext) else "notice"
        _log_failure(f"{page}, {form}", type(error).__name__)
        plain = replace(operator, branding=PLAIN)
        if isinstance(about, RefusalContext):
            about = replace(about, operator=plain)
        return _render(about, plain, form, language)


@lru_cache(maxsize=64)
def _log_failure(page: str, error: str) -> None:
    """Log that the branding failed: once for each kind of page and error, and nothing about the request."""
    logger.error(
        "the branding (notices) cannot render the %s: %s; the built-in page is sent instead", page, error
    )


def _render(
    about: RefusalContext | Notice, operator: Operator, form: Format, language: str
) -> tuple[int, Headers, bytes]:
    # A character that cannot be encoded (half of a surrogate pair) becomes a question mark, not an error.
    body = _RENDERERS[form](about, operator, language).encode("utf-8", "replace")
    order_headers = headers.for_order(operator, about.order) if isinstance(about, RefusalContext) else ()
    return (
        int(about.status),
        headers.representation(form, language) + order_headers + headers.security(form, operator.branding),
        body,
    )
