"""What a command imports before it does anything: its start is quick as long as it needs little."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.metadata import packages_distributions, requires
from pathlib import Path

import pytest

MAIN = Path(__file__).parents[1] / "configs" / "geofence.yaml"
READING = {"typer", "rich", "pydantic", "yaml12", "ruamel", "pycountry", "iptocc", "msgpack"}
SLOW = {"asyncio", "http.client", "ssl", "urllib.request"}
"""Modules of the standard library that would be noticed."""

COMMAND = "from joinfence.cli import main; main()"
TOLD_AT_THE_END = "import atexit, sys; atexit.register(lambda: print(*sys.modules, file=sys.stderr));"


def imported(code: str, *arguments: str) -> set[str]:
    """Return the names of all modules that a process of its own has at its end, which must be a good one."""
    command = [sys.executable, "-c", TOLD_AT_THE_END + code, *arguments]
    # Measuring coverage would import more.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return set(done.stderr.split())


def dependencies() -> set[str]:
    """Return the names of the top-level modules of everything that joinfence depends on."""
    wanted = {_normal(re.split(r"[^\w.-]", line, maxsplit=1)[0]) for line in requires("joinfence") or ()}
    found = packages_distributions()
    return {module for module, names in found.items() if wanted & set(map(_normal, names))}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_every_dependency_is_known_by_its_modules() -> None:
    assert dependencies() >= {"mitmproxy", "babel", "jinja2", "cryptography", "prometheus_client", *READING}
    assert len(dependencies()) >= len(requires("joinfence") or ())


@pytest.mark.parametrize(
    ("command", "needed"),
    [
        (["--version"], {"typer"}),
        (["--help"], {"typer", "rich"}),
        (["orders", "list", "--config", str(MAIN)], READING),
    ],
    ids=lambda value: " ".join(value[:2]) if isinstance(value, list) else "",
)
def test_a_command_imports_no_dependency_that_it_does_not_need(command: list[str], needed: set[str]) -> None:
    found = imported(COMMAND, *command)
    assert {name.partition(".")[0] for name in found} & dependencies() == needed
    assert not found & SLOW


@pytest.mark.parametrize(
    ("command", "unneeded"),
    [
        (["plan", "DE-2026-0001", "--config", str(MAIN)], {"mitmproxy", "jinja2", "geoip2"}),
        (["orders", "approve", "--help"], {"mitmproxy", "jinja2", "geoip2"}),
        (["log", "--help"], {"mitmproxy", "jinja2", "babel", "geoip2", "iptocc"}),
        (["status", "--help"], {"mitmproxy", "jinja2", "babel", "geoip2", "iptocc", "cryptography"}),
        (["addon-path"], {"yaml12", "ruamel", "pycountry", "joinfence.loading.loader"}),
    ],
    ids=lambda value: " ".join(value[:2]) if isinstance(value, list) else "",
)
def test_what_a_command_rarely_or_never_needs_is_not_imported(command: list[str], unneeded: set[str]) -> None:
    assert not imported(COMMAND, *command) & unneeded


@pytest.mark.parametrize("option", ["--version", "--help"])
def test_an_option_of_the_whole_imports_no_command(option: str) -> None:
    found = {name for name in imported(COMMAND, option) if name.startswith("joinfence")}
    assert found == {"joinfence", "joinfence.cli", "joinfence.cli.lazy"}


def test_a_command_imports_no_other_command() -> None:
    found = imported(COMMAND, "orders", "list", "--config", str(MAIN))
    assert {name.partition(".")[2] for name in found if name.startswith("joinfence.cli.")} == {
        "cli.lazy",
        "cli.orders",
        "cli.orders_list",
        "cli.order_words",
        "cli.configuration",
        "cli.shared",
    }


def test_the_package_itself_imports_nothing() -> None:
    found = imported("import joinfence")
    assert {name for name in found if name.startswith("joinfence")} == {"joinfence"}
    assert not {name.partition(".")[0] for name in found} & dependencies()
