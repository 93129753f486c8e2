"""Requests per second of the fence with all its records, and of the same fence recording nothing."""

from __future__ import annotations

import asyncio
import itertools
import os
import re
import socket
import statistics
import sys
import time
import urllib.request
from contextlib import ExitStack
from datetime import UTC, datetime
from ipaddress import IPv6Address
from pathlib import Path
from typing import Any, Final, NamedTuple

from rich.progress import track

import bench_throughput
from bench_throughput import CONNECTIONS, free_port, mitmdump, process
from demo_orders import copy_config
from joinfence.engine.decide import decide
from joinfence.engine.values import Request
from joinfence.loading.loader import Loader
from joinfence.monitoring.meter import Meter
from joinfence.records.log.files import EVENTS, TALLIES
from joinfence.records.tallies.counter import TallyCounter

# The fence without everything that it counts and writes: tallies, events, metrics and its state.
WITHOUT: Final = """
from joinfence.proxy import addon
from joinfence.monitoring import telemetry

class Nothing:
    def __init__(self, *_):
        self.errors = {"decision": 0, "configuration": 0}
    def __getattr__(self, name):
        return lambda *_: None

for name in ("Recorder", "Meter", "Exporter", "Heartbeat", "Tracker"):
    assert isinstance(getattr(telemetry, name), type), name
    setattr(telemetry, name, Nothing)
addons = [addon.Geofence()]
"""


WARMING: Final = 0.5
SECONDS: Final = 0.25
TURNS: Final = 12
COUNTED: Final = 20_000


class _Done(NamedTuple):
    """Requests answered per second, in the median turn, and processor seconds for each."""

    rate: float
    cost: float


type _Pair = tuple[_Done, _Done]

_numbers = itertools.count()

TRAFFIC: Final = {
    "no join": ("/static/app.js", 200),
    "join, no order": ("/j/55555", 200),
    "join, refused": ("/join?meeting=townhall", 451),
    "join, outside": ("/join?meeting=invest-live", 200),
}


def measure_records(root: Path, folder: Path, rounds: int) -> dict[str, Any]:
    """Return requests per second of both and the median of the rounds' ratios, by kind of traffic.

    Two processes of one program differ by a few per cent, depending on how they lie in memory, so each round
    starts its own. Every request has another client, so that no refusal counts as a retry, and every
    comparison ends with a scrape.
    """
    without = folder / "without.py"
    without.write_text(WITHOUT, encoding="utf-8")
    found: dict[str, list[_Pair]] = {name: [] for name in TRAFFIC}
    for number in track(range(rounds), "comparing the fence with and without its records"):
        for name, pair in _round(root, folder / str(number), without, plain_first=number % 2 == 0).items():
            found[name].append(pair)
    added = _added(root)
    by_traffic = {
        name: {**_medians(pairs), "added_microseconds": added[name]} for name, pairs in found.items()
    }
    pairs = [pair for each in found.values() for pair in each]
    return {**by_traffic, "all": {**_medians(pairs), "added_microseconds": statistics.mean(added.values())}}


def _round(root: Path, folder: Path, without: Path, *, plain_first: bool) -> dict[str, _Pair]:
    unserved, metrics, upstream, first, second = (free_port() for _ in range(5))
    baseline = f"geofence_config={_config(root, folder / 'plain', unserved)}"
    recorded = f"geofence_config={_config(root, folder / 'recorded', metrics)}"
    starts = [
        lambda: mitmdump(folder, without, upstream, first, baseline),
        lambda: mitmdump(folder, root / "addons" / "geofence.py", upstream, second, recorded),
    ]
    with ExitStack() as running:
        running.enter_context(process([sys.executable, bench_throughput.__file__, str(upstream)], upstream))
        pids = {
            index: running.enter_context(starts[index]()) for index in ((0, 1) if plain_first else (1, 0))
        }
        for pid in pids.values():
            _pin(pid)
        fences = (first, pids[0]), (second, pids[1])
        found = {name: _compare(path, status, fences, metrics) for name, (path, status) in TRAFFIC.items()}
        _check_without(folder / "plain" / "state", unserved)
        _check_with(folder / "recorded" / "state")
    return found


def _pin(pid: int) -> None:
    """Bind a process to one processor, the same for all: those of rented machines differ by a tenth."""
    one = {min(os.sched_getaffinity(0))}
    for thread in Path(f"/proc/{pid}/task").iterdir():
        os.sched_setaffinity(int(thread.name), one)


def _medians(pairs: list[_Pair]) -> dict[str, float]:
    return {
        "without": statistics.median(plain.rate for plain, _ in pairs),
        "with": statistics.median(recording.rate for _, recording in pairs),
        "ratio": statistics.median(recording.rate / plain.rate for plain, recording in pairs),
        "processor_ratio": statistics.median(plain.cost / recording.cost for plain, recording in pairs),
    }


def _config(root: Path, folder: Path, metrics: int) -> Path:
    """Return a configuration in a folder, with its state beside it and a port to serve metrics on."""
    config = folder / "configs" / "geofence.yaml"
    copy_config(root / "configs", config.parent)
    with config.open("a", encoding="utf-8") as file:
        file.write(f"metrics: 127.0.0.1:{metrics}\nstate: ../state\n")
    return config


def _check_without(state: Path, metrics: int) -> None:
    """Raise RuntimeError if the fence that should record nothing left a file or serves metrics."""
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", metrics)) == 0:
            message = "the fence that should record nothing serves metrics"
            raise RuntimeError(message)
    if files := sorted(path.name for path in state.glob("*")):
        message = f"the fence that should record nothing wrote {', '.join(files)}"
        raise RuntimeError(message)


def _check_with(state: Path) -> None:
    """Raise RuntimeError if the fence that should record did not."""
    if missing := [name for name in (EVENTS, TALLIES) if not (state / name).exists()]:
        message = f"the fence that records did not write {', '.join(missing)}"
        raise RuntimeError(message)


def _compare(path: str, status: int, fences: tuple[tuple[int, int], ...], metrics: int) -> _Pair:
    """Return the performance of two fences, each given by its port and process id."""
    for port, _pid in fences:
        asyncio.run(_load(port, path, status, WARMING))
    before = [_processor_seconds(pid) for _port, pid in fences]
    answers: list[list[int]] = [[], []]
    rates: list[list[float]] = [[], []]
    for turn in range(TURNS):
        # Many short turns in alternating order, so that other work on the machine affects both equally.
        for index in (0, 1) if turn % 2 else (1, 0):
            count, took = asyncio.run(_load(fences[index][0], path, status, SECONDS))
            answers[index].append(count)
            rates[index].append(count / took)
    with urllib.request.urlopen(f"http://127.0.0.1:{metrics}/metrics", timeout=10) as answer:
        assert b"joinfence_decisions_total" in answer.read()  # noqa: S101 - else nothing was measured
    spent = [_processor_seconds(pid) - was for (_port, pid), was in zip(fences, before, strict=True)]
    plain, recording = (_Done(statistics.median(rates[n]), spent[n] / sum(answers[n])) for n in (0, 1))
    return plain, recording


def _added(root: Path) -> dict[str, float]:
    """Return, by kind of traffic, the microseconds to count one decision, each with another client."""
    policy = Loader(root / "configs" / "geofence.yaml").load(datetime.now(UTC)).policy
    found = {}
    for name, (path, _status) in TRAFFIC.items():
        requests = [
            Request(
                method="GET",
                scheme="http",
                hosts=("meet.example",),
                path=path.encode(),
                headers=((b"x-forwarded-for", _address(number).encode()),),
                body=None,
                peer="127.0.0.1",
                at=datetime.now(UTC),
            )
            for number in range(COUNTED)
        ]
        decisions = [decide(request, policy) for request in requests]
        meter, tallies = Meter(), TallyCounter()
        started = time.perf_counter()
        for request, decision in zip(requests, decisions, strict=True):
            meter.note(decision, 0.0001)
            tallies.count(decision, request.at)
        found[name] = 1e6 * (time.perf_counter() - started) / COUNTED
    return found


def _address(number: int) -> str:
    """Return an address in Germany, in a different network for each number."""
    return str(IPv6Address(0x2003 << 112 | number << 64 | 1))


def _processor_seconds(pid: int) -> float:
    """Return the processor seconds a process has used. A busy machine affects them far less than the rate."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def _load(port: int, path: str, status: int, seconds: float) -> tuple[int, float]:
    """Return how many requests were answered, and in how many seconds."""
    started = time.perf_counter()
    clients = (_client(port, path, status, started + seconds) for _ in range(CONNECTIONS))
    counts = await asyncio.gather(*clients)
    return sum(counts), time.perf_counter() - started


async def _client(port: int, path: str, status: int, until: float) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    count = 0
    while time.perf_counter() < until:
        address = _address(next(_numbers))
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
