"""The answer to a refused join: open, complete, and the same whether the meeting exists or not."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
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
    from joinfence.refusal.negotiation import Wishes
    from joinfence.refusal.notices import Notice

logger = logging.getLogger("joinfence")

__all__ = ["Answer", "Operator", "answer", "unavailable", "warm"]

_MOST_WARMED: Final = 200
_RENDERERS: Final = {
    Format.PROBLEM: problem.document,
    Format.JSON: problem.document,
    Format.HTML: pages.html,
    Format.TEXT: pages.plain_text,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A whole response: header names may repeat, and the body is empty for HEAD."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


_BARE: Final = Answer(
    status=int(HTTPStatus.SERVICE_UNAVAILABLE), headers=(("Cache-Control", "no-store"),), body=b""
)


def answer(decision: Decision, wishes: Wishes, operator: Operator) -> Answer:
    """Return the response to a request that a decision refuses, whatever the reason.

    Only an order makes it a 451.
    """
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
            return _answer(refused, wishes, operator)
        case _:
            return _answer(notice_for(decision.reason), wishes, operator)


def country_of(decision: Decision) -> str | None:
    """Return the country whose languages an answer may be in: that of a refusal under an order."""
    if decision.order is None or not isinstance(decision.location, Location):
        return None
    return decision.location.country


def unavailable(request: Request, operator: Operator) -> Answer:
    """Return the response while the fence is not ready, or has failed. Never raises."""
    try:
        return _answer(FAILED, negotiate(request, None), operator)
    except Exception as error:  # noqa: BLE001 - what failed may be the pages themselves
        _tell("notice, any form", type(error).__name__)
        return _BARE


def warm(orders: Iterable[Order], operator: Operator) -> None:
    """Render what the first refusals will need: in English and in the languages of the orders' territories.

    Templates, catalogues and language data are read on first use, which takes a tenth of a second that no
    join should wait for. Of very many orders the first show enough: each has to be read, after each load.
    """
    example: Order | None = None
    countries: set[str] = set()
    for example in islice(orders, _MOST_WARMED):
        countries.update(code.partition("-")[0] for code in example.territory)
    if example is None:
        return
    for language in {FALLBACK, *(page_language((), country) for country in countries)}:
        refused = RefusalContext(
            order=example, others=(), country=min(countries), subdivisions=(), sources=(), operator=operator
        )
        for form in Format:
            _rendered(refused, operator, form, language)


def _answer(about: RefusalContext | Notice, wishes: Wishes, operator: Operator) -> Answer:
    status, head, body = _rendered(about, operator, wishes.form, wishes.language)
    return Answer(
        status=status, headers=head + headers.cors(wishes.origin), body=body if wishes.has_body else b""
    )


@lru_cache(maxsize=512)
def _rendered(
    about: RefusalContext | Notice, operator: Operator, form: Format, language: str
) -> tuple[int, Headers, bytes]:
    """Return status, head and body. Kept, so that a flood of refusals renders each page once.

    An own look that fails after all gives way to the plain one: a refusal is never lost to its looks.
    """
    try:
        return _in_look(about, operator, form, language)
    except Exception as error:
        if operator.branding == PLAIN:
            raise
        _tell(f"{'refusal' if isinstance(about, RefusalContext) else 'notice'}, {form}", type(error).__name__)
        plain = replace(operator, branding=PLAIN)
        if isinstance(about, RefusalContext):
            about = replace(about, operator=plain)
        return _in_look(about, plain, form, language)


@lru_cache(maxsize=64)
def _tell(page: str, error: str) -> None:
    """Log, once for each kind of page and error, that the own look failed; nothing of the request."""
    logger.error("the own look (notices) cannot show the %s: %s; the plain look is sent instead", page, error)


def _in_look(
    about: RefusalContext | Notice, operator: Operator, form: Format, language: str
) -> tuple[int, Headers, bytes]:
    # What cannot be encoded (half of a surrogate pair) is worth a question mark, and not an error.
    body = _RENDERERS[form](about, operator, language).encode("utf-8", "replace")
    named = headers.for_order(operator, about.order) if isinstance(about, RefusalContext) else ()
    return (
        int(about.status),
        headers.entity(form, language) + named + headers.security(form, operator.branding),
        body,
    )
