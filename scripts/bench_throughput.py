"""Requests per second of mitmdump with a script that does nothing and with the fence, in turns."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS = 3.0
CONNECTIONS = 8
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\r\nok\n"
TRAFFIC = {"no join": "/static/app.js", "join, no order": "/j/55555"}


def measure_throughput(root: Path, folder: Path, rounds: int) -> dict[str, Any]:
    """Return requests per second of both and the median of the rounds' ratios, by kind of traffic."""
    noop = folder / "noop.py"
    noop.write_text("def requestheaders(flow):\n    pass\n", encoding="utf-8")
    shutil.copytree(root / "configs", folder / "configs")
    config = folder / "configs" / "geofence.yaml"
    upstream, first, second = free_port(), free_port(), free_port()
    with (
        process([sys.executable, __file__, str(upstream)], upstream),
        mitmdump(folder, noop, upstream, first),
        mitmdump(folder, root / "addons" / "geofence.py", upstream, second, f"geofence_config={config}"),
    ):
        return {name: _compare(path, first, second, rounds) for name, path in TRAFFIC.items()}


def _compare(path: str, noop: int, fence: int, rounds: int) -> dict[str, float]:
    asyncio.run(_load(noop, path, 1.0))
    asyncio.run(_load(fence, path, 1.0))
    found: dict[int, list[float]] = {noop: [], fence: []}
    for number in range(rounds):
        # They take turns to go first, because the second meets a warmer machine.
        for port in (noop, fence) if number % 2 else (fence, noop):
            found[port].append(asyncio.run(_load(port, path, SECONDS)))
    ratios = [with_fence / without for with_fence, without in zip(found[fence], found[noop], strict=True)]
    return {
        "noop": statistics.median(found[noop]),
        "fence": statistics.median(found[fence]),
        "ratio": statistics.median(ratios),
    }


async def _load(port: int, path: str, seconds: float) -> float:
    started = time.perf_counter()
    counts = await asyncio.gather(*(_client(port, path, started + seconds) for _ in range(CONNECTIONS)))
    return sum(counts) / (time.perf_counter() - started)


async def _client(port: int, path: str, until: float) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    line = f"GET {path} HTTP/1.1\r\nHost: meet.example\r\nX-Forwarded-For: 193.136.0.1\r\n\r\n".encode()
    count = 0
    while time.perf_counter() < until:
        writer.write(line)
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            message = f"expected 200, got {head[:40]!r}"
            raise RuntimeError(message)
        await reader.readexactly(3)
        count += 1
    writer.close()
    return count


async def _serve(port: int) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while await reader.readuntil(b"\r\n\r\n"):
                writer.write(ANSWER)

    server = await asyncio.start_server(answer, "127.0.0.1", port)
    async with server:
        await server.serve_forever()


@contextlib.contextmanager
def mitmdump(folder: Path, script: Path, upstream: int, port: int, *settings: str) -> Iterator[int]:
    """Run a quiet mitmdump in front of an upstream until the end of the block; yield its process id."""
    command = [str(Path(sys.executable).parent / "mitmdump"), "-q", "-s", str(script)]
    command += ["--mode", f"reverse:http://127.0.0.1:{upstream}", "--listen-host", "127.0.0.1"]
    command += ["--listen-port", str(port)]
    for setting in ("flow_detail=0", f"confdir={folder / 'mitmproxy'}", *settings):
        command += ["--set", setting]
    with process(command, port) as pid:
        yield pid


@contextlib.contextmanager
def process(command: list[str], port: int) -> Iterator[int]:
    """Run a server until the end of the block, which begins once its port answers; yield its process id."""
    server = subprocess.Popen(command, env={**os.environ, "PYTHONUNBUFFERED": "1"})  # noqa: S603 - our own
    try:
        _wait_for(port, server)
        yield server.pid
    finally:
        server.terminate()
        server.wait(60)  # a fence writes what it has not written yet


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        if process.poll() is not None:
            break
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.1):
            return
        time.sleep(0.1)
    message = f"nothing answers on port {port}"
    raise RuntimeError(message)


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(int(sys.argv[1])))
