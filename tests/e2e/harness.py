"""Real processes for end-to-end tests: mitmdump with the fence, and an upstream that records every byte."""

from __future__ import annotations

import contextlib
import http.client
import os
import random
import resource
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

import geofence
from demo_orders import copy_config
from tests.config_files import SHIPPED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

SCRIPT: Final = Path(geofence.__file__)
QUICK: Final = (SCRIPT, Path(__file__).with_name("quick.py"))
"""The scripts of a fence that writes its records and its state at once."""
GERMANY, AMERICA, PORTUGAL = "2003::1", "9.9.9.9", "193.136.0.1"

PATIENCE: Final = 120.0
"""Seconds to wait for what must happen. No promise of the fence's: on a busy machine anything may take long, and only
what never comes true may fail a test."""


def free_port() -> int:
    """Return a port that nothing listens on, and that is given to nobody else while this process lives.

    Outgoing connections get theirs from 32768 on (ip_local_port_range). What keeps other workers and other runs on
    this machine from the same one is a name that the system takes back when the process ends, however it ends.
    """
    while True:
        port = random.randrange(20_000, 32_000)  # noqa: S311 - no secret
        reserved, probe = socket.socket(socket.AF_UNIX), socket.socket()
        with probe, contextlib.suppress(OSError):
            reserved.bind(f"\0joinfence-tests-{port}")
            probe.bind(("127.0.0.1", port))
            _RESERVED.append(reserved)
            return port
        reserved.close()


_RESERVED: Final[list[socket.socket]] = []


def until(condition: Callable[[], object], seconds: float = PATIENCE, *, pause: float = 0.05) -> bool:
    """Wait for a condition to come true, looking again after each pause; tell whether it did."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(pause)
    return bool(condition())


def make_config(folder: Path) -> Path:
    """Copy the shipped configuration, with its orders dated to be in force; return the main file."""
    copy_config(SHIPPED, folder / "configs")
    return folder / "configs" / "geofence.yaml"


# -- an upstream -----------------------------------------------------------------------------------


class Upstream:
    """A server that records what reaches it and answers 200, or 101 to a path that contains `switch`."""

    def __init__(self) -> None:
        self.connections: list[bytearray] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def received(self) -> bytes:
        return b"".join(bytes(connection) for connection in self.connections)

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        seen = bytearray()
        self.connections.append(seen)
        with connection, contextlib.suppress(OSError):
            answered = 0
            while data := connection.recv(1 << 16):
                seen += data
                while (end := _request_end(seen, answered)) is not None:
                    head = bytes(seen[answered:end])
                    answered = end
                    if b"switch" in head.partition(b"\r\n")[0]:
                        connection.sendall(
                            b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: "
                        )
                        connection.sendall(b"websocket" if b"ws" in head.partition(b"\r\n")[0] else b"h2c")
                        connection.sendall(b"\r\n\r\n")
                    else:
                        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nupstream")


def _request_end(seen: bytearray, start: int) -> int | None:
    """Return where the request that begins at `start` ends; None while it is incomplete."""
    head_end = seen.find(b"\r\n\r\n", start)
    if head_end < 0:
        return None
    head = bytes(seen[start:head_end]).lower()
    body = head_end + 4
    if b"transfer-encoding: chunked" in head:
        end = seen.find(b"0\r\n\r\n", body)
        return end + 5 if end >= 0 else None
    length = 0
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name == b"content-length":
            length = int(value)
    return body + length if len(seen) >= body + length else None


# -- the fence -------------------------------------------------------------------------------------


@dataclass
class Answer:
    """A response as received."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Fence:
    """A running mitmdump with the fence in front of an upstream."""

    folder: Path
    upstream: int
    config: Path
    arguments: tuple[str, ...] = ()
    mode: str = "reverse:http://127.0.0.1:{upstream}"
    scripts: tuple[Path, ...] = (SCRIPT,)
    environment: Mapping[str, str] = field(default_factory=dict)
    launcher: tuple[str, ...] = ()  # a command prefix that execs mitmdump
    cores: bool = False  # have the system write a core file to the folder after a crash
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] = field(init=False)

    def __enter__(self) -> Self:
        self.start()
        until(lambda: "listening at" in self.log or self.process.poll() is not None)
        if self.process.poll() is not None or not until(self.is_open):
            self.stop()
            raise AssertionError(self.log)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        mitmdump = str(Path(sys.executable).with_name("mitmdump"))
        command = [*self.launcher, mitmdump, "--listen-host", "127.0.0.1"]
        command += ["--listen-port", str(self.port), "--mode", self.mode.format(upstream=self.upstream)]
        command += ["--set", f"confdir={self.folder / 'mitmproxy'}"]
        for script in self.scripts:
            command += ["-s", str(script)]
        if not any("geofence_config" in argument for argument in self.arguments):
            command += ["--set", f"geofence_config={self.config}"]
        self.out = (self.folder / f"mitmdump-{self.port}.log").open("wb")
        state = {"XDG_STATE_HOME": str(self.folder / "state")}
        environment = {**os.environ, "PYTHONUNBUFFERED": "1", **state, **self.environment}
        self.process = subprocess.Popen(
            [*command, *self.arguments],
            stdout=self.out,
            stderr=subprocess.STDOUT,
            env=environment,
            cwd=self.folder if self.cores else None,
            preexec_fn=_ask_for_cores if self.cores else None,  # noqa: PLW1509 - one call, no lock
        )

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(PATIENCE)
        self.out.close()

    @property
    def log(self) -> str:
        """Everything mitmdump has written to its two outputs."""
        return (self.folder / f"mitmdump-{self.port}.log").read_text(encoding="utf-8", errors="replace")

    def is_open(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
            return True
        return False

    def send(self, raw: bytes, seconds: float = PATIENCE) -> Answer:
        """Send exact bytes on a connection of their own; return the first response."""
        with self.connection(seconds) as connection:
            connection.sendall(raw)
            return read_answer(connection, head=raw.startswith(b"HEAD"))

    def connection(self, seconds: float = PATIENCE) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), seconds)

    def get(
        self,
        target: str,
        client: str = GERMANY,
        headers: Mapping[str, str] | None = None,
        method: str = "GET",
    ) -> Answer:
        return self.send(request_bytes(target, client, headers=headers, method=method))

    def post(
        self, target: str, body: bytes, client: str = GERMANY, headers: Mapping[str, str] | None = None
    ) -> Answer:
        return self.send(request_bytes(target, client, body=body, headers=headers, method="POST"))


def _ask_for_cores() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))


def request_bytes(
    target: str,
    client: str,
    *,
    method: str = "GET",
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> bytes:
    lines = {"Host": "meet.example", "X-Forwarded-For": client, **(headers or {})}
    if body is not None:
        lines["Content-Length"] = str(len(body))
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"{method} {target} HTTP/1.1\r\n{head}\r\n".encode() + (body or b"")


def read_answer(connection: socket.socket, *, head: bool = False) -> Answer:
    """Return the next response on a connection; status 0 if it was closed. 100 Continue is skipped."""
    response = http.client.HTTPResponse(connection, method="HEAD" if head else "GET")
    try:
        response.begin()
    except http.client.RemoteDisconnected:
        return Answer(0, {}, b"")
    headers: dict[str, str] = {}
    for name, value in response.getheaders():
        before = headers.get(name.lower())
        headers[name.lower()] = f"{before}\n{value}" if before else value
    return Answer(response.status, headers, response.read())


@contextlib.contextmanager
def running(command: list[str], ready: str, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server until the end of the block; it is ready when its output contains a text."""
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)
        try:
            assert until(lambda: ready in log.read_text(errors="replace")), log.read_text(errors="replace")
            yield process
        finally:
            process.terminate()
            process.wait(PATIENCE)


def shifted(days: float = 0, seconds: float = 0) -> str:
    """Return an instant relative to now, in the format of orders."""
    return (datetime.now(UTC) + timedelta(days=days, seconds=seconds)).isoformat()
