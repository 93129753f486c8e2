"""One signature: what it claims, and whether ssh-keygen confirms it."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest

from joinfence.config.approvals.allowed_signers import read_signers
from joinfence.config.approvals.sshsig import APPROVE, STOP, read_claims, verify
from joinfence.engine.approvals import Fault
from tests.signing import listed, signed

if TYPE_CHECKING:
    from pathlib import Path

    from joinfence.config.approvals.allowed_signers import AllowedSigner

ORDER = b"schema: order/1\n"


def signer(folder: Path, options: str = 'namespaces="joinfence-*"') -> AllowedSigner:
    path = folder / "allowed_signers"
    path.write_text(listed(("legal-anna", "anna", options)), encoding="utf-8")
    return read_signers(path)[0]


def armoured(packed: bytes) -> bytes:
    body = base64.b64encode(packed)
    return b"-----BEGIN SSH SIGNATURE-----\n" + body + b"\n-----END SSH SIGNATURE-----\n"


@pytest.mark.parametrize("namespace", [APPROVE, STOP, "git"])
def test_a_signature_claims_a_key_and_a_namespace(tmp_path: Path, namespace: str) -> None:
    assert read_claims(signed(ORDER, "anna", namespace)) == (signer(tmp_path).key, namespace)


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"-----BEGIN SSH SIGNATURE-----\nU1NI", id="no end"),
        pytest.param(b"-----BEGIN PGP SIGNATURE-----\n-----END SSH SIGNATURE-----", id="another kind"),
        pytest.param(armoured(b"SSHSIH\0\0\0\1"), id="another format"),
        pytest.param(armoured(b"SSHSIG\0\0\0\1\0\0\0\7key"), id="cut short"),
        pytest.param(armoured(b"SSHSIG\0\0\0\1\0\0\0\1k\0\0\0\1\xff"), id="not text"),
        pytest.param(
            armoured(b"").replace(b"\n\n", b"\n?\n"),
            id="not base64",
        ),
    ],
)
def test_text_that_is_not_a_signature_has_no_claims(raw: bytes) -> None:
    assert read_claims(raw) is None


@pytest.mark.parametrize(
    "options",
    [
        pytest.param('namespaces="joinfence-order"', id="a key without limits"),
        pytest.param('valid-before="20200101Z"', id="an expired key"),
        pytest.param('valid-after="20990101Z"', id="a key not yet valid"),
        pytest.param('valid-after="20200101Z",valid-before="20200102Z"', id="a key valid for one day"),
    ],
)
def test_a_signature_is_valid_at_whatever_time_its_key_was_valid(tmp_path: Path, options: str) -> None:
    assert verify(ORDER, signed(ORDER, "anna"), signer(tmp_path, options), APPROVE) is None


def test_a_signature_of_another_text_is_invalid(tmp_path: Path) -> None:
    assert verify(ORDER + b"\n", signed(ORDER, "anna"), signer(tmp_path), APPROVE) is Fault.EDITED


def test_a_signature_in_a_namespace_that_the_list_does_not_allow_is_refused(tmp_path: Path) -> None:
    only_stops = signer(tmp_path, 'namespaces="joinfence-stop"')
    assert verify(ORDER, signed(ORDER, "anna"), only_stops, APPROVE) is Fault.WRONG_NAMESPACE
    assert verify(ORDER, signed(ORDER, "anna", STOP), only_stops, STOP) is None


def test_a_signature_that_claims_another_key_is_invalid(tmp_path: Path) -> None:
    by_anna = signed(ORDER, "anna")
    raw = base64.b64decode(b"".join(by_anna.splitlines()[1:-1]))
    other = base64.b64decode(b"".join(signed(ORDER, "bob").splitlines()[1:-1]))
    forged = armoured(raw[:-64] + other[-64:])
    assert read_claims(forged) == read_claims(by_anna)
    assert verify(ORDER, forged, signer(tmp_path), APPROVE) is Fault.EDITED


def test_nothing_is_verified_if_ssh_keygen_cannot_be_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_anna, anna = signed(ORDER, "anna"), signer(tmp_path)
    monkeypatch.setenv("PATH", "/nowhere")
    assert verify(ORDER, by_anna, anna, APPROVE) is Fault.NOT_VERIFIED
