"""What a signature file does, with the complete message where it does not count."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from joinfence.config.approvals.allowed_signers import read_signers
from joinfence.config.approvals.cache import SignatureCache
from joinfence.config.approvals.signature_file import SigningPolicy, Stop, read_signature_file
from joinfence.config.approvals.sshsig import APPROVE, STOP, read_claims
from joinfence.engine.approvals import ApprovalFault, Fault
from tests.signing import listed, sign

if TYPE_CHECKING:
    from pathlib import Path

    from joinfence.config.approvals.signature_file import Found

ORDER = b"schema: order/1\n"


@pytest.fixture
def order(tmp_path: Path) -> Path:
    path = tmp_path / "a.yaml"
    path.write_bytes(ORDER)
    return path


@pytest.fixture
def policy(tmp_path: Path) -> SigningPolicy:
    path = tmp_path / "allowed_signers"
    lines = listed(
        ("legal-anna,operations-anna", "anna"),
        ("operations-bob", "bob", 'valid-before="20260101Z"'),
        ("legal-carl", "carl", 'namespaces="joinfence-stop"'),
        ("legal-dora", "dora"),
    )
    path.write_text(lines, encoding="utf-8")
    signers = read_signers(path)
    return SigningPolicy(2, signers, frozenset(each.key for each in signers if each.name == "legal-dora"))


def read(
    file: Path,
    policy: SigningPolicy,
    *,
    digest: bytes | None = None,
    now: bytes = ORDER,
    verified: SignatureCache | None = None,
) -> Found:
    return read_signature_file(
        str(file),
        digest=digest or hashlib.sha256(ORDER).digest(),
        order=now,
        policy=policy,
        verified=verified or SignatureCache(None),
    )


def test_the_role_comes_from_the_list_of_signers_not_from_the_file_name(
    order: Path, policy: SigningPolicy
) -> None:
    found = read(sign(order, "bob", "legal-zoe"), policy)
    assert isinstance(found, tuple)
    (signature,) = found
    assert (signature.file, signature.signer, signature.role) == (
        "legal-zoe.sig",
        "operations-bob",
        "operations",
    )
    assert (signature.since, signature.until) == (None, policy.signers[2].until)


def test_a_key_listed_under_two_names_signs_as_both(order: Path, policy: SigningPolicy) -> None:
    found = read(sign(order, "anna", "legal-anna"), policy)
    assert isinstance(found, tuple)
    assert [each.role for each in found] == ["legal", "operations"]
    assert len({each.key for each in found}) == 1


@pytest.mark.parametrize("by", ["anna", "bob", "carl"])
def test_one_signature_stops_an_order_even_with_an_expired_key(
    order: Path, policy: SigningPolicy, by: str
) -> None:
    found = read(sign(order, by, "stop", STOP), policy)
    assert found == Stop({"anna": "legal-anna", "bob": "operations-bob", "carl": "legal-carl"}[by])


def test_a_stop_of_a_broken_file_counts_but_an_approval_of_it_does_not(
    order: Path, policy: SigningPolicy
) -> None:
    order.write_bytes(b"broken")
    stopped = read(sign(order, "anna", "stop", STOP), policy, now=b"broken")
    assert stopped == Stop("legal-anna")
    approved = read(sign(order, "anna", "legal-anna"), policy, now=b"broken")
    assert isinstance(approved, ApprovalFault)
    assert approved.fault is Fault.EDITED


def test_a_stop_still_counts_after_an_edit_that_broke_the_order(order: Path, policy: SigningPolicy) -> None:
    stop, verified = sign(order, "anna", "stop", STOP), SignatureCache(None)
    for now in (ORDER, b"broken"):
        assert read(stop, policy, now=now, verified=verified) == Stop("legal-anna")


def key_of(file: Path) -> str:
    claims = read_claims(file.read_bytes())
    assert claims
    return claims.key


@pytest.mark.parametrize(
    ("by", "namespace", "fault", "reason"),
    [
        pytest.param(
            "anna",
            "git",
            Fault.WRONG_NAMESPACE,
            'it was made with -n "git", expected -n joinfence-order',
            id="wrong namespace",
        ),
        pytest.param(
            "carl",
            APPROVE,
            Fault.WRONG_NAMESPACE,
            "the list of signers does not allow legal-carl to sign with -n joinfence-order",
            id="a signer who may only stop",
        ),
        pytest.param(
            "emil",
            APPROVE,
            Fault.UNKNOWN_SIGNER,
            "its key {key} is not in the list of signers",
            id="unknown signer",
        ),
        pytest.param("dora", APPROVE, Fault.REVOKED, "the key of legal-dora was revoked", id="revoked"),
        pytest.param("dora", STOP, Fault.REVOKED, "the key of legal-dora was revoked", id="revoked, to stop"),
    ],
)
def test_a_signature_that_does_not_count_says_why(
    order: Path, policy: SigningPolicy, by: str, namespace: str, fault: Fault, reason: str
) -> None:
    file = sign(order, by, "x", namespace)
    expected = f"x.sig does not count: {reason.format(key=key_of(file))}"
    assert read(file, policy) == ApprovalFault(fault, expected, "x.sig")


def test_a_signature_of_the_order_before_an_edit_does_not_count(order: Path, policy: SigningPolicy) -> None:
    file = sign(order, "anna", "legal-anna")
    edited = ORDER + b"# a comment\n"
    message = (
        "legal-anna.sig does not count: it does not match the order as it is now; sign the edited order again"
    )
    found = read(file, policy, digest=hashlib.sha256(edited).digest(), now=edited)
    assert found == ApprovalFault(Fault.EDITED, message, "legal-anna.sig")


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        pytest.param(
            lambda path: path.write_bytes(b"anna was here"),
            "it is not a signature made by ssh-keygen -Y sign",
            id="no signature",
        ),
        pytest.param(
            lambda path: path.mkdir(),
            "it cannot be read: Is a directory; check the path and its permissions",
            id="a folder",
        ),
        pytest.param(
            lambda path: path.symlink_to(path),
            "it cannot be read: Too many levels of symbolic links; check the path and its permissions",
            id="a loop of links",
        ),
    ],
)
def test_an_unreadable_signature_does_not_count(
    order: Path, policy: SigningPolicy, make: object, reason: str
) -> None:
    path = order.with_name("x.sig")
    make(path)  # type: ignore[operator]
    assert read(path, policy) == ApprovalFault(Fault.UNREADABLE, f"x.sig does not count: {reason}", "x.sig")


def test_a_signature_does_not_count_if_ssh_keygen_cannot_be_run(
    order: Path, policy: SigningPolicy, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = sign(order, "anna", "x")
    monkeypatch.setenv("PATH", "/nowhere")
    message = "x.sig does not count: ssh-keygen could not be run to verify it"
    assert read(file, policy) == ApprovalFault(Fault.NOT_VERIFIED, message, "x.sig")
