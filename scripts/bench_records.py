"""Requests per second of the fence with everything it records and of the same fence that records nothing."""

from __future__ import annotations

import asyncio
import os
import re
import socket
import statistics
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any, Final

import bench_throughput
from bench_throughput import CONNECTIONS, SECONDS, free_port, mitmdump, process
from demo_orders import copy_config
from joinfence.records.log_files import EVENTS, TALLIES

# The fence as it is, apart from what it counts and writes: the tallies, the events, the metrics, its state.
WITHOUT: Final = """
from joinfence.adapters import mitm, telemetry

class Nothing:
    def __init__(self, *_):
        self.errors = {"decision": 0, "configuration": 0}
    def __getattr__(self, name):
        return lambda *_: None

for name in ("Recorder", "Meter", "Exporter", "Pulse"):
    assert isinstance(getattr(telemetry, name), type), name
    setattr(telemetry, name, Nothing)
addons = [mitm.Geofence()]
"""

TRAFFIC: Final = {
    "no join": ("/static/app.js", 200),
    "join, no order": ("/j/55555", 200),
    "join, refused": ("/join?meeting=townhall", 451),
    "join, outside": ("/join?meeting=invest-live", 200),
}


def measure_records(root: Path, folder: Path, rounds: int) -> dict[str, Any]:
    """Return requests per second of both and the median of the rounds' ratios, by kind of traffic.

    Clients change with every request, so that each refusal is a join of its own; every round ends with a
    scrape.
    """
    without = folder / "without.py"
    without.write_text(WITHOUT, encoding="utf-8")
    unserved, metrics, upstream, first, second = (free_port() for _ in range(5))
    baseline = f"geofence_config={_config(root, folder / 'plain', unserved)}"
    recorded = f"geofence_config={_config(root, folder / 'recorded', metrics)}"
    with (
        process([sys.executable, bench_throughput.__file__, str(upstream)], upstream),
        mitmdump(folder, without, upstream, first, baseline) as plain,
        mitmdump(folder, root / "addons" / "geofence.py", upstream, second, recorded) as recording,
    ):
        fences = ((first, plain), (second, recording))
        found = {
            name: _compare(path, status, fences, rounds, metrics) for name, (path, status) in TRAFFIC.items()
        }
        _check_without(folder / "plain" / "state", unserved)
        _check_with(folder / "recorded" / "state")
    return found


def _config(root: Path, folder: Path, metrics: int) -> Path:
    """Return a configuration in a folder, with its state beside it and a port to serve metrics on."""
    config = folder / "configs" / "geofence.yaml"
    copy_config(root / "configs", config.parent)
    with config.open("a", encoding="utf-8") as file:
        file.write(f"metrics: 127.0.0.1:{metrics}\nstate: ../state\n")
    return config


def _check_without(state: Path, metrics: int) -> None:
    """Raise RuntimeError where the fence that is to record nothing left a file or serves metrics."""
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", metrics)) == 0:
            message = "the fence that is to record nothing serves metrics"
            raise RuntimeError(message)
    if files := sorted(path.name for path in state.glob("*")):
        message = f"the fence that is to record nothing wrote {', '.join(files)}"
        raise RuntimeError(message)


def _check_with(state: Path) -> None:
    """Raise RuntimeError where the fence that records did not."""
    if missing := [name for name in (EVENTS, TALLIES) if not (state / name).exists()]:
        message = f"the fence that records did not write {', '.join(missing)}"
        raise RuntimeError(message)


def _compare(
    path: str, status: int, fences: tuple[tuple[int, int], ...], rounds: int, metrics: int
) -> dict[str, float]:
    """Return the medians for two fences, each given by its port and process id."""
    rates: dict[int, list[float]] = {port: [] for port, _pid in fences}
    costs: dict[int, list[float]] = {port: [] for port, _pid in fences}
    for port, _pid in fences:
        asyncio.run(_load(port, path, status, 1.0))
    for number in range(rounds):
        # Each goes first in turn: whoever goes second meets a warmer machine.
        for port, pid in fences if number % 2 else fences[::-1]:
            before = _processor_seconds(pid)
            count, seconds = asyncio.run(_load(port, path, status, SECONDS))
            rates[port].append(count / seconds)
            costs[port].append((_processor_seconds(pid) - before) / count)
        with urllib.request.urlopen(f"http://127.0.0.1:{metrics}/metrics", timeout=10) as answer:
            assert b"joinfence_decisions_total" in answer.read()  # noqa: S101 - else nothing was measured
    (plain, _), (recording, _) = fences
    return {
        "without": statistics.median(rates[plain]),
        "with": statistics.median(rates[recording]),
        "ratio": statistics.median(b / a for a, b in zip(rates[plain], rates[recording], strict=True)),
        "processor_ratio": statistics.median(
            a / b for a, b in zip(costs[plain], costs[recording], strict=True)
        ),
    }


def _processor_seconds(pid: int) -> float:
    """Return what a process has used of processors: a busy machine changes it far less than the rate."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def _load(port: int, path: str, status: int, seconds: float) -> tuple[int, float]:
    """Return how many requests were answered, and in how many seconds."""
    started = time.perf_counter()
    clients = (_client(number, port, path, status, started + seconds) for number in range(CONNECTIONS))
    counts = await asyncio.gather(*clients)
    return sum(counts), time.perf_counter() - started


async def _client(number: int, port: int, path: str, status: int, until: float) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    count = 0
    while time.perf_counter() < until:
        address = f"2003:{number:x}:{count & 0xFFFF:x}:{os.getpid() & 0xFFFF:x}::1"
        writer.write(
            f"GET {path} HTTP/1.1\r\nHost: meet.example\r\nX-Forwarded-For: {address}\r\n\r\n".encode()
        )
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: (\d+)", head)
        if not head.startswith(f"HTTP/1.1 {status}".encode()) or length is None:
            message = f"expected {status}, got {head[:40]!r}"
            raise RuntimeError(message)
        await reader.readexactly(int(length[1]))
        count += 1
    writer.close()
    return count
