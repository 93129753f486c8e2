"""Approvals with real keys, in files and in an agent. What is signed is what was shown."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import typer

from joinfence.cli import orders_approve
from tests.cli.commands import run
from tests.config_files import copy_configs, edit
from tests.e2e.harness import PATIENCE, until
from tests.signing import key, listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from typer.testing import Result

ID = "DE-2026-0001"
PLAN = "Covered             Germany (DE)"


@pytest.fixture
def main(tmp_path: Path) -> Path:
    path = copy_configs(tmp_path)
    edit(path, "\napprovals: {required: 0}", "\napprovals: {required: 2, signers: signers}")
    signers = listed(("legal-anna", "anna"), ("operations-ben", "ben"))
    (path.parent / "signers").write_text(signers, encoding="utf-8")
    return path


def approve(main: Path, by: str | Path, *arguments: str, given: str | None = None) -> Result:
    path = by if isinstance(by, Path) else key(by)
    return run(main, "orders", "approve", ID, "--key", str(path), *arguments, at=None, given=given)


def order(main: Path) -> Path:
    return main.parent / "orders" / f"{ID}.yaml"


def signatures(main: Path) -> list[str]:
    return sorted(path.name for path in order(main).with_name(f"{ID}.yaml.sig").glob("*"))


def test_two_people_approve_and_each_sees_the_plan_first(main: Path) -> None:
    assert run(main, "orders", "show", ID).stdout.splitlines()[0].rstrip().endswith("not approved")
    first = approve(main, "anna", given="y\n")
    assert first.exit_code == 0, first.output
    assert (
        first.stdout.index(PLAN)
        < first.stdout.index("Sign it?")
        < first.stdout.index("was signed by legal-anna")
    )
    assert f"{ID} was signed by legal-anna; it is not approved\n  1 of 2 approvals" in first.stdout
    second = approve(main, "ben", "--yes")
    assert PLAN in second.stdout
    assert second.stdout.splitlines()[-1].startswith(f"{ID} was signed by operations-ben; it is ")
    assert "not approved" not in second.stdout.splitlines()[-1]
    assert signatures(main) == ["legal-anna.sig", "operations-ben.sig"]
    shown = run(main, "orders", "show", ID, width=200).stdout
    assert re.search(r"Approved by +legal-anna \(legal\), SHA256:", shown)


def test_answering_no_signs_nothing(main: Path) -> None:
    done = approve(main, "anna", given="n\n")
    assert (done.exit_code, signatures(main)) == (1, [])
    assert PLAN in done.stdout


def test_an_order_edited_while_it_is_shown_is_not_signed(main: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def edited(*_: object) -> bool:
        edit(order(main), "territory: [DE]", "territory: [DE-BY]")
        return True

    monkeypatch.setattr("typer.confirm", edited)
    done = approve(main, "anna")
    assert (done.exit_code, signatures(main)) == (2, [])
    assert done.stderr == f"{order(main)} was edited in the meantime; nothing was signed\n"


def test_an_unlisted_key_approves_nothing(main: Path) -> None:
    done = approve(main, "eve", "--yes")
    assert (done.exit_code, signatures(main)) == (2, [])
    assert re.fullmatch(
        r"the key \S+ \(SHA256:\S+\) is not in the list of signers; nothing was written\n", done.stderr
    )


def test_approving_needs_a_list_of_signers(tmp_path: Path) -> None:
    main = copy_configs(tmp_path)
    done = approve(main, "anna", "--yes")
    assert (done.exit_code, done.stdout) == (2, "")
    assert (
        done.stderr == f"{main} has no approvals.signers; set it to the path of a list of allowed signers\n"
    )


def test_an_edit_after_approval_is_shown(main: Path) -> None:
    approve(main, "anna", "--yes")
    approve(main, "ben", "--yes")
    edit(order(main), "territory: [DE]", "territory: [DE-BY]")
    shown = run(main, "orders", "show", ID, width=200).stdout
    assert "legal-anna.sig does not count: it does not match the order as it is now" in shown


@pytest.mark.parametrize("content", [None, "no key\n"])
def test_a_key_that_cannot_sign_is_reported(main: Path, tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "key"
    if content:
        path.write_text(content)
        path.chmod(0o600)
    done = approve(main, path, "--yes")
    assert (done.exit_code, signatures(main)) == (2, [])
    assert done.stderr.startswith(f"ssh-keygen could not sign with {path}: ")


def test_a_missing_ssh_keygen_is_reported(main: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object, **__: object) -> None:
        raise FileNotFoundError(2, "No such file or directory")

    monkeypatch.setattr("subprocess.run", missing)
    with pytest.raises(typer.Exit):
        orders_approve._signed(b"", main)


def test_a_folder_that_cannot_be_created_is_reported(main: Path) -> None:
    order(main).with_name(f"{ID}.yaml.sig").write_text("in the way")
    done = approve(main, "anna", "--yes")
    assert done.exit_code == 2
    assert "legal-anna.sig cannot be written: " in done.stderr


@pytest.fixture
def agent(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Run an ssh-agent that holds the only copy of anna's key."""
    socket = tmp_path / "agent"
    process = subprocess.Popen(["ssh-agent", "-D", "-a", str(socket)], stdout=subprocess.DEVNULL)
    try:
        monkeypatch.setenv("SSH_AUTH_SOCK", str(socket))
        add = ["ssh-add", "-q", str(key("anna"))]
        assert until(lambda: subprocess.run(add, capture_output=True, check=False).returncode == 0)
        yield
    finally:
        process.terminate()
        process.wait(PATIENCE)


@pytest.mark.usefixtures("agent")
def test_a_key_held_by_an_agent_signs(main: Path, tmp_path: Path) -> None:
    public = tmp_path / "anna.pub"
    public.write_bytes(Path(f"{key('anna')}.pub").read_bytes())
    done = approve(main, public, "--yes")
    assert done.exit_code == 0, done.output
    assert signatures(main) == ["legal-anna.sig"]
