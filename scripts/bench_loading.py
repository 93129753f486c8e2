"""Seconds and megabytes needed to load many order files."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.progress import track

from bench_running import measure_running

NOW = datetime(2026, 11, 24, tzinfo=UTC)
MEETINGS = 10
_MEETINGS_BLOCK = re.compile(r"^meetings:.*\n(?:[ #].*\n)*", re.MULTILINE)


def measure_loading(root: Path, folder: Path, count: int) -> dict[str, Any]:
    """Return seconds for three kinds of loading, the memory, and how a running fence performs meanwhile."""
    empty = _configuration(root, folder / "empty", 0)
    full = _configuration(root, folder / "full", count)
    without, found = _in_own_process(empty), _in_own_process(full)
    shutil.rmtree(full.parent / "state", ignore_errors=True)
    return {
        "orders": count,
        "meetings": count * MEETINGS,
        "first_seconds": found["first"],
        "copy_seconds": found["copy"],
        "edit_seconds": found["edit"],
        "megabytes": (found["kilobytes"] - without["kilobytes"]) / 1024,
        "running": measure_running(root, folder, full),
    }


def _configuration(root: Path, folder: Path, count: int) -> Path:
    """Write a configuration with `count` orders like the shipped one, each under its own id and meetings."""
    shutil.copytree(root / "configs", folder)
    with (folder / "geofence.yaml").open("a", encoding="utf-8") as file:
        file.write("state: state\n")
    template = (folder / "orders" / "DE-2026-0001.yaml").read_text(encoding="utf-8")
    shutil.rmtree(folder / "orders")
    (folder / "orders").mkdir()
    for number in track(range(count), f"writing {count:,} orders", disable=not count):
        order_id = f"DE-{number // 10_000:04}-{number % 10_000:04}"
        meetings = "".join(f"  - {{service: demo, id: meeting-{number}-{n}}}\n" for n in range(MEETINGS))
        text = _MEETINGS_BLOCK.sub(f"meetings:\n{meetings}", template.replace("DE-2026-0001", order_id))
        (folder / "orders" / f"{order_id}.yaml").write_text(text, encoding="utf-8")
    return folder / "geofence.yaml"


def _in_own_process(config: Path) -> dict[str, Any]:
    command = [sys.executable, __file__, str(config)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - our own
    return dict(json.loads(done.stdout))


def _load(config: Path) -> dict[str, float]:
    from joinfence.loading.loader import Loader  # noqa: PLC0415 - only the child measures it

    # A child inherits its parent's peak; from here on it is its own.
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    loader = Loader(config)
    first = _timed(loader)
    kilobytes = _peak_kilobytes()
    copy = _timed(Loader(config))
    orders = sorted((config.parent / "orders").iterdir())
    if orders:
        orders[0].write_text(orders[0].read_text(encoding="utf-8") + "\n", encoding="utf-8")
    again = _timed(loader)
    return {"first": first, "copy": copy, "edit": again, "kilobytes": kilobytes}


def _peak_kilobytes() -> int:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:"))


def _timed(loader: Any) -> float:  # noqa: ANN401 - imported in the child only
    started = time.perf_counter()
    loader.load(NOW)
    return time.perf_counter() - started


if __name__ == "__main__":
    print(json.dumps(_load(Path(sys.argv[1]))))
