from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from joinfence.cli import app
from joinfence.monitoring.status.snapshot import write_snapshot
from tests.config_files import copy_configs, edit
from tests.factories import NOW
from tests.monitoring.status.samples import snapshot

if TYPE_CHECKING:
    from pathlib import Path

    from typer.testing import Result


def status(*arguments: Any) -> Result:
    return CliRunner().invoke(app, ["status", "--at", NOW.isoformat(), *map(str, arguments)])


@pytest.fixture
def main(tmp_path: Path) -> Path:
    path = copy_configs(tmp_path)
    edit(path, "on_error: admit", "state: ../state\non_error: admit")
    return path


def test_a_healthy_fence_ends_with_status_0(main: Path, tmp_path: Path) -> None:
    write_snapshot(tmp_path / "state", snapshot())
    done = status("--config", main)
    assert done.exit_code == 0
    assert done.stdout.endswith("nothing needs attention\n")


def test_what_needs_attention_is_shown_with_status_1(main: Path, tmp_path: Path) -> None:
    write_snapshot(tmp_path / "state", snapshot(missed_reviews=["DE-2026-0001"]))
    done = status("--config", main)
    assert done.exit_code == 1
    assert (
        "needs attention: the review of DE-2026-0001 was missed: it is not in force\n  review it"
        in done.stdout
    )


def test_a_missing_fence_needs_attention(tmp_path: Path) -> None:
    done = status("--state", tmp_path)
    assert done.exit_code == 1
    assert f"no fence has written a heartbeat to {tmp_path}" in done.stdout


@pytest.mark.parametrize(("changes", "alive"), [({}, True), ({"stopped": NOW}, False)])
def test_the_state_as_json(tmp_path: Path, changes: dict[str, Any], *, alive: bool) -> None:
    write_snapshot(tmp_path, snapshot(**changes))
    done = status("--state", tmp_path, "--json")
    document = json.loads(done.stdout)
    assert (document["alive"], document["findings"] == []) == (alive, alive)
    assert document["fence"]["revision"] == "0123456789ab"
    assert done.exit_code == (0 if alive else 1)


def test_the_state_without_a_fence_as_json(tmp_path: Path) -> None:
    document = json.loads(status("--state", tmp_path, "--json").stdout)
    assert (document["alive"], document["fence"]) == (False, None)
    assert document["findings"][0].keys() == {"what", "to_do"}


def test_an_unreadable_configuration_suggests_the_state_option(main: Path) -> None:
    edit(main, "state: ../state", "state: [..]")
    done = status("--config", main)
    assert done.exit_code == 2
    assert "or name the folder with --state" in done.stderr


def test_an_unreadable_state_is_reported(tmp_path: Path) -> None:
    (tmp_path / "status.json").mkdir()
    done = status("--state", tmp_path)
    assert done.exit_code == 2
    assert done.stderr.endswith("run this as the user that the fence runs as\n")


def test_a_page_can_be_written_as_well(tmp_path: Path) -> None:
    write_snapshot(tmp_path, snapshot())
    done = status("--state", tmp_path, "--html", tmp_path / "status.html")
    assert done.exit_code == 0
    assert "Nothing needs attention." in (tmp_path / "status.html").read_text(encoding="utf-8")


def test_an_unwritable_page_is_reported(tmp_path: Path) -> None:
    write_snapshot(tmp_path, snapshot())
    done = status("--state", tmp_path, "--html", tmp_path / "none" / "status.html")
    assert (done.exit_code, done.stderr) == (
        2,
        f"{tmp_path}/none/status.html: No such file or directory; check the path and its permissions\n",
    )
