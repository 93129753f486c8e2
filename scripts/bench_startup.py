"""Seconds of processor time from the start of a process to its end, of commands that do little else."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bench_throughput import free_port

if TYPE_CHECKING:
    from collections.abc import Mapping

PYTHON: Final = "python -c pass"
LIBRARIES: Final = 'python -c "import typer, rich"'
"""What any command line is made of that is written with these two libraries."""

_STOPPING: Final = "from mitmproxy import ctx\ndef running():\n    ctx.master.shutdown()\n"


def measure_startup(root: Path, folder: Path, rounds: int) -> dict[str, dict[str, float]]:
    """Return by command the median of its processor seconds, user and system, and the ratios to yardsticks.

    The ratios are medians of those of each round.
    """
    commands = _commands(root, folder)
    spent: dict[str, list[float]] = {name: [] for name in commands}
    for command in commands.values():  # compiles what is not compiled yet
        _run(command, folder)
    for _ in range(rounds):
        for name, command in commands.items():
            spent[name].append(_run(command, folder))
    return {
        name: {
            "seconds": statistics.median(values),
            "least_seconds": min(values),
            "ratio_to_python": _ratio(values, spent[PYTHON]),
            "ratio_to_libraries": _ratio(values, spent[LIBRARIES]),
        }
        for name, values in spent.items()
    }


def _commands(root: Path, folder: Path) -> dict[str, list[str]]:
    beside = Path(sys.executable).parent
    stopping = folder / "stopping.py"
    stopping.write_text(_STOPPING, encoding="utf-8")
    mitmdump = [str(beside / "mitmdump"), "-q", "--listen-host", "127.0.0.1", "-s", str(stopping)]
    mitmdump += ["--listen-port", str(free_port()), "--mode", "reverse:http://127.0.0.1:9"]
    mitmdump += ["--set", f"confdir={folder / 'mitmproxy'}"]
    joinfence = str(beside / "joinfence")
    return {
        PYTHON: [sys.executable, "-c", "pass"],
        LIBRARIES: [sys.executable, "-c", "import typer, rich"],
        'python -c "import joinfence"': [sys.executable, "-c", "import joinfence"],
        "joinfence --version": [joinfence, "--version"],
        "joinfence --help": [joinfence, "--help"],
        "joinfence orders list": [joinfence, "orders", "list"],
        "mitmdump, which stops at once": mitmdump,
        "the same with the fence": [*mitmdump, "-s", str(root / "addons" / "geofence.py")],
    }


def _run(command: list[str], folder: Path) -> float:
    """Return the processor seconds of a process. Raises CalledProcessError if it fails."""
    environment = {**os.environ, "XDG_STATE_HOME": str(folder / "state")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # who installs joinfence has it compiled
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)  # noqa: S603 - our own
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _ratio(values: list[float], yardstick: list[float]) -> float:
    return statistics.median(value / other for value, other in zip(values, yardstick, strict=True))


def rows(found: Mapping[str, Mapping[str, float]]) -> list[tuple[str, ...]]:
    """Return what was measured as rows of a table."""
    return [
        (
            name,
            f"{row['seconds']:.3f}",
            f"{row['least_seconds']:.3f}",
            f"{row['ratio_to_python']:.1f}",
            f"{row['ratio_to_libraries']:.1f}",
        )
        for name, row in found.items()
    ]
