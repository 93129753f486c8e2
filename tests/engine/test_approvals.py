"""Enough signatures: different keys in different roles, all valid at the instant."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from joinfence.engine.approvals import approvals_of, counting, faults_at
from joinfence.engine.orders import next_change, standing
from joinfence.engine.values import ApprovalFault, Fault, Signature, Standing
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
        pytest.param([ANNA, signature("legal-carl", "C")], ["legal-anna"], id="one role twice"),
        pytest.param([ANNA, signature("operations-anna", "A")], ["legal-anna"], id="one key under two names"),
        pytest.param(
            [ANNA, signature("operations-anna", "A", file="legal-anna.sig"), signature("legal-carl", "C")],
            ["operations-anna", "legal-carl"],
            id="a key in two roles leaves one to somebody who has no other",
        ),
        pytest.param(
            [signature("legal-anna", "A", until=NOW), BOB], ["operations-bob"], id="expired just now"
        ),
        pytest.param(
            [signature("legal-anna", "A", since=NOW), BOB],
            ["legal-anna", "operations-bob"],
            id="valid from now",
        ),
        pytest.param(
            [signature("legal-anna", "A", since=NOW + SECOND), BOB], ["operations-bob"], id="not yet valid"
        ),
    ],
)
def test_what_counts(signatures: list[Signature], expected: list[str]) -> None:
    assert [each.signer for each in counting(signatures, NOW)] == expected


def test_a_key_counts_at_each_decision_by_its_dates_and_nothing_is_scheduled() -> None:
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
def test_signatures_without_dates_count_at_any_time(required: int) -> None:
    assert approvals_of(required, [ANNA, BOB]).periods == ((None, None),)


def test_where_none_are_required_none_are_missed() -> None:
    approvals = approvals_of(0, [])
    assert (approvals.complete_at(NOW), faults_at(approvals, NOW)) == (True, [])


def test_one_signature_stops_an_order_however_many_approve_it() -> None:
    stopped = make_order(approvals=approvals_of(2, [ANNA, BOB], stopped_by=["legal-anna"]))
    assert standing(stopped, NOW) is Standing.SUSPENDED


def test_each_fault_is_told_with_its_file_and_reason() -> None:
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
    needed = "1 of 3 approvals (legal-anna); 2 more needed, each by another key in another role"
    assert faults_at(approvals, NOW) == [
        edited,
        ApprovalFault(
            Fault.SAME_ROLE,
            "legal-carl.sig does not count: legal-anna.sig is of the role legal as well, and one role counts once",
            "legal-carl.sig",
        ),
        ApprovalFault(
            Fault.SAME_KEY,
            "legal-zoe.sig does not count: it is by the same key as legal-anna.sig, and one key counts once",
            "legal-zoe.sig",
        ),
        ApprovalFault(
            Fault.EXPIRED,
            f"operations-dora.sig does not count: the key of operations-dora was valid until {NOW.isoformat()}",
            "operations-dora.sig",
        ),
        ApprovalFault(
            Fault.NOT_YET_VALID,
            f"operations-emil.sig does not count: the key of operations-emil is valid from {LATER.isoformat()}",
            "operations-emil.sig",
        ),
        ApprovalFault(Fault.TOO_FEW, needed),
    ]


def test_what_is_missing_is_told_where_nobody_has_signed() -> None:
    (fault,) = faults_at(approvals_of(2, []), datetime(2030, 1, 1, tzinfo=UTC))
    assert fault.message == "0 of 2 approvals; 2 more needed, each by another key in another role"
