"""Refusals and notices for programs, as problem details (RFC 9457). No member reveals the request."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from joinfence.refusal.context import RefusalContext
from joinfence.text.catalogues import languages, translations
from joinfence.text.operator import order_url
from joinfence.text.phrases import HEADLINE, IF_WRONG, SUMMARY
from joinfence.text.timestamps import rfc3339
from joinfence.text.words import Words

if TYPE_CHECKING:
    from joinfence.engine.order import Order
    from joinfence.refusal.notices import Notice
    from joinfence.text.operator import Operator


def document(about: RefusalContext | Notice, operator: Operator, language: str) -> str:
    """Return the document. Its member `languages` lists those that can be asked for, this one first."""
    members = (
        _refused(about, language) if isinstance(about, RefusalContext) else _notice(about, operator, language)
    )
    members["languages"] = sorted(languages(), key=lambda tag: tag != language)
    return json.dumps(members, indent=2, ensure_ascii=False) + "\n"


def _notice(notice: Notice, operator: Operator, language: str) -> dict[str, Any]:
    """Return the members of a notice, of type about:blank: its title is the status phrase (section 4.2.1)."""
    contact = {"contact": operator.contact} if operator.contact else {}
    return {
        "type": "about:blank",
        "title": notice.status.phrase,
        "status": int(notice.status),
        "detail": translations(language).gettext(notice.detail),
        **contact,
    }


def _refused(refused: RefusalContext, language: str) -> dict[str, Any]:
    order, operator, words = refused.order, refused.operator, Words(language)
    gettext = translations(language).gettext
    return {
        "type": f"{operator.url}refusal",
        "title": gettext(HEADLINE),
        "status": int(refused.status),
        "detail": gettext(SUMMARY) % {"authority": words.authority(order).text, "operator": operator.name},
        "order_id": order.id,
        "order_url": order_url(operator, order),
        "issuing_authority": {
            "name": words.authority(order).text,
            "url": order.authority.official_url,
            "reference": order.reference,
        },
        "legal_basis": [
            {"citation": basis.citation, "scheme": basis.scheme, "value": basis.value}
            for basis in order.legal_basis
        ],
        "reason": words.reason(order).text,
        "territory": list(order.territory),
        "effective_from": rfc3339(order.effective_from),
        "review_by": rfc3339(order.review_by),
        "expires_at": rfc3339(order.expires_at),
        "place_used": {
            "country": refused.country,
            "from": list(refused.sources),
            "if_wrong": gettext(IF_WRONG) % {"contact": operator.contact},
        },
        "redress": _redress(order),
        "other_orders": [_other(operator, other, words) for other in refused.others],
        "kept": "nothing about this request",
    }


def _redress(order: Order) -> dict[str, Any]:
    redress = order.redress
    return {
        "authority": {"how": redress.how, "url": redress.url, "language": redress.language},
        "operator": {"contact": redress.operator_contact, "answer_within_days": redress.answer_within_days},
    }


def _other(operator: Operator, order: Order, words: Words) -> dict[str, str]:
    return {
        "order_id": order.id,
        "order_url": order_url(operator, order),
        "issuing_authority": words.authority(order).text,
        "expires_at": rfc3339(order.expires_at),
    }
