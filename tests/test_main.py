"""`python -m joinfence` is the command."""

from __future__ import annotations

import subprocess
import sys


def test_the_module_is_the_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "joinfence", "--help"], capture_output=True, text=True, check=True
    )
    for command in ("check", "explain", "replay", "addon-path"):
        assert command in done.stdout
    assert "Exit status: 0 admitted or fine, 1 refused, 2 could not run or invalid." in done.stdout


def test_no_command_shows_the_help_and_ends_with_2() -> None:
    done = subprocess.run([sys.executable, "-m", "joinfence"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
