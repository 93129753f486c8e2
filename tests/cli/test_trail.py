"""The trail of a decision as data and as sentences. Every reason has a sentence."""

from __future__ import annotations

import pytest

from joinfence.cli import trail as module
from joinfence.cli.trail import sentences, trail
from joinfence.engine.approvals import approvals_of
from joinfence.engine.decide import decide
from joinfence.engine.decision import Reason
from joinfence.engine.order import Mode
from joinfence.engine.policy import OnUndetermined
from joinfence.engine.values import AddressBasis, UndeterminedReason, UnlocatedReason
from tests.factories import make_order, make_policy, make_request


def test_every_reason_has_a_sentence() -> None:
    assert set(module._REASON) == set(Reason)
    assert set(module._BASIS) == set(AddressBasis)
    assert set(module._UNDETERMINED) == set(UndeterminedReason)
    assert set(module._UNLOCATED) == set(UnlocatedReason)


def test_the_trail_of_a_refusal() -> None:
    second = make_order(id="DE-2026-0002")
    decision = decide(make_request(), make_policy(make_order(), second))
    assert [step["step"] for step in trail(decision)] == [
        "joins",
        "orders",
        "client_address",
        "location",
        "verdict",
    ]
    assert trail(decision)[0] == {"step": "joins", "found": [{"service": "zoom", "meeting": "123"}]}
    assert trail(decision)[2] == {"step": "client_address", "address": "5.5.5.5", "basis": "header"}
    assert trail(decision)[3] == {
        "step": "location",
        "country": "DE",
        "subdivisions": [],
        "sources": ["test"],
    }
    assert trail(decision)[-1] == {
        "step": "verdict",
        "verdict": "refuse",
        "reason": "order",
        "order": "DE-2026-0001",
        "other_orders": ["DE-2026-0002"],
    }
    assert sentences(decision) == [
        ("Join", "zoom, meeting 123"),
        (
            "Order DE-2026-0001",
            "in force (from 2026-11-10T00:00:00+00:00 until 2027-01-10T00:00:00+00:00), for DE",
        ),
        (
            "Order DE-2026-0002",
            "in force (from 2026-11-10T00:00:00+00:00 until 2027-01-10T00:00:00+00:00), for DE",
        ),
        ("Client", "5.5.5.5, as stated by the trusted proxies"),
        ("Location", "DE, according to test"),
        ("Verdict", "refused with 451: an order in force covers this join"),
        ("Under", "DE-2026-0001; also covered by DE-2026-0002"),
    ]


@pytest.mark.parametrize(
    ("forwarded", "step", "sentence"),
    [
        (
            b"nonsense",
            {"step": "client_address", "undetermined": "malformed", "detail": "not_an_address"},
            (
                "Client",
                "undetermined: what the trusted proxies state is not an address (malformed, not_an_address)",
            ),
        ),
        (
            b"7.7.7.7",
            {"step": "location", "unlocated": "unknown"},
            ("Location", "unlocated: no source knows the address (unknown)"),
        ),
    ],
)
def test_the_trail_of_an_undetermined_or_unlocated_client(
    forwarded: bytes, step: dict[str, str], sentence: tuple[str, str]
) -> None:
    decision = decide(make_request(headers=((b"X-Forwarded-For", forwarded),)), make_policy())
    assert step in trail(decision)
    assert sentence in sentences(decision)


def test_a_missing_header_is_shown_without_a_detail() -> None:
    policy = make_policy(on_undetermined=OnUndetermined.UNAVAILABLE)
    decision = decide(make_request(headers=()), policy)
    assert ("Client", "undetermined: the trusted proxy states no address (header_missing)") in sentences(
        decision
    )
    assert ("Verdict", "refused with 503: the client address could not be determined") in sentences(decision)


def test_an_observing_order_is_marked() -> None:
    decision = decide(make_request(), make_policy(make_order(mode=Mode.OBSERVE)))
    said = dict(sentences(decision))
    assert said["Order DE-2026-0001"].endswith(", for DE; it only observes")
    assert said["Verdict"] == "admitted: the orders that cover this join only observe"


def test_the_trail_of_a_refusal_under_a_single_order() -> None:
    assert ("Under", "DE-2026-0001") in sentences(decide(make_request(), make_policy()))


def test_control_characters_in_ids_are_escaped() -> None:
    decision = decide(make_request("/join?id=a%1b%5b2Jb"), make_policy())
    assert sentences(decision)[0] == ("Join", r"zoom, meeting a\x1b[2Jb")


def test_an_unapproved_order_says_what_is_missing() -> None:
    decision = decide(make_request(), make_policy(make_order(approvals=approvals_of(2, ()))))
    missing = "0 of 2 approvals; 2 more needed, each with another key in another role"
    assert dict(sentences(decision))["Order DE-2026-0001"].startswith(
        f"not approved: {missing} (from 2026-11-10"
    )
    (considered,) = trail(decision)[1]["considered"]
    assert (considered["standing"], considered["approvals"]) == (
        "unapproved",
        [{"fault": "too_few", "message": missing}],
    )


def test_an_order_whose_page_is_not_public_says_so() -> None:
    decision = decide(make_request(), make_policy(make_order(published=False)))
    assert dict(sentences(decision))["Order DE-2026-0001"].startswith(
        "not published: the public pages do not show it as it is now (from 2026-11-10"
    )
