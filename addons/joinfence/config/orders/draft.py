"""Answers about a new order to the text of its file, with defaults filled in and a comment on each part."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from pydantic import TypeAdapter, ValidationError

from joinfence.config.orders.groups import GROUPS, expanded
from joinfence.config.orders.schema import LONGEST_PERIOD, OrderFile
from joinfence.config.yaml.fields import Instant
from joinfence.config.yaml.writer import dumped

if TYPE_CHECKING:
    from collections.abc import Mapping

MODELINE: Final = "# yaml-language-server: $schema="

_COMMENTS: Final = {
    "schema": "The schema of this file. Comments are welcome; unknown keys are errors.",
    "id": "Never reused.",
    "version": "A longer period, or any other change to the decision, needs a new version.",
    "authority": "Who ordered. The name, competence and address come from the register.",
    "document": "The decision itself, with its SHA-256.",
    "legal_basis": "The law it is based on.",
    "reasons": "Shown to anyone who is refused, in the language of the decision and in English.",
    "necessity": "Why a refusal is needed, and which milder means were considered.",
    "territory": "ISO 3166 codes. A place that has its own code is never part of another.",
    "narrowed_from": "What the decision claims beyond the authority's competence. It is not enforced.",
    "meetings": "Exact ids. An order names meetings, never people.",
    "received_at": "In force from effective_from until expires_at, or until review_by if a review is missed.",
    "redress": "How anyone who is refused can contest the order, and reach the operator.",
    "host_notice": "Whether the meeting's host was notified.",
    "mode": "enforce, or observe: decide and count, but refuse nobody.",
    "suspended": "The order is not in force from this time on.",
}


def completed(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answers with defaults filled in, their keys in the order of the schema.

    Groups of states are replaced by their members. `schema`, `version` and `mode` default to order/1, 1 and
    enforce, `effective_from` to the time of receipt, `expires_at` to the end of the longest period allowed,
    and `review_by` to the middle of the order's period.
    """
    data = {"schema": "order/1", "version": 1, "mode": "enforce", **answers}
    if isinstance(data.get("territory"), list):
        data["territory"] = expanded(data["territory"])
    if "effective_from" not in data and "received_at" in data:
        data["effective_from"] = data["received_at"]
    if "expires_at" not in data and (latest := latest_expiry(data)):
        data["expires_at"] = latest.isoformat()
    begins, ends = instant(data.get("effective_from")), instant(data.get("expires_at"))
    if "review_by" not in data and begins and ends:
        data["review_by"] = (begins + (ends - begins) / 2).replace(microsecond=0).isoformat()
    known = [each.alias or name for name, each in OrderFile.model_fields.items()]
    return {
        **{key: data[key] for key in known if key in data},
        **{key: value for key, value in data.items() if key not in known},
    }


def latest_expiry(answers: Mapping[str, Any]) -> datetime | None:
    """Return the end of the longest period the answers allow, or None if they do not determine it yet."""
    authority = answers.get("authority")
    period = LONGEST_PERIOD.get(authority.get("instrument", "")) if isinstance(authority, dict) else None
    begins = instant(answers.get("effective_from"))
    return begins + period if begins and period else None


def instant(text: object) -> datetime | None:
    """Return the aware instant that a text gives, or None if it is not one."""
    try:
        return TypeAdapter[datetime](Instant).validate_python(text)
    except ValidationError:
        return None


def draft(data: Mapping[str, Any], *, schema: str, groups: frozenset[str]) -> str:
    """Return the text of an order's file.

    `schema` is the path of the JSON Schema, and `groups` are those whose members were filled in.
    """
    parts = [f"{MODELINE}{schema}\n"]
    for key, value in data.items():
        if comment := _COMMENTS.get(key):
            parts.append(f"\n# {comment}\n")
        if key == "territory":
            parts += [f"# {group}, written out: {len(GROUPS[group])} states.\n" for group in sorted(groups)]
        parts.append(dumped({key: value}))
    return "".join(parts)
