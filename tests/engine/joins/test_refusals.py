"""What a refused message says of itself goes back with the refusal."""

from __future__ import annotations

from joinfence.engine.joins.extract import FromQuery, MatchContext
from joinfence.engine.joins.refusals import Refusal, refused
from tests.factories import make_request


def test_the_first_value_of_each_echo_and_none_that_is_not_there() -> None:
    refusal = Refusal(echo={"a": FromQuery("a"), "b": FromQuery("b")})
    made = refused(refusal, MatchContext(request=make_request("/?a=1&a=2")))
    assert (made.refusal, made.values) == (refusal, {"a": "1"})
