"""How fast a running fence answers while it loads many orders, and how soon an edit takes effect."""

from __future__ import annotations

import http.client
import sys
import time
from typing import TYPE_CHECKING, Any

import bench_throughput
from bench_throughput import free_port, mitmdump, process

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SECONDS_WITHOUT = 10.0
LONGEST = 600.0
PAUSE = 0.05
"""Pause between two requests: asked as fast as it answers, a fence has no processor left to load with."""
ORDERED = "/api/meetings/meeting-0-0/join"
EDITED = "/api/meetings/meeting-edited/join"


def measure_running(root: Path, folder: Path, config: Path) -> dict[str, float]:
    """Return the slowest answer with and without a load, and seconds until load and edit take effect.

    The configuration starts without its orders; they are put back while requests are answered.
    """
    main = config.read_text(encoding="utf-8")
    config.write_text(main.replace("orders: [orders/*.yaml]", "orders: []"), encoding="utf-8")
    upstream, port = free_port(), free_port()
    with (
        process([sys.executable, bench_throughput.__file__, str(upstream)], upstream),
        mitmdump(folder, root / "addons" / "geofence.py", upstream, port, f"geofence_config={config}"),
    ):
        client = _Client(port)
        client.slowest_until(lambda: False, 2.0)  # the first answers warm up
        without, _ = client.slowest_until(lambda: False, SECONDS_WITHOUT)
        config.write_text(main, encoding="utf-8")
        during, loaded = client.slowest_until(lambda: client.status(ORDERED) == 451, LONGEST)  # noqa: PLR2004
        order = min((config.parent / "orders").iterdir())
        text = order.read_text(encoding="utf-8")
        _settled(config.parent / "state")
        order.write_text(text.replace("meeting-0-0", "meeting-edited"), encoding="utf-8")
        _, edited = client.slowest_until(lambda: client.status(EDITED) == 451, LONGEST)  # noqa: PLR2004
    return {
        "slowest_without_seconds": without,
        "slowest_during_seconds": during,
        "load_in_force_seconds": loaded,
        "edit_in_force_seconds": edited,
    }


def _settled(folder: Path) -> None:
    """Wait until the first load is in the log, with an event for each order."""
    sizes: list[int] = []
    while len(sizes) < 6 or not sizes[-1] or len(set(sizes[-6:])) > 1:  # noqa: PLR2004 - three seconds
        sizes.append(sum(path.stat().st_size for path in folder.iterdir() if "events" in path.name))
        time.sleep(0.5)


class _Client:
    """Sends requests one after another on one connection."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def status(self, path: str) -> int:
        self._connection.request("POST", path, headers={"X-Forwarded-For": "2003::1", "Content-Length": "0"})
        answer = self._connection.getresponse()
        answer.read()
        return answer.status

    def slowest_until(self, done: Callable[[], bool], seconds: float) -> tuple[float, float]:
        """Return the slowest answer to a join that no order names, and the seconds until it was done."""
        slowest, started = 0.0, time.perf_counter()
        while (now := time.perf_counter()) - started < seconds:
            self.status("/api/meetings/none/join")
            slowest = max(slowest, time.perf_counter() - now)
            if done():
                break
            time.sleep(PAUSE)
        return slowest, time.perf_counter() - started


def rows(found: dict[str, Any]) -> list[tuple[str, str]]:
    """Return what was measured as rows of a table."""
    return [
        ("slowest answer without a load", f"{1000 * found['slowest_without_seconds']:.0f} ms"),
        ("slowest answer during the first load", f"{1000 * found['slowest_during_seconds']:.0f} ms"),
        ("first load in force, while answering", f"{found['load_in_force_seconds']:.1f} s"),
        ("edit to one file in force", f"{found['edit_in_force_seconds']:.1f} s"),
    ]
