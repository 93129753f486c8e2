"""The demands that the public pages list, and what they publish about the senders."""

from __future__ import annotations

from typing import Any

import pytest

from joinfence.config.demands.schema import DemandEntry
from joinfence.engine.order import Authority
from joinfence.site.rejected import rejected_demands

COURT = Authority(
    id="de-court",
    name={"de": "Gericht"},
    kind="court",
    competence=("DE-BY", "AT"),
    official_url="https://c.example/",
)


def demand(number: int = 1, **changes: Any) -> DemandEntry:
    return DemandEntry.model_validate(
        {
            "id": f"D-2026-{number:04}",
            "sender": {"country": "US", "kind": "private"},
            "received_at": "2026-10-20T09:00:00Z",
            "decided_at": "2026-10-22T09:00:00Z",
            "decision": "rejected",
            "reasons": ["no_end", "no_reasons", "no_end"],
            **changes,
        }
    )


def test_only_country_and_kind_of_a_sender_who_is_not_in_the_register_are_published() -> None:
    (found,) = rejected_demands([demand()], {})
    assert (found.country, found.kind, found.name) == ("US", "private", {})
    assert found.reasons == ("no_end", "no_reasons")


def test_an_authority_of_the_register_is_named() -> None:
    (found,) = rejected_demands([demand(sender=None, authority="de-court")], {"de-court": COURT})
    assert (found.country, found.kind, found.name) == ("DE", "court", {"de": "Gericht"})


@pytest.mark.parametrize(
    "changes",
    [
        {"decision": "accepted", "order": "DE-2026-0001"},
        {"decision": "narrowed", "order": "DE-2026-0001"},
        {"decision": "withdrawn"},
        {"decision": None, "decided_at": None},
    ],
    ids=["accepted", "narrowed", "withdrawn", "undecided"],
)
def test_demands_that_were_not_rejected_are_not_listed(changes: dict[str, Any]) -> None:
    assert rejected_demands([demand(**changes)], {}) == ()


def test_the_latest_comes_first() -> None:
    earlier = demand(2, decided_at="2026-10-21T09:00:00Z")
    assert [each.id for each in rejected_demands([earlier, demand()], {})] == ["D-2026-0001", "D-2026-0002"]
