"""The counts of a running fence: its tallies, as the report reads them, and its metrics."""

from __future__ import annotations

import re
import subprocess
import sys
import urllib.request
from typing import TYPE_CHECKING, Final

from joinfence.records.log.files import TALLIES
from tests.e2e.harness import PATIENCE

if TYPE_CHECKING:
    from pathlib import Path


_REFUSED: Final = """
import pathlib, sys
from joinfence.records.tallies.database import read_tallies
tallies = read_tallies(pathlib.Path(sys.argv[1]))[1]
print(sum(tally.refused for key, tally in tallies.items() if key.order_id == sys.argv[2]))
"""


def refused(state: Path, order: str, inside: tuple[str, ...] = ()) -> int:
    """Return how many joins an order has refused, from the tallies in a state folder; 0 if there are none.

    A process of its own reads them, inside the fence's namespace if it has one: SQLite opens no file of another.
    """
    command = [*inside, sys.executable, "-c", _REFUSED, str(state / TALLIES), order]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        assert "TallyError" in done.stderr, done.stderr
        return 0
    return int(done.stdout)


def measure_at(config: Path, port: int) -> None:
    """Serve the fence's metrics at a port."""
    with config.open("a", encoding="utf-8") as file:
        file.write(f"metrics: 127.0.0.1:{port}\n")


def metric(port: int, series: str) -> int:
    """Return the value of one series, such as `joinfence_errors_total{part="tallies"}`."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=PATIENCE) as answer:
        found = re.search(rf"^{re.escape(series)} (\S+)$", answer.read().decode(), re.MULTILINE)
    assert found, series
    return int(float(found[1]))
