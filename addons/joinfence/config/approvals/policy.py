"""`approvals` in the main file and the files it names, to the policy that says whose signatures count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from joinfence.config.approvals.allowed_signers import read_signers
from joinfence.config.approvals.revoked_keys import read_revoked
from joinfence.config.approvals.signature_file import SigningPolicy
from joinfence.config.approvals.ssh_keygen import is_installed
from joinfence.config.files import beside
from joinfence.config.yaml.problems import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

    from joinfence.config.settings import ApprovalsEntry
    from joinfence.config.yaml.document import Document


def read_signing_policy(main: Path, entry: ApprovalsEntry, document: Document) -> SigningPolicy:
    """Return whose signatures count. `document` is the main file's. Raises ConfigError."""
    if entry.signers is None:
        return SigningPolicy()
    if not is_installed():
        message = "ssh-keygen, which verifies signatures, is not installed; it comes with OpenSSH's client"
        raise ConfigError([document.problem(("approvals", "signers"), message)])
    signers = read_signers(beside(main, entry.signers))
    roles = {each.role for each in signers}
    keys = {each.key for each in signers}
    if min(len(roles), len(keys)) < entry.required:
        message = (
            f"found {entry.required}, but {entry.signers} lists {len(keys)} keys in {len(roles)} roles: "
            "no order could ever be approved; list more signers, or require fewer approvals"
        )
        raise ConfigError([document.problem(("approvals", "required"), message)])
    revoked = read_revoked(beside(main, entry.revoked), signers) if entry.revoked else frozenset()
    return SigningPolicy(entry.required, signers, revoked)
