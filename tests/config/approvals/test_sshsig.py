"""One signature: what it says of itself, and whether ssh-keygen agrees."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest

from joinfence.config.approvals.allowed_signers import read_signers
from joinfence.config.approvals.sshsig import APPROVE, STOP, read_signature, verify
from joinfence.engine.approvals import Fault
from tests.signing import listed, signed

if TYPE_CHECKING:
    from pathlib import Path

    from joinfence.config.approvals.allowed_signers import Signer

ORDER = b"schema: order/1\n"


def signer(folder: Path, options: str = 'namespaces="joinfence-*"') -> Signer:
    path = folder / "allowed_signers"
    path.write_text(listed(("legal-anna", "anna", options)), encoding="utf-8")
    return read_signers(path)[0]


def armoured(packed: bytes) -> bytes:
    body = base64.b64encode(packed)
    return b"-----BEGIN SSH SIGNATURE-----\n" + body + b"\n-----END SSH SIGNATURE-----\n"


@pytest.mark.parametrize("namespace", [APPROVE, STOP, "git"])
def test_a_signature_says_by_which_key_and_for_what_it_is(tmp_path: Path, namespace: str) -> None:
    assert read_signature(signed(ORDER, "anna", namespace)) == (signer(tmp_path).key, namespace)


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
def test_what_is_no_signature(raw: bytes) -> None:
    assert read_signature(raw) is None


@pytest.mark.parametrize(
    "options",
    [
        pytest.param('namespaces="joinfence-order"', id="valid for ever"),
        pytest.param('valid-before="20200101Z"', id="by a key of the past"),
        pytest.param('valid-after="20990101Z"', id="by a key of the future"),
        pytest.param('valid-after="20200101Z",valid-before="20200102Z"', id="by a key of one day"),
    ],
)
def test_a_good_signature_is_good_whenever_its_key_was(tmp_path: Path, options: str) -> None:
    assert verify(ORDER, signed(ORDER, "anna"), signer(tmp_path, options), APPROVE) is None


def test_a_signature_of_something_else(tmp_path: Path) -> None:
    assert verify(ORDER + b"\n", signed(ORDER, "anna"), signer(tmp_path), APPROVE) is Fault.EDITED


def test_a_signature_for_something_else_than_the_list_allows(tmp_path: Path) -> None:
    only_stops = signer(tmp_path, 'namespaces="joinfence-stop"')
    assert verify(ORDER, signed(ORDER, "anna"), only_stops, APPROVE) is Fault.WRONG_NAMESPACE
    assert verify(ORDER, signed(ORDER, "anna", STOP), only_stops, STOP) is None


def test_a_signature_by_another_key_than_it_says(tmp_path: Path) -> None:
    by_anna = signed(ORDER, "anna")
    raw = base64.b64decode(b"".join(by_anna.splitlines()[1:-1]))
    other = base64.b64decode(b"".join(signed(ORDER, "bob").splitlines()[1:-1]))
    forged = armoured(raw[:-64] + other[-64:])
    assert read_signature(forged) == read_signature(by_anna)
    assert verify(ORDER, forged, signer(tmp_path), APPROVE) is Fault.EDITED


def test_where_ssh_keygen_cannot_be_run_nothing_is_verified(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_anna, anna = signed(ORDER, "anna"), signer(tmp_path)
    monkeypatch.setenv("PATH", "/nowhere")
    assert verify(ORDER, by_anna, anna, APPROVE) is Fault.NOT_VERIFIED
