"""Values that a refusal echoes."""

from __future__ import annotations

from joinfence.engine.joins.extract.context import MatchContext
from joinfence.engine.joins.extract.head import FromQuery
from joinfence.engine.joins.refusals import Refusal, with_echoes
from tests.factories import make_request


def test_the_first_value_of_each_echo_is_used_and_missing_ones_are_left_out() -> None:
    refusal = Refusal(echo={"a": FromQuery("a"), "b": FromQuery("b")})
    made = with_echoes(refusal, MatchContext(request=make_request("/?a=1&a=2")))
    assert (made.refusal, made.values) == (refusal, {"a": "1"})
