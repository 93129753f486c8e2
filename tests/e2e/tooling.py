"""Finds what scripts/setup-e2e installs outside our own environment: meeting servers and stock clients."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any, Final

import pytest

from tests.config_files import SHIPPED
from tests.e2e.harness import PATIENCE

TOOLS: Final = Path(__file__).with_name("tools")
_HOME: Final = SHIPPED.parent / "build" / "e2e"
_SYSTEM: Final = "/usr/sbin:/usr/local/sbin"


def program(name: str) -> str:
    """Return the path of a command; without it, fail in CI, and skip elsewhere with a message."""
    return _needed(shutil.which(name) or shutil.which(name, path=_SYSTEM), name, ".ci/run")


def tool_python() -> str:
    """Return the interpreter of the environment with Synapse and the Python clients."""
    path = _HOME / "venv" / "bin" / "python"
    return _needed(
        str(path) if (_HOME / ".complete").exists() else None, "tests' Python", "scripts/setup-e2e"
    )


def npm_package(name: str) -> Path:
    """Return the folder of an npm package."""
    path = _HOME / "npm" / "node_modules" / name
    return Path(_needed(str(path) if path.is_dir() else None, f"npm's {name}", "scripts/setup-e2e"))


def run_tool(script: str, *arguments: object, seconds: float = PATIENCE) -> Any:
    """Run a client of tests/e2e/tools, Python or Node; return the JSON it prints last."""
    path = TOOLS / script
    runner = tool_python() if path.suffix == ".py" else program("node")
    environment = {**os.environ, "NODE_PATH": str(npm_package("."))}
    done = subprocess.run(
        [runner, str(path), *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=seconds,
        env=environment,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def filled(template: Path, target: Path, **values: object) -> Path:
    """Write a server's configuration with each `@NAME@` filled in; return its path."""
    text = template.read_text(encoding="utf-8")
    for name, value in values.items():
        text = text.replace(f"@{name.upper()}@", str(value))
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")
    return target


def _needed(found: str | None, what: str, installer: str) -> str:
    if found is None:
        message = f"{what} is not installed; {installer} installs it"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return found
