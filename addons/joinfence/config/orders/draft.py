"""Answers to an order's file: what follows from them is filled in, and each part gets its comment."""

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
    "schema": "The form of this file. Comments are welcome; unknown keys are errors.",
    "id": "Never reused.",
    "version": "A longer period, or any other change of the decision, is a new version.",
    "authority": "Who ordered; name, competence and address come from the register.",
    "document": "The decision itself, with its SHA-256.",
    "legal_basis": "The law it rests on.",
    "reasons": "Shown to whoever is refused: in the language of the decision and in English.",
    "necessity": "Why a refusal is needed, and what milder means were considered.",
    "territory": "ISO 3166 codes. A place with a code of its own is never part of another.",
    "narrowed_from": "What the decision claims beyond the authority's competence; it is not enforced.",
    "meetings": "Exact ids. An order names meetings, never people.",
    "received_at": "In force from effective_from until before expires_at; unreviewed only until review_by.",
    "redress": "How somebody who is refused can contest it, and reach the operator.",
    "host_notice": "Whether the host was told.",
    "mode": "enforce, or observe: decide and count, and refuse nobody.",
    "suspended": "Not in force since then.",
}


def completed(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return answers with what follows from them, in the order of the record.

    Groups of states are written out. Left out, `schema`, `version` and `mode` are the usual ones,
    `effective_from` is the receipt, `expires_at` ends the longest allowed period, and `review_by` is in its
    middle.
    """
    data = {"schema": "order/1", "version": 1, "mode": "enforce", **answers}
    if isinstance(data.get("territory"), list):
        data["territory"] = expanded(data["territory"])
    if "effective_from" not in data and "received_at" in data:
        data["effective_from"] = data["received_at"]
    if "expires_at" not in data and (last := longest(data)):
        data["expires_at"] = last.isoformat()
    begins, ends = instant(data.get("effective_from")), instant(data.get("expires_at"))
    if "review_by" not in data and begins and ends:
        data["review_by"] = (begins + (ends - begins) / 2).replace(microsecond=0).isoformat()
    known = [each.alias or name for name, each in OrderFile.model_fields.items()]
    return {key: data[key] for key in sorted(data, key=lambda key: (key not in known, _place(known, key)))}


def _place(known: list[str], key: str) -> int:
    return known.index(key) if key in known else len(known)


def longest(answers: Mapping[str, Any]) -> datetime | None:
    """Return the end of the longest period the answers allow, None where they do not say yet."""
    authority = answers.get("authority")
    period = LONGEST_PERIOD.get(authority.get("instrument", "")) if isinstance(authority, dict) else None
    begins = instant(answers.get("effective_from"))
    return begins + period if begins and period else None


def instant(text: object) -> datetime | None:
    """Return the aware instant that a text means, None where it means none."""
    try:
        return TypeAdapter[datetime](Instant).validate_python(text)
    except ValidationError:
        return None


def draft(data: Mapping[str, Any], *, schema: str, groups: frozenset[str]) -> str:
    """Return the file of an order: `schema` is the schema's path, `groups` are those written out."""
    parts = [f"{MODELINE}{schema}\n"]
    for key, value in data.items():
        if comment := _COMMENTS.get(key):
            parts.append(f"\n# {comment}\n")
        if key == "territory":
            parts += [f"# {group}, written out: {len(GROUPS[group])} states.\n" for group in sorted(groups)]
        parts.append(dumped({key: value}))
    return "".join(parts)
