"""Servers from npm: the PeerJS server, and a Socket.IO server with the events of MiroTalk."""

from __future__ import annotations

import contextlib
import os
import subprocess
from typing import TYPE_CHECKING

from tests.e2e.harness import PATIENCE, free_port, until
from tests.e2e.tooling import TOOLS, npm_package, program

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextlib.contextmanager
def node(folder: Path, ready: str, *arguments: object) -> Iterator[None]:
    """Run a Node script until the end of the block; it is ready when its output contains a text."""
    log = folder / "node.log"
    environment = {**os.environ, "NODE_PATH": str(npm_package("."))}
    with log.open("wb") as out:
        command = [program("node"), *map(str, arguments)]
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, env=environment)
        try:
            assert until(lambda: ready in log.read_text()), log.read_text()
            yield
        finally:
            process.terminate()
            process.wait(PATIENCE)


@contextlib.contextmanager
def peerjs(folder: Path) -> Iterator[int]:
    """Run the PeerJS server below /myapp until the end of the block; gives its port."""
    port, script = free_port(), npm_package("peer") / "dist" / "bin" / "peerjs.js"
    with node(
        folder, "Started PeerServer", script, "--port", port, "--host", "127.0.0.1", "--path", "/myapp"
    ):
        yield port


@contextlib.contextmanager
def socketio(folder: Path) -> Iterator[int]:
    """Run the Socket.IO server until the end of the block; gives its port."""
    port = free_port()
    with node(folder, "listening", TOOLS / "socketio_server.js", port):
        yield port
