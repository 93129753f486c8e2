from __future__ import annotations

from dataclasses import fields

import pytest

from joinfence.engine.decision import Considered, Decision, Reason, Verdict
from joinfence.engine.joins.rule_set import JoinProblem


@pytest.mark.parametrize("kind", [Considered, Decision])
def test_a_decision_is_frozen_and_has_only_slots_for_its_fields(kind: type) -> None:
    assert kind.__dataclass_params__.frozen  # type: ignore[attr-defined]
    assert set(kind.__slots__) == {field.name for field in fields(kind)}  # type: ignore[attr-defined]


def test_identifiers_are_stable() -> None:
    assert [v.value for v in Verdict] == ["admit", "refuse"]
    assert [r.value for r in Reason] == [
        "no_join",
        "body_needed",
        "no_order",
        "not_in_force",
        "undetermined",
        "unlocated",
        "outside_territory",
        "observed",
        "order",
        "unparsable",
        "no_meeting_id",
    ]


@pytest.mark.parametrize("problem", JoinProblem)
def test_every_join_problem_has_a_reason_of_the_same_name(problem: JoinProblem) -> None:
    assert Reason(problem).name == problem.name
