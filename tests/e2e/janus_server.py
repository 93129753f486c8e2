"""A real Janus with the videoroom plugin, and clients of its HTTP API and its WebSocket."""

from __future__ import annotations

import contextlib
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from websockets.sync.client import connect

from tests.e2e.harness import PATIENCE, Fence, free_port, running, until
from tests.e2e.tooling import filled, program

if TYPE_CHECKING:
    from collections.abc import Iterator

TEMPLATES = Path(__file__).with_name("janus")


@dataclass(frozen=True)
class Ports:
    """The ports on which Janus listens."""

    http: int
    socket: int


@contextlib.contextmanager
def janus(folder: Path) -> Iterator[Ports]:
    """Run Janus until the end of the block; gives its ports."""
    command, ports = program("janus"), Ports(free_port(), free_port())
    library = next(Path("/usr/lib").glob(f"{sys.implementation._multiarch}/janus"), Path("/usr/lib/janus"))
    settings = folder / "janus"
    for template in TEMPLATES.iterdir():
        values = {"dir": settings, "lib": library, "port": ports.http, "wsport": ports.socket}
        filled(template, settings / template.name, **values)
    with running(
        [command, "-F", str(settings)],
        "JANUS REST (HTTP/HTTPS) transport plugin initialized",
        folder / "janus.log",
    ):
        assert until(lambda: "WebSockets transport plugin initialized" in (folder / "janus.log").read_text())
        yield ports


class Participant:
    """A session with a videoroom handle over HTTP, through the fence, as one browser has it."""

    def __init__(self, fence: Fence, client: str) -> None:
        self.fence, self.client = fence, client
        self.session = self.ask("/janus", {"janus": "create"})["data"]["id"]
        attach = {"janus": "attach", "plugin": "janus.plugin.videoroom"}
        self.handle = self.ask(f"/janus/{self.session}", attach)["data"]["id"]
        self.path = f"/janus/{self.session}/{self.handle}"

    def ask(self, path: str, message: dict[str, Any]) -> dict[str, Any]:
        answer = self.send(path, json.dumps({"transaction": "t", **message}).encode())
        assert answer[0] == 200, answer
        return dict(json.loads(answer[1]))

    def send(self, path: str, body: bytes, kind: str = "application/json") -> tuple[int, bytes]:
        answer = self.fence.post(path, body, self.client, {"Content-Type": kind})
        return answer.status, answer.body

    def join(self, room: int, request: str = "join", name: str = "guest") -> int:
        body = {"request": request, "ptype": "publisher", "room": room, "display": name}
        message = {"janus": "message", "transaction": "j", "body": body}
        return self.send(self.path, json.dumps(message).encode())[0]

    def leave(self) -> None:
        assert self.ask(self.path, {"janus": "message", "body": {"request": "leave"}})["janus"] == "ack"

    def names(self, room: int) -> list[str]:
        """Return the names of who is in a room, as Janus says."""
        body = {"request": "listparticipants", "room": room}
        answer = self.ask(self.path, {"janus": "message", "body": body})
        return [each.get("display", "") for each in answer["plugindata"]["data"]["participants"]]

    def people(self, room: int) -> int:
        """Return how many are in a room."""
        return len(self.names(room))


class SocketParticipant:
    """A session with a videoroom handle over Janus' WebSocket, through the fence or around it."""

    def __init__(self, port: int, client: str = "127.0.0.1") -> None:
        self._socket = connect(
            f"ws://127.0.0.1:{port}/",
            subprotocols=["janus-protocol"],  # type: ignore[list-item]
            additional_headers={"X-Forwarded-For": client},
            proxy=None,
        )
        self.ids: dict[str, Any] = {}
        self.ids["session_id"] = self.ask({"janus": "create"})["data"]["id"]
        attach = {"janus": "attach", "plugin": "janus.plugin.videoroom"}
        self.ids["handle_id"] = self.ask(attach)["data"]["id"]

    def close(self) -> None:
        """Leave, as somebody does who shuts the window."""
        self._socket.close()

    def whole(self, body: dict[str, Any]) -> dict[str, Any]:
        """Return a message to the plugin with everything that belongs in it."""
        return {"janus": "message", "transaction": "t", **self.ids, "body": body}

    def ask(self, message: dict[str, Any]) -> dict[str, Any]:
        """Return the answer to a message, its acknowledgement passed over where an event follows."""
        return self.send(json.dumps({"transaction": "t", **self.ids, **message}))

    def send(self, message: str | bytes | list[str]) -> dict[str, Any]:
        """Return the answer to a message that is sent as it is."""
        self._socket.send(message)
        while True:
            said = dict(json.loads(self._socket.recv(PATIENCE)))
            if said.get("transaction") == "t" and said["janus"] != "ack":
                return said

    def people(self, room: int) -> int:
        """Return how many Janus says are in a room."""
        said = self.ask(self.whole({"request": "listparticipants", "room": room}))
        return len(said["plugindata"]["data"]["participants"])
