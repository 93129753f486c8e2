from __future__ import annotations

import hashlib
import json
import shutil
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from joinfence.cli import app
from joinfence.records.log.events import EventKind
from joinfence.records.log.files import read_events
from tests.config_files import copy_configs, edit
from tests.report.example import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from typer.testing import Result

H2 = ("--from", "2026-07-01", "--to", "2026-12-31", "--at", "2027-01-20T00:00:00Z")


@pytest.fixture
def main(tmp_path: Path) -> Path:
    return copy_configs(tmp_path).parent / "reports" / "geofence.yaml"


def report(main: Path, *arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["report", "--config", str(main), *map(str, arguments)])


def nodes(main: Path) -> list[str | Path]:
    return [word for name in "ab" for word in ("--state", main.parent / "nodes" / name)]


def test_every_file_of_the_example_is_written(main: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = report(main, *H2, *nodes(main), "--out", out, "--language", "en", "--language", "de")
    assert (done.exit_code, done.stderr) == (0, f"wrote 13 files to {out}\n")
    for path in (ROOT / "2026-H2").rglob("*.*"):
        assert (out / path.relative_to(ROOT / "2026-H2")).read_bytes() == path.read_bytes()


def test_the_report_as_json(main: Path) -> None:
    done = report(main, *H2, *nodes(main), "--json")
    assert done.exit_code == 0
    assert done.stdout == (ROOT / "2026-H2" / "report.json").read_text(encoding="utf-8")


def test_the_state_folder_of_the_configuration_is_the_default(main: Path) -> None:
    joins = {
        o["id"]: o["joins"][0]["refused"] for o in json.loads(report(main, *H2, "--json").stdout)["orders"]
    }
    assert joins["DE-2026-0001"] == "<10"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--from", "2026-07-01", "--to", "2026-09-30"), "--from, --to: 2026-07-01 to 2026-09-30 is not a period of whole "
         "half-years; a half-year is, for example, --from 2026-07-01 --to 2026-12-31\n"),
        (("--from", "2026-07-01", "--to", "2026-12-31", "--at", "2026-12-31T00:00:00Z"), "--from, --to: the period ends "
         "on 2026-12-31 (UTC) and is not over yet; make its report on 2027-01-01 or later\n"),
        (("--from", "July", "--to", "2026-12-31"), '--from, --to: found "July" and "2026-12-31", expected days such as '
         "2026-07-01\n"),
        ((*H2, "--out", "/proc/nowhere"), "/proc/nowhere: No such file or directory; check the path and its "
         "permissions\n"),
    ],
)  # fmt: skip
def test_an_impossible_report_is_refused(main: Path, arguments: tuple[str, ...], message: str) -> None:
    done = report(main, *arguments)
    assert (done.exit_code, done.stderr) == (2, message)


def test_an_unknown_language_is_refused(main: Path, tmp_path: Path) -> None:
    done = report(main, *H2, "--out", tmp_path / "out", "--language", "tlh")
    assert done.exit_code == 2
    assert done.stderr.startswith("--language: found tlh, expected one of ")


def test_problems_in_the_files_are_reported(main: Path) -> None:
    edit(main.parent / "demands.yaml", "decision: narrowed", "decision: bent")
    done = report(main, *H2)
    assert done.exit_code == 2
    assert done.stderr.endswith(f"1 problem(s) in {main}\n")
    assert "demands.yaml:23:15: demands[1].decision" in done.stderr


def test_an_unreadable_state_folder_is_reported(main: Path, tmp_path: Path) -> None:
    shutil.copytree(main.parent / "nodes" / "a", tmp_path / "node")
    (tmp_path / "node" / "days.json").unlink()
    (tmp_path / "node" / "days.json").mkdir()
    done = report(main, *H2, "--state", tmp_path / "node")
    assert done.exit_code == 2
    assert "Is a directory" in done.stderr


def test_a_state_folder_without_tallies_is_refused(main: Path, tmp_path: Path) -> None:
    done = report(main, *H2, *nodes(main), "--state", tmp_path / "nodes" / "typo")
    assert done.exit_code == 2
    assert f"{tmp_path}/nodes/typo/tallies.sqlite:1:1: there are no tallies" in done.stderr


def test_orders_are_read_from_an_archive(main: Path) -> None:
    (main.parent / "old").mkdir()
    shutil.move(main.parent / "orders" / "FR-2026-0001.yaml", main.parent / "old")
    assert report(main, *H2).exit_code == 2
    assert report(main, *H2, "--archive", "old/*.yaml").exit_code == 0


def test_publication_can_be_recorded_in_the_event_log(main: Path, tmp_path: Path) -> None:
    edit(main, "state: nodes/a", "state: ../../state")
    done = report(main, *H2, "--out", tmp_path / "out", "--note")
    assert done.exit_code == 0
    (entry,) = read_events(tmp_path / "state")
    assert entry.event.kind is EventKind.REPORT_PUBLISHED
    assert entry.event.sha256 == hashlib.sha256((tmp_path / "out" / "report.json").read_bytes()).hexdigest()


def test_an_unwritable_event_log_is_reported(main: Path, tmp_path: Path) -> None:
    edit(main, "state: nodes/a", "state: ../../state")
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "events.key").write_text("no key")
    done = report(main, *H2, "--out", tmp_path / "out", "--note")
    assert done.exit_code == 2
    assert "the event log in " in done.stderr


def test_the_page_uses_the_operator_s_branding(main: Path, tmp_path: Path) -> None:
    edit(main, "demands: demands.yaml", "demands: demands.yaml\nnotices: ../notices/branding.yaml")
    out = tmp_path / "out"
    assert report(main, *H2, *nodes(main), "--out", out).exit_code == 0
    page = (out / "report.html").read_text(encoding="utf-8")
    assert 'class="logo" src="data:image/svg+xml;base64,' in page
    assert "--mark: #0f766a;" in page
    edit(main.parent.parent / "notices" / "branding.yaml", "logo: logo.svg", "logo: none.svg")
    done = report(main, *H2, *nodes(main), "--out", out)
    assert done.exit_code == 2
    assert 'branding.yaml:10:7: logo: "none.svg" cannot be read: No such file or directory' in done.stderr
