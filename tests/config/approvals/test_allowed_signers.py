"""Lines of a list of signers, and the complete message for each way a line can be wrong."""

from __future__ import annotations

import base64
import subprocess
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from joinfence.config.approvals.allowed_signers import read_signers
from joinfence.config.yaml.problems import ConfigError
from tests.signing import key, public

if TYPE_CHECKING:
    from pathlib import Path

    from joinfence.config.approvals.allowed_signers import AllowedSigner

LINE_FORMAT = "expected NAME[,NAME] [OPTIONS] KEY-TYPE KEY, as in ssh-keygen(1) under ALLOWED SIGNERS"
DATE_FORMAT = "expected YYYYMMDDZ or YYYYMMDDHHMM[SS]Z"


def read(folder: Path, text: str) -> tuple[AllowedSigner, ...]:
    path = folder / "allowed_signers"
    path.write_text(text, encoding="utf-8")
    return read_signers(path)


def test_a_line_with_every_option_is_read(tmp_path: Path) -> None:
    options = (
        'namespaces="joinfence-order,joinfence-stop",valid-after="20260101Z",VALID-BEFORE="202702031430Z"'
    )
    text = f"# people\n\nlegal-anna {options} {public('anna')} anna's key of 2026\n"
    (signer,) = read(tmp_path, text)
    assert (signer.name, signer.role, signer.public) == ("legal-anna", "legal", public("anna"))
    assert signer.since == datetime(2026, 1, 1, tzinfo=UTC)
    assert signer.until == datetime(2027, 2, 3, 14, 30, tzinfo=UTC)
    shown = subprocess.run(["ssh-keygen", "-lf", key("anna")], capture_output=True, text=True, check=True)
    assert signer.key == shown.stdout.split()[1]


def test_a_key_under_two_names_is_two_signers(tmp_path: Path) -> None:
    found = read(tmp_path, f'"legal-anna,operations-anna.b" {public("anna")}')
    assert [(each.name, each.role) for each in found] == [
        ("legal-anna", "legal"),
        ("operations-anna.b", "operations"),
    ]
    assert (len({each.key for each in found}), {each.since for each in found}) == (1, {None})


@pytest.mark.parametrize(
    ("line", "message"),
    [
        pytest.param("legal-anna", f"1:1: {LINE_FORMAT}", id="no key"),
        pytest.param("legal-anna ssh-ed25519 AAAA", f"1:1: {LINE_FORMAT}", id="not a key"),
        pytest.param("legal-anna ssh-ed25519 §", f"1:1: {LINE_FORMAT}", id="not base64"),
        pytest.param("legal-anna ssh-rsa {key64}", f"1:1: {LINE_FORMAT}", id="another kind of key"),
        pytest.param(
            "anna {key}",
            '1:1: found "anna", expected ROLE-NAME such as legal-anna: approvals are counted by role',
            id="no role",
        ),
        pytest.param(
            "  * {key}",
            '1:3: found "*", expected ROLE-NAME such as legal-anna: approvals are counted by role',
            id="a pattern",
        ),
        pytest.param(
            "legal-anna,!legal-bob {key}",
            '1:1: found "!legal-bob", expected ROLE-NAME such as legal-anna: approvals are counted by role',
            id="an excluded name",
        ),
        pytest.param(
            "legal-anna cert-authority {key}",
            '1:12: found "cert-authority", expected namespaces, valid-after or valid-before',
            id="a certificate authority",
        ),
        pytest.param(
            'legal-anna namespaces="a",x="y" {key}',
            '1:27: found "x="y"", expected namespaces, valid-after or valid-before',
            id="an unknown option",
        ),
        pytest.param(
            "legal-anna valid-after=20260101Z {key}",
            '1:12: found "valid-after=20260101Z", expected namespaces, valid-after or valid-before',
            id="without quotes",
        ),
        pytest.param(
            'legal-anna valid-before="20270101" {key}',
            '1:12: found "20270101", which is local time; expected UTC, with Z at the end',
            id="local time",
        ),
        pytest.param(
            'legal-anna valid-before="2027-01-01Z" {key}',
            f'1:12: found "2027-01-01Z", {DATE_FORMAT}',
            id="another form of date",
        ),
        pytest.param(
            'legal-anna namespaces="joinfence-order",valid-before="20270231Z" {key}',
            f'1:41: found "20270231Z", {DATE_FORMAT}',
            id="no such day",
        ),
    ],
)
def test_a_problem_in_a_line_is_reported_with_its_column(tmp_path: Path, line: str, message: str) -> None:
    text = line.replace("{key}", public("anna")).replace("{key64}", public("anna").split()[1])
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, text)
    assert str(caught.value) == f"{tmp_path / 'allowed_signers'}:{message}"


@pytest.mark.parametrize("zeros", [0, 1, 2])
def test_an_rsa_key_with_padded_numbers_is_refused(tmp_path: Path, zeros: int) -> None:
    number = b"\0" * zeros + b"\0\x80" + bytes(254) + b"\1"
    parts = (b"ssh-rsa", b"\1\0\1", number)
    blob = b"".join(len(part).to_bytes(4) + part for part in parts)
    text = f"legal-anna ssh-rsa {base64.b64encode(blob).decode()}\n"
    if zeros == 0:
        assert len(read(tmp_path, text)) == 1
        return
    with pytest.raises(ConfigError) as error:
        read(tmp_path, text)
    assert LINE_FORMAT in str(error.value)


def test_the_problems_of_all_lines_are_reported(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, f"anna {public('anna')}\nlegal-anna {public('anna')}\nx\n")
    assert [problem.line for problem in caught.value.problems] == [1, 3]


def test_a_file_that_is_far_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "allowed_signers"
    with path.open("wb") as file:
        file.truncate(100 << 20)
    with pytest.raises(ConfigError) as caught:
        read_signers(path)
    assert str(caught.value) == f"{path}:1:1: is larger than 1 MiB; check that it is the right file"
