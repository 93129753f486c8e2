"""Revoked keys, as a list of public keys and as an OpenSSH key revocation list."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from joinfence.config.approvals.allowed_signers import read_signers
from joinfence.config.approvals.revoked_keys import read_revoked
from joinfence.config.yaml.problems import ConfigError
from tests.signing import krl, listed, public

if TYPE_CHECKING:
    from pathlib import Path

    from joinfence.config.approvals.allowed_signers import AllowedSigner


@pytest.fixture
def signers(tmp_path: Path) -> tuple[AllowedSigner, ...]:
    path = tmp_path / "allowed_signers"
    path.write_text(listed(("legal-anna", "anna"), ("operations-bob", "bob")), encoding="utf-8")
    return read_signers(path)


def test_a_list_of_public_keys_is_read(tmp_path: Path, signers: tuple[AllowedSigner, ...]) -> None:
    path = tmp_path / "revoked"
    path.write_text(f"# lost\n{public('anna')} a comment\n", encoding="utf-8")
    assert read_revoked(path, signers) == {signers[0].key}


def test_a_key_revocation_list_is_read(tmp_path: Path, signers: tuple[AllowedSigner, ...]) -> None:
    assert read_revoked(krl(tmp_path / "krl", "bob", "carl"), signers) == {signers[1].key}


def test_lines_that_are_not_keys_are_reported(tmp_path: Path, signers: tuple[AllowedSigner, ...]) -> None:
    path = tmp_path / "revoked"
    path.write_text(f"anna\n{public('anna')}\nssh-ed25519 AAAA\n", encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        read_revoked(path, signers)
    message = "expected KEY-TYPE KEY: a list of public keys, or a file made by ssh-keygen -k"
    assert str(caught.value) == f"{path}:1:1: {message}\n{path}:3:1: {message}"


def test_a_truncated_key_revocation_list_is_reported(
    tmp_path: Path, signers: tuple[AllowedSigner, ...]
) -> None:
    path = krl(tmp_path / "krl", "bob")
    path.write_bytes(path.read_bytes()[:-3])
    with pytest.raises(ConfigError) as caught:
        read_revoked(path, signers)
    assert str(caught.value) == f"{path}:1:1: cannot be read as a key revocation list; create it again"
