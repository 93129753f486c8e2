"""Orders with real signatures: from the signature files to the standing of the order."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from joinfence.config.approvals import cache, sshsig
from joinfence.config.approvals import reader as module
from joinfence.config.approvals.allowed_signers import read_signers
from joinfence.config.approvals.reader import ApprovalsReader, signature_files
from joinfence.config.approvals.signature_file import SigningPolicy
from joinfence.config.approvals.sshsig import STOP
from joinfence.config.order_store.stored import StoredOrder, encode_order
from joinfence.engine.approvals import Approvals, Fault, approvals_of, faults_at
from joinfence.engine.order import Standing, standing
from tests.factories import NOW, ORDER, make_order
from tests.signing import listed, sign

if TYPE_CHECKING:
    from pathlib import Path

SIGNERS = listed(
    ("legal-anna", "anna"),
    ("operations-anna", "anna"),
    ("operations-bob", "bob"),
    ("legal-carl", "carl"),
    ("operations-dora", "dora", 'valid-before="20261201Z"'),
    ("operations-frank", "frank"),
)


class Folder:
    """An order file with a folder of signatures, read as the fence reads it."""

    def __init__(self, folder: Path) -> None:
        self.order = folder / "a.yaml"
        self.order.write_bytes(b"schema: order/1\n")
        self.reader = ApprovalsReader()
        self.state = folder / "state"
        (folder / "allowed_signers").write_text(SIGNERS, encoding="utf-8")
        signers = read_signers(folder / "allowed_signers")
        revoked = frozenset(each.key for each in signers if each.name == "operations-frank")
        self.policy = SigningPolicy(2, signers, revoked)

    def stored_order(self) -> StoredOrder:
        import hashlib  # noqa: PLC0415 - beside its one use

        digest = hashlib.sha256(self.order.read_bytes()).digest()
        return encode_order(ORDER, stamp=1, settled=True, document="", digest=digest)

    def approvals(self) -> Approvals:
        found = self.reader.read({str(self.order): self.stored_order()}, self.policy, self.state)
        return found.get(ORDER.id) or approvals_of(self.policy.required, ())

    def standing(self, at: datetime = NOW) -> Standing:
        return standing(make_order(approvals=self.approvals()), at)

    def faults(self, at: datetime = NOW) -> list[Fault]:
        return [each.fault for each in faults_at(self.approvals(), at)]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def test_two_keys_in_two_roles_approve(folder: Folder) -> None:
    assert (folder.standing(), folder.faults()) == (Standing.UNAPPROVED, [Fault.TOO_FEW])
    sign(folder.order, "anna", "legal-anna")
    assert (folder.standing(), folder.faults()) == (Standing.UNAPPROVED, [Fault.TOO_FEW])
    sign(folder.order, "bob", "operations-bob")
    assert (folder.standing(), folder.faults()) == (Standing.IN_FORCE, [])


@pytest.mark.parametrize(
    ("by", "file", "namespace", "fault"),
    [
        pytest.param("anna", "operations-anna", "joinfence-order", Fault.SAME_KEY, id="one key under two names"),
        pytest.param("bob", "operations-bob", "git", Fault.WRONG_NAMESPACE, id="wrong namespace"),
        pytest.param("emil", "operations-emil", "joinfence-order", Fault.UNKNOWN_SIGNER, id="unknown signer"),
        pytest.param("frank", "operations-frank", "joinfence-order", Fault.REVOKED, id="revoked"),
    ],
)  # fmt: skip
def test_a_second_signature_that_does_not_approve(
    folder: Folder, by: str, file: str, namespace: str, fault: Fault
) -> None:
    sign(folder.order, "anna", "legal-anna")
    sign(folder.order, by, file, namespace)
    assert (folder.standing(), folder.faults()) == (Standing.UNAPPROVED, [fault, Fault.TOO_FEW])


def test_one_role_twice_does_not_approve(folder: Folder) -> None:
    folder.policy = SigningPolicy(2, tuple(s for s in folder.policy.signers if s.name != "operations-anna"))
    sign(folder.order, "anna", "legal-anna")
    sign(folder.order, "carl", "legal-carl")
    assert (folder.standing(), folder.faults()) == (Standing.UNAPPROVED, [Fault.SAME_ROLE, Fault.TOO_FEW])


def test_a_key_that_expires_approves_until_then_without_a_reload(folder: Folder) -> None:
    sign(folder.order, "anna", "legal-anna")
    sign(folder.order, "dora", "operations-dora")
    ends, second = datetime(2026, 12, 1, tzinfo=UTC), timedelta(seconds=1)
    assert [folder.standing(at) for at in (ends - second, ends, ends + second)] == [
        Standing.IN_FORCE,
        Standing.UNAPPROVED,
        Standing.UNAPPROVED,
    ]
    assert folder.faults(ends) == [Fault.EXPIRED, Fault.TOO_FEW]


def test_an_edit_ends_the_approval_until_the_edited_order_is_signed(folder: Folder) -> None:
    for by, file in (("anna", "legal-anna"), ("bob", "operations-bob")):
        sign(folder.order, by, file)
    assert folder.standing() is Standing.IN_FORCE
    folder.order.write_bytes(folder.order.read_bytes() + b"# a word more\n")
    assert folder.standing() is Standing.UNAPPROVED
    assert folder.faults() == [Fault.EDITED, Fault.EDITED, Fault.TOO_FEW]
    sign(folder.order, "anna", "legal-anna")
    sign(folder.order, "bob", "operations-bob")
    assert folder.standing() is Standing.IN_FORCE


def test_one_signature_stops_an_approved_order(folder: Folder) -> None:
    sign(folder.order, "anna", "legal-anna")
    sign(folder.order, "bob", "operations-bob")
    stop = sign(folder.order, "carl", "stop-carl", STOP)
    assert (folder.standing(), folder.approvals().suspended_by) == (Standing.SUSPENDED, ("legal-carl",))
    stop.unlink()
    assert folder.standing() is Standing.IN_FORCE


def test_one_signature_stops_an_order_that_nobody_had_to_approve(folder: Folder) -> None:
    folder.policy = SigningPolicy(0, folder.policy.signers)
    assert folder.standing() is Standing.IN_FORCE
    sign(folder.order, "bob", "stop", STOP)
    assert folder.standing() is Standing.SUSPENDED


def test_an_approved_order_stays_approved_while_its_file_cannot_be_read(folder: Folder) -> None:
    sign(folder.order, "anna", "legal-anna")
    sign(folder.order, "bob", "operations-bob")
    stored_order = folder.stored_order()
    assert folder.standing() is Standing.IN_FORCE
    folder.order.unlink()
    folder.order.mkdir()
    sign_more = folder.order.with_name("a.yaml.sig") / "note.sig"
    sign_more.write_text("a change that makes it be looked at")
    (approvals,) = folder.reader.read({str(folder.order): stored_order}, folder.policy, folder.state).values()
    assert approvals.complete_at(NOW)
    assert [each.fault for each in approvals.faults] == [Fault.UNREADABLE]


def test_a_file_is_verified_once_for_each_change_and_never_without_one(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    verifications: list[str] = []
    real = sshsig.verify

    def verify(order: bytes, signature: bytes, signer: object, namespace: str) -> Fault | None:
        verifications.append(signer.name)  # type: ignore[attr-defined]
        return real(order, signature, signer, namespace)  # type: ignore[arg-type]

    monkeypatch.setattr(cache, "verify", verify)
    sign(folder.order, "carl", "legal-carl")
    sign(folder.order, "bob", "operations-bob")
    for _ in range(3):
        assert folder.standing() is Standing.IN_FORCE
    assert sorted(verifications) == ["legal-carl", "operations-bob"]
    os.utime(folder.order.with_name("a.yaml.sig") / "legal-carl.sig")
    assert folder.standing() is Standing.IN_FORCE
    assert len(verifications) == 2, "touching a file does not change its signature"


def test_an_order_with_too_many_signature_files_is_not_in_force(folder: Folder) -> None:
    sign(folder.order, "anna", "legal-anna")
    sign(folder.order, "bob", "operations-bob")
    beside = folder.order.with_name("a.yaml.sig")
    (beside / "legal-anna.sig.part").touch()
    for number in range(module.MAX_SIGNATURES - 2):
        (beside / f"x{number}.sig").touch()
    assert folder.standing() is Standing.IN_FORCE
    (beside / "z.sig").touch()
    assert folder.standing() is Standing.UNAPPROVED
    (fault,) = folder.approvals().faults
    assert fault.message == (
        "more than 32 files in a.yaml.sig: none of them is read, and the order is not in force, "
        "because one might suspend it; remove those that are not signatures"
    )
    (beside / "z.sig").unlink()
    assert folder.standing() is Standing.IN_FORCE


def test_only_a_folder_of_an_order_s_name_holds_signatures(folder: Folder) -> None:
    (folder.order.parent / "other.yaml.sig").mkdir()
    (folder.order.parent / "a.yaml.sig").touch()
    assert signature_files([str(folder.order), "/nowhere/a.yaml"]) == {str(folder.order): []}


def test_without_a_list_of_signers_no_signature_file_is_read(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "signature_files", None)
    assert folder.reader.read({str(folder.order): folder.stored_order()}, SigningPolicy(), None) == {}
