from __future__ import annotations

from dataclasses import FrozenInstanceError, fields

import pytest

from joinfence.gate.outcomes import NeedsBody, Outcome, Pass
from joinfence.refusal.answer import Answer
from joinfence.refusal.service_answers import Drop

EXAMPLES = [
    Pass(),
    NeedsBody(65_536),
    Answer(status=451, headers=(), body=b""),
    Drop(messages=(), close=None),
]


def test_there_are_four_outcomes() -> None:
    assert {type(each) for each in EXAMPLES} == set(Outcome.__value__.__args__)


@pytest.mark.parametrize("outcome", EXAMPLES, ids=lambda each: type(each).__name__)
def test_an_outcome_is_frozen(outcome: Outcome) -> None:
    with pytest.raises((FrozenInstanceError, TypeError)):
        setattr(outcome, fields(outcome)[0].name, None)
