"""Which signatures count, and when there are enough: different keys in different roles, all valid."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from joinfence.engine.approvals import (
    ApprovalFault,
    Fault,
    Signature,
    approvals_of,
    counted_signatures,
    faults_at,
)
from joinfence.engine.order import Standing, next_change, standing
from tests.factories import NOW, make_order

SECOND = timedelta(seconds=1)
LATER = NOW + timedelta(days=3)


def signature(
    signer: str, key: str, *, file: str = "", since: datetime | None = None, until: datetime | None = None
) -> Signature:
    return Signature(
        file=file or f"{signer}.sig",
        key=key,
        signer=signer,
        role=signer.partition("-")[0],
        since=since,
        until=until,
    )


ANNA, BOB = signature("legal-anna", "A"), signature("operations-bob", "B")


@pytest.mark.parametrize(
    ("signatures", "expected"),
    [
        pytest.param([], [], id="none"),
        pytest.param([ANNA, BOB], ["legal-anna", "operations-bob"], id="two keys in two roles"),
        pytest.param([ANNA, signature("legal-carl", "C")], ["legal-anna"], id="a role counts once"),
        pytest.param(
            [ANNA, signature("operations-anna", "A")],
            ["legal-anna"],
            id="a key counts once, even under two names",
        ),
        pytest.param(
            [ANNA, signature("operations-anna", "A", file="legal-anna.sig"), signature("legal-carl", "C")],
            ["operations-anna", "legal-carl"],
            id="a key with two roles makes room for a key with one",
        ),
        pytest.param(
            [signature("legal-anna", "A", until=NOW), BOB],
            ["operations-bob"],
            id="a key is valid until before its end",
        ),
        pytest.param(
            [signature("legal-anna", "A", since=NOW), BOB],
            ["legal-anna", "operations-bob"],
            id="a key is valid from its start",
        ),
        pytest.param(
            [signature("legal-anna", "A", since=NOW + SECOND), BOB],
            ["operations-bob"],
            id="a key that is not yet valid",
        ),
    ],
)
def test_the_signatures_that_count(signatures: list[Signature], expected: list[str]) -> None:
    assert [each.signer for each in counted_signatures(signatures, NOW)] == expected


def test_an_order_is_approved_only_while_enough_keys_are_valid() -> None:
    approvals = approvals_of(2, [ANNA, signature("operations-bob", "B", since=NOW, until=LATER)])
    order = make_order(approvals=approvals)
    stands = {at: standing(order, at) for at in (NOW - SECOND, NOW, LATER - SECOND, LATER, NOW)}
    assert stands == {
        NOW - SECOND: Standing.UNAPPROVED,
        NOW: Standing.IN_FORCE,
        LATER - SECOND: Standing.IN_FORCE,
        LATER: Standing.UNAPPROVED,
    }
    assert next_change(order, NOW) == (LATER, Standing.UNAPPROVED)
    assert next_change(order, order.expires_at) is None


@pytest.mark.parametrize("required", [0, 1, 2])
def test_signatures_without_dates_always_count(required: int) -> None:
    assert approvals_of(required, [ANNA, BOB]).periods == ((None, None),)


def test_an_order_that_needs_no_approvals_has_no_faults() -> None:
    approvals = approvals_of(0, [])
    assert (approvals.complete_at(NOW), faults_at(approvals, NOW)) == (True, [])


def test_one_signature_suspends_an_order_however_many_approve_it() -> None:
    stopped = make_order(approvals=approvals_of(2, [ANNA, BOB], suspended_by=["legal-anna"]))
    assert standing(stopped, NOW) is Standing.SUSPENDED


def test_each_signature_that_does_not_count_has_a_fault_with_its_reason() -> None:
    edited = ApprovalFault(Fault.EDITED, "a.sig does not count: edited", "a.sig")
    approvals = approvals_of(
        3,
        [
            ANNA,
            signature("legal-zoe", "A"),
            signature("legal-carl", "C"),
            signature("operations-dora", "D", until=NOW),
            signature("operations-emil", "E", since=LATER),
        ],
        faults=[edited],
    )
    needed = "1 of 3 approvals (legal-anna); 2 more needed, each with another key in another role"
    assert faults_at(approvals, NOW) == [
        edited,
        ApprovalFault(
            Fault.SAME_ROLE,
            "legal-carl.sig does not count: legal-anna.sig was also signed in the role legal; each role counts once",
            "legal-carl.sig",
        ),
        ApprovalFault(
            Fault.SAME_KEY,
            "legal-zoe.sig does not count: it was made with the same key as legal-anna.sig; each key counts once",
            "legal-zoe.sig",
        ),
        ApprovalFault(
            Fault.EXPIRED,
            f"operations-dora.sig does not count: the key of operations-dora was valid until {NOW.isoformat()}",
            "operations-dora.sig",
        ),
        ApprovalFault(
            Fault.NOT_YET_VALID,
            f"operations-emil.sig does not count: the key of operations-emil is not valid before {LATER.isoformat()}",
            "operations-emil.sig",
        ),
        ApprovalFault(Fault.TOO_FEW, needed),
    ]


def test_missing_approvals_are_counted_when_nobody_has_signed() -> None:
    (fault,) = faults_at(approvals_of(2, []), datetime(2030, 1, 1, tzinfo=UTC))
    assert fault.message == "0 of 2 approvals; 2 more needed, each with another key in another role"
