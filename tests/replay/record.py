"""Records the traffic that the tests replay: `scripts/record`.

Through the running fence, with a configuration that holds no orders: what is refused is never saved.
"""

from __future__ import annotations

import shutil
import socket
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.config_files import edit
from tests.e2e.harness import Fence, free_port, make_config, read_answer, running
from tests.e2e.janus_server import Participant, janus
from tests.replay.traffic import DEMO, NL, PROXIES, ZOOM, Sent
from tests.replay.traffic import janus as janus_traffic

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

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
        with janus(folder) as janus_port:
            record(folder, janus_port, "janus", in_janus)


def record(folder: Path, upstream: int, name: str, drive: Callable[[Fence], None]) -> None:
    """Drive traffic through a fence without orders and keep what it saved as NAME.flows."""
    config = make_config(folder / name)
    edit(config, 'trusted_proxies: [127.0.0.1/32, "::1/128"]', PROXIES)
    shutil.rmtree(config.parent / "orders")
    saved = folder / f"{name}.flows"
    with Fence(
        folder / name, upstream, config, ("-w", str(saved), "--set", "keep_host_header=true")
    ) as fence:
        drive(fence)
    shutil.copy(saved, HERE)
    print(f"{name}.flows: {saved.stat().st_size} bytes")


def send_all(fence: Fence, traffic: Iterable[Sent]) -> None:
    """Send each request on a connection of its own and read its answer."""
    for sent in traffic:
        lines = ["Host: meet.example", *(f"X-Forwarded-For: {line}" for line in sent.forwarded)]
        if sent.body is not None:
            lines += ["Content-Type: application/json", f"Content-Length: {len(sent.body)}"]
        head = f"{sent.method} {sent.target} HTTP/1.1\r\n" + "".join(f"{line}\r\n" for line in lines)
        source = (sent.from_address, 0)
        with socket.create_connection(("127.0.0.1", fence.port), 15, source_address=source) as connection:
            connection.sendall(head.encode() + b"\r\n" + (sent.body or b""))
            read_answer(connection, head=sent.method == "HEAD")


def in_janus(fence: Fence) -> None:
    """Open a session and a handle, which are the first two flows, and send the messages."""
    participant = Participant(fence, NL)
    send_all(fence, janus_traffic(participant.session, participant.handle))


if __name__ == "__main__":
    main()
