from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from joinfence.config.demands.schema import ContestEntry
from joinfence.report.counts import count_demands, measure_steps, rounded_median
from tests.report.samples import H2, at, make_demand


def test_demands_are_counted_by_outcome_and_sender() -> None:
    found = count_demands(
        [
            make_demand(decision="accepted", decided_at=at("08-02")),
            make_demand(decision="rejected", decided_at=at("08-02"), reasons=("no_end",)),
            make_demand(country="FR", kind="police", decision="withdrawn", decided_at=at("08-02")),
            make_demand(country="FR", kind="court"),
            make_demand(received_at=at("06-30T23"), decision="accepted", decided_at=at("08-02")),
        ],
        H2,
    )
    total = found.total
    assert (
        total.received,
        total.accepted,
        total.narrowed,
        total.rejected,
        total.withdrawn,
        total.pending,
    ) == (4, 1, 0, 1, 1, 1)
    assert [(line.country, line.kind, line.received) for line in found.by_authority] == [
        ("DE", "court", 2),
        ("FR", "court", 1),
        ("FR", "police", 1),
    ]


CASES = st.builds(
    make_demand,
    country=st.sampled_from(["DE", "FR"]),
    kind=st.sampled_from(["court", "police"]),
    received_at=st.sampled_from([at("06-30"), at("07-01"), at("12-31T23")]),
    decision=st.sampled_from([None, "accepted", "narrowed", "rejected", "withdrawn"]),
    decided_at=st.sampled_from([None, at("08-02")]),
)


@given(st.lists(CASES, max_size=12))
def test_outcomes_and_senders_add_up(all_cases: list[object]) -> None:
    found = count_demands(all_cases, H2)  # type: ignore[arg-type]
    for line in (found.total, *found.by_authority):
        assert line.received == line.accepted + line.narrowed + line.rejected + line.withdrawn + line.pending
    assert found.total.received == sum(line.received for line in found.by_authority)


def test_reasons_are_counted_by_outcome() -> None:
    found = count_demands(
        [
            make_demand(decision="rejected", decided_at=at("08-02"), reasons=("no_end", "no_reasons")),
            make_demand(decision="narrowed", decided_at=at("08-02"), reasons=("no_end",)),
            make_demand(decision="rejected", decided_at=at("12-31T23"), reasons=("other",)),
        ],
        H2,
    )
    assert [(line.reason, line.rejected, line.narrowed) for line in found.reasons] == [
        ("no_end", 1, 1),
        ("no_reasons", 1, 0),
        ("other", 1, 0),
    ]


def contest(by: str, on: str, outcome: str) -> ContestEntry:
    return ContestEntry.model_validate({"by": by, "on": f"2026-{on}", "outcome": outcome})


def test_contests_in_the_period_count_whenever_the_demand_was_received() -> None:
    old = make_demand(
        received_at=at("01-10"),
        contested=(contest("host", "07-01", "lifted"), contest("host", "06-30", "upheld")),
    )
    found = {line.by: line for line in count_demands([old], H2).contested}
    assert (found["host"].contested, found["host"].lifted, found["host"].upheld) == (1, 1, 0)
    assert found["operator"].contested == found["affected"].contested == 0


def test_the_median_hours_of_each_step() -> None:
    found = {
        part.step: (part.median_hours, part.of)
        for part in measure_steps(
            [
                make_demand(acknowledged_at=at("08-01T01"), effect_at=at("08-02")),
                make_demand(acknowledged_at=at("08-01T03"), effect_at=at("08-03")),
                make_demand(acknowledged_at=at("08-01T20")),
                make_demand(received_at=at("06-01"), acknowledged_at=at("08-01")),
            ],
            H2,
        )
    }
    assert found == {
        "acknowledge": (3.0, 3),
        "decide": (None, 0),
        "give_effect": (36.0, 2),
        "tell_host": (None, 0),
    }


@pytest.mark.parametrize(("values", "expected"), [([], None), ([1.25], 1.2), ([1, 2], 1.5), ([3, 1, 2], 2)])
def test_a_median_has_one_decimal(values: list[float], expected: float | None) -> None:
    assert rounded_median(values) == expected
