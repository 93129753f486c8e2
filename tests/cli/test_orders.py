from __future__ import annotations

from typer.testing import CliRunner

from joinfence.cli import app


def test_the_group_lists_its_commands() -> None:
    done = CliRunner().invoke(app, ["orders", "--help"])
    assert done.exit_code == 0
    named = [line.split()[1] for line in done.stdout.splitlines() if line.startswith("│ ") and line[2] != " "]
    assert named == ["--help", "list", "show", "new", "approve", "suspend", "schema"]


def test_without_a_command_it_shows_its_help_and_ends_with_2() -> None:
    done = CliRunner().invoke(app, ["orders"])
    assert done.exit_code == 2
    assert "List, show, write, approve and suspend orders." in done.stdout + done.stderr
