from __future__ import annotations

from typing import Any

import pytest

from joinfence.report.demands import reported_demands
from tests.report.samples import at, make_demand, make_facts, make_order, make_register


def test_a_demand_is_completed_by_its_order() -> None:
    entry = {
        "received_at": "2026-11-06T09:30:00+01:00",
        "decided_at": "2026-11-07T00:00:00Z",
        "decision": "accepted",
        "order": "DE-2026-0001",
    }
    (found,) = reported_demands(make_facts(make_order(), register=make_register(entry)))
    assert (found.country, found.kind, found.decision) == ("DE", "court", "accepted")
    assert found.effect_at == make_order().effective_from
    assert found.host_told_at == make_order().host_notice.at
    assert (found.purpose, found.meetings) == ("copyright", 2)


def test_the_register_takes_precedence_over_the_order() -> None:
    entry = {
        "received_at": "2026-11-06T09:30:00+01:00",
        "decided_at": "2026-11-07T00:00:00Z",
        "decision": "accepted",
        "order": "DE-2026-0001",
        "effect_at": "2026-11-11T00:00:00Z",
        "host_told_at": "2026-11-12T00:00:00Z",
    }
    (found,) = reported_demands(make_facts(make_order(), register=make_register(entry)))
    assert (found.effect_at, found.host_told_at) == (at("11-11"), at("11-12"))


@pytest.mark.parametrize(
    ("changes", "decision", "reasons"),
    [({}, "accepted", ()), ({"narrowed_from": "worldwide"}, "narrowed", ("no_competence",))],
)
def test_an_order_without_an_entry_counts_as_a_demand(
    changes: dict[str, Any], decision: str, reasons: tuple[str, ...]
) -> None:
    found = list(reported_demands(make_facts(make_order(**changes), register=make_register({}))))
    assert [each.decision for each in found] == [None, decision]
    assert found[1].reasons == reasons
    assert found[1].acknowledged_at is None


def test_a_later_version_counts_as_another_demand() -> None:
    first = make_order()
    later = make_order(version=2, supersedes=1, received_at="2026-12-01T00:00:00Z")
    entry = {
        "received_at": "2026-11-06T09:30:00+01:00",
        "decided_at": "2026-11-07T00:00:00Z",
        "decision": "accepted",
        "order": "DE-2026-0001",
    }
    found = list(reported_demands(make_facts(first, later, register=make_register(entry))))
    assert [each.received_at for each in found] == [first.received_at, later.received_at]


def test_a_sender_who_is_not_in_the_register() -> None:
    sender = {"sender": {"country": "US", "kind": "private"}, "reasons": []}
    (found,) = reported_demands(make_facts(register=make_register(sender)))
    assert (found.country, found.kind, found.purpose) == ("US", "private", None)


def test_a_demand_is_pending_until_its_decision() -> None:
    late = make_demand(decision="rejected", decided_at=at("10-01"))
    assert late.decision_at(at("10-01")) == "pending"
    assert late.decision_at(at("10-01T01")) == "rejected"
    assert make_demand().decision_at(at("10-01")) == "pending"
