"""An order as a notice for the Lumen database: the JSON for its API, without a token.

The fields are those of "Create notice" in the documentation of the Lumen API. Nothing is sent; the operator
checks the file and submits it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from joinfence.config.orders.schema import OrderFile
    from joinfence.config.settings import OperatorEntry
    from joinfence.engine.order import Authority


def to_lumen(order: OrderFile, authority: Authority, operator: OperatorEntry) -> dict[str, Any]:
    """Return the notice, ready for JSON. It does not name any meeting."""
    is_court = authority.kind == "court"
    name = authority.name.get("en") or next(iter(authority.name.values()))
    language = order.document.language
    notice: dict[str, Any] = {
        "title": f"{'Court order' if is_court else 'Government request'} from {name}: {order.id}",
        "type": "CourtOrder" if is_court else "GovernmentRequest",
        "subject": f"Refusal of joins from {', '.join(order.territory)} to {len(order.meetings)} meeting(s)",
        "date_sent": order.authority.issued_on.isoformat(),
        "date_received": order.received_at.date().isoformat(),
        "language": language,
        "jurisdiction_list": ", ".join(order.territory),
        "regulation_list": ", ".join(basis.citation for basis in order.legal_basis),
        "tag_list": f"{order.purpose}, {order.authority.instrument}",
        "case_id_number": order.authority.reference,
        "action_taken": "Partial" if order.narrowed_from else "Yes",
        "body": f"{order.reasons.get(language) or order.reasons['en']}\n\n{order.document.url}",
        "works_attributes": [{"description": f"{len(order.meetings)} meeting(s), which are not published"}],
        "entity_notice_roles_attributes": [
            _role("recipient", operator.name, operator.url),
            _role("sender", name, authority.official_url),
            _role("issuing_court" if is_court else "principal", name, authority.official_url),
        ],
    }
    if not is_court:
        notice["request_type"] = "Agency"
    return {"notice": notice}


def _role(role: str, name: str, url: str) -> dict[str, Any]:
    return {"name": role, "entity_attributes": {"name": name, "kind": "organization", "url": url}}
