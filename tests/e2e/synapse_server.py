"""A real Synapse with its SQLite database, and a user of its client-server API."""

from __future__ import annotations

import contextlib
import http.client
import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from tests.e2e.harness import PATIENCE, free_port, running, until
from tests.e2e.tooling import filled, tool_python

if TYPE_CHECKING:
    from collections.abc import Iterator

_TEMPLATES: Final = Path(__file__).with_name("synapse")
CLIENT: Final = "/_matrix/client/v3"


@contextlib.contextmanager
def synapse(folder: Path) -> Iterator[int]:
    """Run Synapse until the end of the block; gives its port."""
    python, port, home = tool_python(), free_port(), folder / "synapse"
    settings = filled(_TEMPLATES / "homeserver.yaml", home / "homeserver.yaml", folder=home, port=port)
    filled(_TEMPLATES / "log.yaml", home / "log.yaml")
    command = [python, "-m", "synapse.app.homeserver", "-c", str(settings)]
    subprocess.run([*command, "--generate-keys"], check=True, cwd=home, capture_output=True)
    with running(command, "", home / "out"):
        assert until(lambda: _is_ready(port)), (home / "out").read_text()
        yield port


def _is_ready(port: int) -> bool:
    with contextlib.suppress(OSError):
        return ask(port, "GET", "/_matrix/client/versions")[0] == 200
    return False


def ask(
    port: int,
    method: str,
    target: str,
    body: object = None,
    headers: dict[str, str] | None = None,
) -> tuple[int, dict[str, Any]]:
    """Send a request on a new connection, with the target exactly as given; return its status and JSON."""
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)) as connection:
        content = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        connection.putrequest(method, target)
        for name, value in {**(headers or {}), "Content-Length": str(len(content))}.items():
            connection.putheader(name, value)
        connection.endheaders(content)
        answer = connection.getresponse()
        said = answer.read()
        try:
            return answer.status, dict(json.loads(said))
        except ValueError:
            return answer.status, {"text": said.decode("utf-8", "replace")}


class User:
    """Somebody registered at Synapse, from an address."""

    def __init__(self, port: int, name: str, client: str = "127.0.0.1") -> None:
        self.port, self.client, self.token = port, client, ""
        account = {"username": name, "password": "loopback", "auth": {"type": "m.login.dummy"}}
        made = self.ask("POST", f"{CLIENT}/register", account)[1]
        self.id, self.token = made["user_id"], made["access_token"]

    def ask(self, method: str, target: str, body: object = None) -> tuple[int, dict[str, Any]]:
        headers = {"X-Forwarded-For": self.client}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        return ask(self.port, method, target, body, headers)

    def seen_from(self, port: int, client: str) -> User:
        """Return the same user, who comes another way."""
        other = object.__new__(User)
        other.port, other.client, other.id, other.token = port, client, self.id, self.token
        return other

    def create_room(self, alias: str) -> str:
        """Return the id of a new public room."""
        room = {"preset": "public_chat", "room_alias_name": alias}
        return str(self.ask("POST", f"{CLIENT}/createRoom", room)[1]["room_id"])

    def members(self, room: str) -> set[str]:
        """Return who is in a room, of which this user must be a member."""
        return set(self.ask("GET", f"{CLIENT}/rooms/{quote(room, safe='')}/joined_members")[1]["joined"])

    def leave(self, room: str) -> None:
        assert self.ask("POST", f"{CLIENT}/rooms/{quote(room, safe='')}/leave", {})[0] == 200
