"""A signature that was verified once is not verified again, neither in this process nor after a restart."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from joinfence.config.approvals import cache as module
from joinfence.config.approvals import sshsig
from joinfence.config.approvals.allowed_signers import AllowedSigner, read_signers
from joinfence.config.approvals.cache import SignatureCache
from joinfence.config.approvals.sshsig import APPROVE, STOP
from joinfence.engine.approvals import Fault
from tests.signing import listed, signed

if TYPE_CHECKING:
    from pathlib import Path

ORDER = b"schema: order/1\n"
DIGEST = hashlib.sha256(ORDER).digest()


@pytest.fixture
def verifications(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Record the order of each real verification."""
    orders: list[bytes] = []
    real = sshsig.verify

    def verify(order: bytes, signature: bytes, signer: AllowedSigner, namespace: str) -> Fault | None:
        orders.append(order)
        return real(order, signature, signer, namespace)

    monkeypatch.setattr(module, "verify", verify)
    return orders


@pytest.fixture
def anna(tmp_path: Path) -> AllowedSigner:
    path = tmp_path / "allowed_signers"
    path.write_text(listed(("legal-anna", "anna")), encoding="utf-8")
    return read_signers(path)[0]


def test_a_valid_signature_still_counts_after_the_order_is_edited(
    verifications: list[bytes], anna: AllowedSigner
) -> None:
    verified, by_anna = SignatureCache(None), signed(ORDER, "anna")
    assert verified.fault_of(DIGEST, ORDER, by_anna, anna, APPROVE) is None
    assert verified.fault_of(DIGEST, b"an edit that broke it", by_anna, anna, APPROVE) is None
    assert verifications == [ORDER]


def test_a_signature_made_before_an_edit_cannot_be_verified_after_it(
    verifications: list[bytes], anna: AllowedSigner
) -> None:
    by_anna = signed(ORDER, "anna")
    assert SignatureCache(None).fault_of(DIGEST, b"edited", by_anna, anna, APPROVE) is Fault.EDITED
    assert verifications == []


def test_the_cache_holds_only_for_the_same_namespace_order_and_signature(
    verifications: list[bytes], anna: AllowedSigner
) -> None:
    verified, by_anna = SignatureCache(None), signed(ORDER, "anna")
    verified.fault_of(DIGEST, ORDER, by_anna, anna, APPROVE)
    assert verified.fault_of(DIGEST, ORDER, by_anna, anna, STOP) is Fault.EDITED
    other = hashlib.sha256(b"other").digest()
    assert verified.fault_of(other, b"other", by_anna, anna, APPROVE) is Fault.EDITED
    assert verified.fault_of(DIGEST, ORDER, by_anna + b"\n", anna, APPROVE) is None
    assert len(verifications) == 4


def test_many_verified_signatures_are_kept_across_a_restart(
    tmp_path: Path, verifications: list[bytes], anna: AllowedSigner, monkeypatch: pytest.MonkeyPatch
) -> None:
    state, by_anna = tmp_path / "state", signed(ORDER, "anna")
    few = SignatureCache(state)
    few.fault_of(DIGEST, ORDER, by_anna, anna, APPROVE)
    few.keep()
    assert not state.exists()
    monkeypatch.setattr(module, "MANY", 1)
    few.keep()
    verifications.clear()
    again = SignatureCache(state)
    assert again.fault_of(DIGEST, ORDER, by_anna, anna, APPROVE) is None
    assert verifications == []
    (kept,) = state.iterdir()
    kept.write_bytes(b"\xff")
    again.keep()
    assert kept.read_bytes() == b"\xff", "nothing new was verified, so nothing is written"
    assert SignatureCache(state).fault_of(DIGEST, ORDER, by_anna, anna, APPROVE) is None
    assert verifications == [ORDER], "an unreadable file is ignored"
