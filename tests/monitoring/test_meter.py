"""Counting decisions."""

from __future__ import annotations

from joinfence.engine.decide import decide
from joinfence.engine.decision import Reason, Verdict
from joinfence.engine.values import UnlocatedReason
from joinfence.monitoring.meter import BOUNDS, Meter
from tests.factories import make_policy, make_request


def test_decisions_are_counted_by_verdict_and_reason_and_timed() -> None:
    meter, policy = Meter(), make_policy()
    for client, seconds in ((b"5.5.5.5", 0.00001), (b"7.7.7.7", 0.000011), (b"9.9.9.9", 7.0)):
        meter.note(decide(make_request(headers=((b"X-Forwarded-For", client),)), policy), seconds)
    assert meter.decisions == {
        (Verdict.REFUSE, Reason.ORDER): 1,
        (Verdict.ADMIT, Reason.UNLOCATED): 1,
        (Verdict.ADMIT, Reason.OUTSIDE_TERRITORY): 1,
    }
    assert meter.unlocated == {UnlocatedReason.UNKNOWN: 1}
    assert meter.buckets == [1, 1, *[0] * (len(BOUNDS) - 2), 1]
    assert round(meter.seconds, 5) == 7.00002
