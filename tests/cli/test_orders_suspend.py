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


def test_an_order_is_suspended_with_since_and_reason_and_all_else_stays(main: Path) -> None:
    before = order(main).read_text(encoding="utf-8")
    done = suspend(main, "--reason", "An appeal.", "--since", SINCE)
    assert (done.exit_code, done.stdout) == (0, f"{order(main)}: {ID} is suspended since {SINCE}\n")
    added = f"\nsuspended:\n  since: '{SINCE}'\n  reason: An appeal.\n"
    assert order(main).read_text(encoding="utf-8") == before + added
    assert "suspended" in run(main, "orders", "show", ID).stdout.partition("\n")[0]


def test_the_reason_is_asked_for_and_needed(main: Path) -> None:
    assert suspend(main, given="An appeal.\n").exit_code == 0
    refused = suspend(main, "--reason", " ")
    assert (refused.exit_code, refused.stderr) == (2, "--reason: expected 1 to 500 characters\n")


def test_a_suspension_is_never_moved_to_later_and_can_be_moved_to_earlier(main: Path) -> None:
    suspend(main, "--reason", "Planned.", "--since", "2027-01-01T00:00:00Z")
    suspend(main, "--reason", "At once.", "--since", SINCE)
    text = order(main).read_text(encoding="utf-8")
    assert ("At once." in text, "Planned." in text) == (True, False)
    again = suspend(main, "--reason", "Later.", "--since", "2026-12-01T00:00:00Z")
    assert (again.exit_code, again.stdout) == (
        0,
        f"{order(main)}: {ID} was suspended already, since {SINCE}\n",
    )
    assert order(main).read_text(encoding="utf-8") == text


def test_no_other_file_has_to_be_in_order_and_its_problems_are_told(main: Path) -> None:
    edit(main.parent / "orders" / "DE-2026-0001.yaml", "territory: [DE]", "territory: [UK]")
    done = suspend(main, "--reason", "An appeal.")
    assert done.exit_code == 2
    assert "is suspended since" in done.stdout
    assert "UK: write GB" in done.stderr
    assert "An appeal." in order(main).read_text(encoding="utf-8")


def test_an_order_that_is_not_there_and_a_file_that_cannot_be_written(
    main: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = run(main, "orders", "suspend", "XX-2026-0001", "--reason", "x", at=None)
    assert (missing.exit_code, missing.stdout) == (2, "")

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "replace", refuse)
    done = suspend(main, "--reason", "x")
    assert (done.exit_code, done.stderr) == (2, f"{order(main)} cannot be written: Permission denied\n")


def test_a_main_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    done = suspend(tmp_path / "none.yaml", "--reason", "x")
    assert done.exit_code == 2
    assert "cannot be read" in done.stderr


def test_a_later_suspension_of_an_approved_order_stops_it_now_and_that_is_told(main: Path) -> None:
    edit(main, "\napprovals: {required: 0}", "\napprovals: {required: 2, signers: signers}")
    (main.parent / "signers").write_text(
        listed(("legal-anna", "anna"), ("operations-ben", "ben")), encoding="utf-8"
    )
    told = "it is out of force now, until it is approved anew"
    assert told in suspend(main, "--reason", "Planned.", "--since", "2100-01-01T00:00:00Z").stdout
    assert told not in suspend(main, "--reason", "At once.", "--since", SINCE).stdout
