"""Revoked keys, from a list of public keys or from an OpenSSH key revocation list (KRL)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from joinfence.config.approvals.allowed_signers import fingerprint, parse_public_key, significant_lines
from joinfence.config.approvals.ssh_keygen import ssh_keygen
from joinfence.config.yaml.document import read_bytes
from joinfence.config.yaml.problems import ConfigError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from joinfence.config.approvals.allowed_signers import AllowedSigner

_KRL_MAGIC: Final = b"SSHKRL\n\0"


def read_revoked(path: Path, signers: Iterable[AllowedSigner]) -> frozenset[str]:
    """Return the fingerprints that the file revokes. Raises ConfigError.

    A list of public keys gives all of them, a KRL only those of the signers: it can only be asked about keys.
    """
    if read_bytes(path, len(_KRL_MAGIC)) == _KRL_MAGIC:
        return frozenset(each.key for each in signers if _is_in_krl(path, each))
    revoked: set[str] = set()
    problems: list[Problem] = []
    for number, line in significant_lines(path):
        fields = line.split()
        blob = parse_public_key(*fields[:2]) if len(fields) > 1 else None
        if blob is None:
            message = "expected KEY-TYPE KEY: a list of public keys, or a file made by ssh-keygen -k"
            problems.append(Problem(path, number, 1, message))
        else:
            revoked.add(fingerprint(blob))
    if problems:
        raise ConfigError(problems)
    return frozenset(revoked)


def _is_in_krl(path: Path, signer: AllowedSigner) -> bool:
    done = ssh_keygen("-Q", "-f", str(path), "/dev/stdin", given=signer.public.encode())
    if done.returncode == 0:
        return False
    if b": REVOKED" in done.stdout:
        return True
    raise ConfigError([Problem(path, 1, 1, "cannot be read as a key revocation list; create it again")])
