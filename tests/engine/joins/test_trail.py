"""How far a rule gets, and the candidates after each step."""

from __future__ import annotations

from typing import Any

import pytest

from joinfence.engine.joins.extract.body import FromJson
from joinfence.engine.joins.extract.head import FromQuery
from joinfence.engine.joins.extract.wrapped import Normalised
from joinfence.engine.joins.formats.json_msgpack import Pointer
from joinfence.engine.joins.normalise import Step
from joinfence.engine.joins.paths import PathTemplate
from joinfence.engine.joins.rules import Condition, Phase, Rule
from joinfence.engine.joins.trail import IdCandidate, RuleOutcome, Trail, trails
from tests.factories import make_request


def rule(**changes: Any) -> Rule:
    given: dict[str, Any] = {
        "meeting": (FromQuery("m"),),
        "normalise": (Step.CASEFOLD, Step.DIGITS),
        **changes,
    }
    return Rule(service="s", name="r", paths=(PathTemplate("/j"),), **given)


IS_A = Condition(extractor=FromQuery("m"), values=frozenset({"A"}))


@pytest.mark.parametrize(
    ("changes", "target", "outcome"),
    [
        ({}, "/k", RuleOutcome.NO_FIT),
        ({"phase": Phase.MESSAGE}, "/j", RuleOutcome.NO_FIT),
        ({"meeting": (FromJson(Pointer("/m")),)}, "/j", RuleOutcome.UNPARSABLE),
        ({"where": (IS_A,)}, "/j?m=1", RuleOutcome.CONDITIONS),
        ({"reconnect": (IS_A,)}, "/j?m=A", RuleOutcome.RECONNECT),
        ({}, "/j", RuleOutcome.NO_ID),
        ({}, "/j?m=A", RuleOutcome.NO_ID),
        ({}, "/j?m=A1", RuleOutcome.JOIN),
    ],
)
def test_how_far_a_rule_gets(changes: dict[str, Any], target: str, outcome: RuleOutcome) -> None:
    (trail,) = trails([rule(**changes)], make_request(target, body=b"{"), None)
    assert trail.outcome is outcome


def test_a_candidate_is_listed_once_with_the_result_of_each_step() -> None:
    made = rule(meeting=(Normalised(FromQuery("m"), (Step.TRIM,)),))
    (trail,) = trails([made], make_request("/j?m=+A1&m=+A1"), None)
    steps = ((Step.TRIM, "A1"), (Step.CASEFOLD, "a1"), (Step.DIGITS, "1"))
    candidate = IdCandidate(extractor="query m", text=" A1", steps=steps)
    assert trail == Trail(rule=made, outcome=RuleOutcome.JOIN, candidates=(candidate,))
    assert candidate.meeting == "1"
    assert IdCandidate(extractor="query m", text="x", steps=()).meeting == "x"


def test_the_trail_of_a_message() -> None:
    made = rule(phase=Phase.MESSAGE, meeting=(FromJson(Pointer("/m")),), normalise=())
    (trail,) = trails([made], make_request("/j"), b'{"m": "1"}')
    assert [candidate.meeting for candidate in trail.candidates] == ["1"]
