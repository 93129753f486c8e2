"""A real Janus with the videoroom plugin, and a client of its HTTP API."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.harness import Fence, free_port, running

if TYPE_CHECKING:
    from collections.abc import Iterator

TEMPLATES = Path(__file__).with_name("janus")


def required(command: str) -> str:
    """Return the path of a server's command; without it, fail in CI and skip elsewhere, saying so."""
    path = shutil.which(command)
    if path is None:
        message = f"{command} is not installed; .ci/run installs it"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return path


@contextlib.contextmanager
def janus(folder: Path) -> Iterator[int]:
    """Run Janus until the end of the block; gives its HTTP port."""
    command, port = required("janus"), free_port()
    library = next(Path("/usr/lib").glob(f"{sys.implementation._multiarch}/janus"), Path("/usr/lib/janus"))
    settings = folder / "janus"
    settings.mkdir()
    for template in TEMPLATES.iterdir():
        text = template.read_text(encoding="utf-8")
        for mark, value in (("@DIR@", settings), ("@LIB@", library), ("@PORT@", port)):
            text = text.replace(mark, str(value))
        (settings / template.name).write_text(text, encoding="utf-8")
    with running(
        [command, "-F", str(settings)],
        "JANUS REST (HTTP/HTTPS) transport plugin initialized",
        folder / "janus.log",
    ):
        yield port


class Participant:
    """One browser's worth of Janus: a session with a videoroom handle, through the fence."""

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

    def join(self, room: int, request: str = "join") -> int:
        body = {"request": request, "ptype": "publisher", "room": room, "display": "guest"}
        message = {"janus": "message", "transaction": "j", "body": body}
        return self.send(self.path, json.dumps(message).encode())[0]

    def people(self, room: int) -> int:
        body = {"request": "listparticipants", "room": room}
        answer = self.ask(self.path, {"janus": "message", "body": body})
        return len(answer["plugindata"]["data"]["participants"])
