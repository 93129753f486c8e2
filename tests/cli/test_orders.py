from __future__ import annotations

from typer.testing import CliRunner

from joinfence.cli import app
from joinfence.cli.orders import app as group


def test_the_group_names_its_commands() -> None:
    named = [
        command.name or command.callback.__name__ for command in group.registered_commands if command.callback
    ]
    assert named == ["list", "show", "new", "approve", "suspend", "schema"]
    done = CliRunner().invoke(app, ["orders", "--help"])
    assert done.exit_code == 0
    assert all(name in done.stdout for name in named)
