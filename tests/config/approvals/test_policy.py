"""Whose signatures count, according to the main file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from joinfence.config.approvals.policy import read_signing_policy
from joinfence.config.approvals.signature_file import SigningPolicy
from joinfence.config.settings import read_settings
from joinfence.config.yaml.problems import ConfigError
from tests.config_files import copy_configs, edit
from tests.signing import listed, public

if TYPE_CHECKING:
    from pathlib import Path

TWO = listed(("legal-anna", "anna"), ("operations-bob", "bob"))


def read(folder: Path, approvals: str, signers: str = TWO) -> SigningPolicy:
    main = copy_configs(folder)
    edit(main, "approvals: {required: 0}", f"approvals: {approvals}")
    (main.parent / "allowed_signers").write_text(signers, encoding="utf-8")
    (main.parent / "revoked").write_text(public("bob"), encoding="utf-8")
    settings, document = read_settings(main)
    return read_signing_policy(main, settings.approvals, document)


def test_without_a_list_of_signers_no_signature_counts(tmp_path: Path) -> None:
    assert read(tmp_path, "{required: 0}") == SigningPolicy(0, (), frozenset())


def test_the_policy_holds_the_signers_and_their_revoked_keys(tmp_path: Path) -> None:
    policy = read(tmp_path, "{required: 2, signers: allowed_signers, revoked: revoked}")
    assert (policy.required, [each.name for each in policy.signers]) == (2, ["legal-anna", "operations-bob"])
    assert policy.revoked == {policy.signers[1].key}


@pytest.mark.parametrize(
    ("signers", "listing"),
    [
        (listed(("legal-anna", "anna"), ("legal-bob", "bob")), "2 keys in 1 roles"),
        (listed(("legal-anna", "anna"), ("operations-anna", "anna")), "1 keys in 2 roles"),
    ],
    ids=["one role", "one key"],
)
def test_requiring_more_approvals_than_possible_is_refused(
    tmp_path: Path, signers: str, listing: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, "{required: 2, signers: allowed_signers}", signers)
    (problem,) = caught.value.problems
    assert problem.message == (
        f"approvals.required: found 2, but allowed_signers lists {listing}: no order could ever be approved; list more signers, or require fewer approvals"
    )


@pytest.mark.parametrize("approvals", ["{required: 1}", "{required: 0, revoked: revoked}"])
def test_a_list_of_signers_is_required_where_it_matters(tmp_path: Path, approvals: str) -> None:
    with pytest.raises(
        ConfigError, match="approvals: `signers` is missing; expected the path of a list of allowed signers"
    ):
        read(tmp_path, approvals)


def test_ssh_keygen_must_be_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, "{required: 2, signers: allowed_signers}")
    assert caught.value.problems[0].message == (
        "approvals.signers: ssh-keygen, which verifies signatures, is not installed; "
        "it comes with OpenSSH's client"
    )
