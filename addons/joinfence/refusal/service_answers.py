"""Refusals in the form that the clients of a service understand, as its rule file describes it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from joinfence.engine.decision import Decision, Reason
from joinfence.engine.joins.formats.json_msgpack import Number
from joinfence.engine.joins.templates import TemplateFormat
from joinfence.engine.order import Order
from joinfence.refusal.answer import Answer, answer, country_of
from joinfence.refusal.negotiation import Format, negotiate
from joinfence.refusal.notices import notice_for
from joinfence.text.catalogues import translations
from joinfence.text.operator import order_url
from joinfence.text.phrases import HEADLINE, SUMMARY
from joinfence.text.words import Words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from joinfence.engine.joins.templates import Template
    from joinfence.engine.values import Request
    from joinfence.text.operator import Operator

MAX_MESSAGES: Final = 20
"""The most messages that answer one refused message, which may hold many joins."""

_POLICY_VIOLATION: Final = 1008
_UNREADABLE: Final = 1007
_TYPES: Final = {
    TemplateFormat.JSON: "application/json",
    TemplateFormat.XML: "application/xml; charset=utf-8",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Drop:
    """Do not pass a refused WebSocket message on to the service.

    `messages` are sent to the client instead, in order. `close` is the status to close the socket with
    (RFC 6455 section 7.4.1); None leaves it open. `decision` is the one that refused the message, if
    that is to be counted.
    """

    messages: tuple[str, ...]
    close: int | None
    decision: Decision | None = field(default=None, compare=False, repr=False)


def service_answer(decision: Decision, request: Request, operator: Operator) -> Answer:
    """Return the response to a refused request, in the form that the rule which matched asks for."""
    preferences = negotiate(request, country_of(decision))
    if not decision.refusals:
        return answer(decision, preferences, operator)
    chosen = decision.refusals[0]
    refusal = chosen.refusal
    made = answer(
        decision,
        replace(preferences, form=Format(refusal.form) if refusal.form else preferences.form),
        operator,
    )
    if decision.reason is not Reason.ORDER:
        return made
    if refusal.body is not None and preferences.has_body:
        values = _values(decision, preferences.language, operator, chosen.values)
        made = _with_body(made, refusal.body, values)
    return replace(made, status=refusal.status or made.status)


def socket_answer(decision: Decision, handshake: Request, operator: Operator) -> Drop:
    """Return what to do about a refused message.

    If the message could not be read, the socket is closed: the service would wait for a message that never
    comes.
    """
    if not decision.refusals:
        return Drop(messages=(), close=_UNREADABLE if decision.reason is Reason.UNPARSABLE else None)
    language = negotiate(handshake, country_of(decision)).language
    messages: dict[str, None] = {}
    for refused in decision.refusals[:MAX_MESSAGES]:
        values = _values(decision, language, operator, refused.values)
        for template in refused.refusal.messages:
            text = template.fill(values)
            if text is not None:
                messages[text] = None
    close = any(refused.refusal.close for refused in decision.refusals)
    return Drop(messages=tuple(messages)[:MAX_MESSAGES], close=_POLICY_VIOLATION if close else None)


def _with_body(made: Answer, template: Template, values: dict[str, str]) -> Answer:
    body = (template.fill(values) or "").encode("utf-8", "replace")
    kind = _TYPES.get(template.kind, "text/plain; charset=utf-8")
    headers = tuple((name, kind if name == "Content-Type" else value) for name, value in made.headers)
    return replace(made, headers=headers, body=body)


def _values(
    decision: Decision, language: str, operator: Operator, echoes: Mapping[str, str]
) -> dict[str, str]:
    """Return the values for templates. Those echoed from the message cannot replace our own."""
    gettext = translations(language).gettext
    match decision:
        case Decision(reason=Reason.ORDER, order=Order() as order):
            authority = Words(language).authority(order).text
            summary = gettext(SUMMARY) % {"authority": authority, "operator": operator.name}
            url = order_url(operator, order)
            own = {
                "text": f"{gettext(HEADLINE)}. {summary} {url}",
                "order": order.id,
                "url": url,
                "authority": authority,
                "status": Number("451"),
            }
        case _:
            notice = notice_for(decision.reason)
            own = {"text": gettext(notice.title), "status": Number(int(notice.status))}
    return {**echoes, **own}
