"""Records the traffic that the tests replay: `scripts/record`.

Through the running fence, with a configuration that holds no orders: what is refused is never saved.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from websockets.sync.client import connect

from tests.config_files import edit
from tests.e2e.harness import Fence, free_port, make_config, read_answer, running
from tests.e2e.janus_server import Participant, janus
from tests.replay.traffic import DEMO, NL, PROXIES, ZOOM, By, Sent
from tests.replay.traffic import janus as janus_traffic

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

HERE = Path(__file__).parent
SERVICE = Path(__file__).parents[2] / "scripts" / "demo_service.py"


def main() -> None:
    """Record the three files anew."""
    with tempfile.TemporaryDirectory(prefix="joinfence-record-") as name:
        folder = Path(name)
        port = free_port()
        command = [sys.executable, "-u", str(SERVICE), "--port", str(port)]
        with running(command, "listening on", folder / "service.log"):
            record(folder, port, "demo", lambda fence: send_all(fence, DEMO))
            record(folder, port, "zoom-links", lambda fence: send_all(fence, ZOOM))
        with janus(folder) as janus_ports:
            record(folder, janus_ports.http, "janus", in_janus)


def record(folder: Path, upstream: int, name: str, drive: Callable[[Fence], None]) -> None:
    """Drive traffic through a fence without orders and keep what it saved as NAME.flows."""
    config = make_config(folder / name)
    edit(config, 'trusted_proxies: [127.0.0.1/32, "::1/128"]', PROXIES)
    shutil.rmtree(config.parent / "orders")
    saved, port = folder / f"{name}.flows", free_port()
    by_ipv6 = f"reverse:http://127.0.0.1:{upstream}@::1:{port}"
    # Connected eagerly, mitmproxy mirrors the upstream's protocol, and these speak HTTP/1.1 only.
    options = ("keep_host_header=true", "connection_strategy=lazy")
    arguments = ("--mode", by_ipv6, "-w", str(saved), *(part for o in options for part in ("--set", o)))
    with Fence(folder / name, upstream, config, arguments, port=port) as fence:
        drive(fence)
    shutil.copy(saved, HERE)
    print(f"{name}.flows: {saved.stat().st_size} bytes")


def send_all(fence: Fence, traffic: Iterable[Sent]) -> None:
    """Send each request on a connection of its own and read its answer."""
    for sent in traffic:
        _SENDERS[sent.by](fence, sent)


def _by_socket(fence: Fence, sent: Sent) -> None:
    lines = ["Host: meet.example", *_forwarded(sent), *sent.headers]
    if sent.body is not None:
        if not any(line.startswith("Content-Type:") for line in lines):
            lines.append("Content-Type: application/json")
        lines.append(f"Content-Length: {len(sent.body)}")
    head = f"{sent.method} {sent.target} HTTP/1.1\r\n" + "".join(f"{line}\r\n" for line in lines)
    own = sent.from_address
    there = "::1" if ":" in own else "127.0.0.1"
    with socket.create_connection((there, fence.port), 15, source_address=(own, 0)) as connection:
        connection.sendall(head.encode("utf-8", "surrogateescape") + b"\r\n" + (sent.body or b""))
        read_answer(connection, head=sent.method == "HEAD")


def _by_http2(fence: Fence, sent: Sent) -> None:
    command = ["curl", "-ksS", "--http2", "-X", sent.method, "-o", "/dev/null", "-w", "%{http_version}"]
    for line in (*_forwarded(sent), *sent.headers):
        command += ["-H", line]
    if sent.body is not None:
        command += ["-H", "Content-Type: application/json", "--data-binary", "@-"]
    command.append(f"https://127.0.0.1:{fence.port}{sent.target}")
    done = subprocess.run(command, input=sent.body or b"", capture_output=True, check=True, timeout=15)
    assert done.stdout == b"2", done.stderr


def _by_websocket(fence: Fence, sent: Sent) -> None:
    headers = [("X-Forwarded-For", line) for line in sent.forwarded]
    with connect(f"ws://127.0.0.1:{fence.port}{sent.target}", additional_headers=headers) as connection:
        connection.send("hello")
        assert connection.recv() == "hello"


def _forwarded(sent: Sent) -> Iterator[str]:
    return (f"X-Forwarded-For: {line}" for line in sent.forwarded)


_SENDERS: Final = {
    By.SOCKET: _by_socket,
    By.HTTP2: _by_http2,
    By.WEBSOCKET: _by_websocket,
}


def in_janus(fence: Fence) -> None:
    """Open a session and a handle, which are the first two flows, and send the messages."""
    participant = Participant(fence, NL)
    send_all(fence, janus_traffic(participant.session, participant.handle))


if __name__ == "__main__":
    main()
