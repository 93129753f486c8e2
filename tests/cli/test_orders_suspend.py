from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cli.commands import run
from tests.config_files import copy_configs, edit
from tests.signing import listed

if TYPE_CHECKING:
    from typer.testing import Result

ID = "PT-2026-0002"
SINCE = "2026-11-20T00:00:00+00:00"


@pytest.fixture
def main(tmp_path: Path) -> Path:
    return copy_configs(tmp_path)


def suspend(main: Path, *arguments: str, given: str | None = None) -> Result:
    return run(main, "orders", "suspend", ID, *arguments, at=None, given=given)


def order(main: Path) -> Path:
    return main.parent / "orders" / f"{ID}.yaml"


def test_a_suspension_is_added_and_the_rest_of_the_file_kept(main: Path) -> None:
    before = order(main).read_text(encoding="utf-8")
    done = suspend(main, "--reason", "An appeal.", "--since", SINCE)
    assert (done.exit_code, done.stdout) == (0, f"{order(main)}: {ID} is suspended since {SINCE}\n")
    added = f"\nsuspended:\n  since: '{SINCE}'\n  reason: An appeal.\n"
    assert order(main).read_text(encoding="utf-8") == before + added
    assert "suspended" in run(main, "orders", "show", ID).stdout.partition("\n")[0]


def test_a_reason_is_asked_for_and_required(main: Path) -> None:
    assert suspend(main, given="An appeal.\n").exit_code == 0
    refused = suspend(main, "--reason", " ")
    assert (refused.exit_code, refused.stderr) == (2, "--reason: expected 1 to 500 characters\n")


def test_a_suspension_can_be_moved_to_an_earlier_time_but_never_later(main: Path) -> None:
    suspend(main, "--reason", "Planned.", "--since", "2027-01-01T00:00:00Z")
    suspend(main, "--reason", "At once.", "--since", SINCE)
    text = order(main).read_text(encoding="utf-8")
    assert ("At once." in text, "Planned." in text) == (True, False)
    again = suspend(main, "--reason", "Later.", "--since", "2026-12-01T00:00:00Z")
    assert (again.exit_code, again.stdout) == (
        0,
        f"{order(main)}: {ID} has been suspended since {SINCE} already\n",
    )
    assert order(main).read_text(encoding="utf-8") == text


def test_problems_in_other_files_are_reported_but_do_not_prevent_a_suspension(main: Path) -> None:
    edit(main.parent / "orders" / "DE-2026-0001.yaml", "territory: [DE]", "territory: [UK]")
    done = suspend(main, "--reason", "An appeal.")
    assert done.exit_code == 2
    assert "is suspended since" in done.stdout
    assert "UK: write GB" in done.stderr
    assert "An appeal." in order(main).read_text(encoding="utf-8")


def test_an_unknown_order_and_an_unwritable_file_are_reported(
    main: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = run(main, "orders", "suspend", "XX-2026-0001", "--reason", "x", at=None)
    assert (missing.exit_code, missing.stdout) == (2, "")

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "replace", refuse)
    done = suspend(main, "--reason", "x")
    assert (done.exit_code, done.stderr) == (2, f"{order(main)} cannot be written: Permission denied\n")


def test_an_unreadable_main_file_is_reported(tmp_path: Path) -> None:
    done = suspend(tmp_path / "none.yaml", "--reason", "x")
    assert done.exit_code == 2
    assert "cannot be read" in done.stderr


def test_a_later_suspension_ends_the_approvals_now_and_says_so(main: Path) -> None:
    edit(main, "\napprovals: {required: 0}", "\napprovals: {required: 2, signers: signers}")
    (main.parent / "signers").write_text(
        listed(("legal-anna", "anna"), ("operations-ben", "ben")), encoding="utf-8"
    )
    told = "it is not in force from now on, until it is approved again"
    assert told in suspend(main, "--reason", "Planned.", "--since", "2100-01-01T00:00:00Z").stdout
    assert told not in suspend(main, "--reason", "At once.", "--since", SINCE).stdout
