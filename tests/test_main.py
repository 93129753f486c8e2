"""`python -m joinfence` is the command."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version


def test_the_module_is_the_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "joinfence", "--help"], capture_output=True, text=True, check=True
    )
    for command in ("check", "explain", "replay", "addon-path"):
        assert command in done.stdout
    assert "Exit status: 0 for admitted or no problem, 1 for refused, 2 for invalid" in " ".join(
        done.stdout.split()
    )


def test_it_tells_its_version() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "joinfence", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout == f"joinfence {version('joinfence')}\n"


def test_the_collector_leaves_alone_what_was_imported() -> None:
    at_the_end = "print(gc.get_threshold()[0] > 50_000, gc.get_freeze_count() > 10_000)"
    code = f"import atexit, gc; atexit.register(lambda: {at_the_end}); from joinfence.cli import main; main()"
    command = [sys.executable, "-c", code, "addon-path"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[1:] == ["True True"]


def test_no_command_shows_the_help_and_ends_with_2() -> None:
    done = subprocess.run([sys.executable, "-m", "joinfence"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
