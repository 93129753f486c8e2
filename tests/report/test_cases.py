from __future__ import annotations

from typing import Any

import pytest

from joinfence.report.cases import cases
from tests.report.made import at, case, demands, made, order


def test_a_demand_is_completed_by_the_order_it_became() -> None:
    entry = {
        "received_at": "2026-11-06T09:30:00+01:00",
        "decided_at": "2026-11-07T00:00:00Z",
        "decision": "accepted",
        "order": "DE-2026-0001",
    }
    (found,) = cases(made(order(), register=demands(entry)))
    assert (found.country, found.kind, found.decision) == ("DE", "court", "accepted")
    assert found.effect_at == order().effective_from
    assert found.host_told_at == order().host_notice.at
    assert (found.purpose, found.meetings) == ("copyright", 2)


def test_what_the_register_says_comes_before_what_the_order_says() -> None:
    entry = {
        "received_at": "2026-11-06T09:30:00+01:00",
        "decided_at": "2026-11-07T00:00:00Z",
        "decision": "accepted",
        "order": "DE-2026-0001",
        "effect_at": "2026-11-11T00:00:00Z",
        "host_told_at": "2026-11-12T00:00:00Z",
    }
    (found,) = cases(made(order(), register=demands(entry)))
    assert (found.effect_at, found.host_told_at) == (at("11-11"), at("11-12"))


@pytest.mark.parametrize(
    ("changes", "decision", "reasons"),
    [({}, "accepted", ()), ({"narrowed_from": "worldwide"}, "narrowed", ("no_competence",))],
)
def test_an_order_without_an_entry_is_a_demand_too(
    changes: dict[str, Any], decision: str, reasons: tuple[str, ...]
) -> None:
    found = list(cases(made(order(**changes), register=demands({}))))
    assert [each.decision for each in found] == [None, decision]
    assert found[1].reasons == reasons
    assert found[1].acknowledged_at is None


def test_a_later_version_is_a_demand_of_its_own() -> None:
    first = order()
    later = order(version=2, supersedes=1, received_at="2026-12-01T00:00:00Z")
    entry = {
        "received_at": "2026-11-06T09:30:00+01:00",
        "decided_at": "2026-11-07T00:00:00Z",
        "decision": "accepted",
        "order": "DE-2026-0001",
    }
    found = list(cases(made(first, later, register=demands(entry))))
    assert [each.received_at for each in found] == [first.received_at, later.received_at]


def test_a_sender_outside_the_register() -> None:
    sender = {"sender": {"country": "US", "kind": "private"}, "reasons": []}
    (found,) = cases(made(register=demands(sender)))
    assert (found.country, found.kind, found.purpose) == ("US", "private", None)


def test_a_decision_after_the_end_was_none_at_the_end() -> None:
    late = case(decision="rejected", decided_at=at("10-01"))
    assert late.decision_at(at("10-01")) == "pending"
    assert late.decision_at(at("10-01T01")) == "rejected"
    assert case().decision_at(at("10-01")) == "pending"
