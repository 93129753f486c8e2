"""The counts of a running fence: its tallies, as the report reads them, and its metrics."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import urllib.request
from collections import Counter
from typing import TYPE_CHECKING, Final

from joinfence.records.log.files import TALLIES
from joinfence.records.tallies.database import TallyError, read_tallies
from tests.e2e.harness import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


_READ: Final = """
import json, pathlib, sys
from joinfence.records.tallies.database import TallyError, read_tallies
try:
    tallies = read_tallies(pathlib.Path(sys.argv[1]))[1]
except TallyError:
    tallies = {}
print(json.dumps([(key.order_id, tally.refused) for key, tally in tallies.items()]))
"""


def refused_by_order(state: Path, inside: tuple[str, ...]) -> Counter[str]:
    """Return how many joins each order has refused, by the tallies in a state folder; none while there are none.

    A process reads them, inside the fence's namespace: SQLite opens no file of another.
    """
    command = [*inside, sys.executable, "-c", _READ, str(state / TALLIES)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return _summed(json.loads(done.stdout))


def refused(state: Path, order: str) -> int:
    """Return how many joins an order has refused, by the tallies in a state folder; 0 while there are none."""
    try:
        tallies = read_tallies(state / TALLIES)[1]
    except TallyError:
        return 0
    return _summed((key.order_id, tally.refused) for key, tally in tallies.items())[order]


def _summed(counts: Iterable[tuple[str, int]]) -> Counter[str]:
    found: Counter[str] = Counter()
    for order, count in counts:
        found[order] += count
    return found


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
