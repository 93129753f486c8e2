"""A real Prosody with a MUC, alone and behind nginx with Jitsi's locations, and participants over BOSH and WebSocket."""

from __future__ import annotations

import contextlib
import http.client
import random
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from websockets.sync.client import connect

from tests.e2e.harness import PATIENCE, free_port, running, until
from tests.e2e.tooling import filled, program

if TYPE_CHECKING:
    from collections.abc import Iterator

_TEMPLATES: Final = Path(__file__).with_name("prosody")
CONFERENCE: Final = "conference.meet.example"
MUC: Final = "<x xmlns='http://jabber.org/protocol/muc'/>"
_OPEN: Final = "<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='meet.example' version='1.0'/>"
_AUTH: Final = "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='ANONYMOUS'/>"
_BIND: Final = (
    "<iq type='set' id='bind' xmlns='jabber:client'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>"
)
_HTTP_BIND: Final = "http://jabber.org/protocol/httpbind"


@contextlib.contextmanager
def prosody(folder: Path) -> Iterator[int]:
    """Run Prosody until the end of the block; gives its HTTP port."""
    command, port = program("prosody"), free_port()
    home = folder / "prosody"
    for name in ("data", "certs"):
        (home / name).mkdir(parents=True)
    settings = filled(_TEMPLATES / "prosody.cfg.lua", home / "prosody.cfg.lua", folder=home, port=port)
    with running([command, "--config", str(settings), "-F"], "Activated service 'http'", home / "log"):
        yield port


@contextlib.contextmanager
def nginx(folder: Path, upstream: int) -> Iterator[int]:
    """Run nginx with Jitsi's locations in front of a Prosody until the end of the block; gives its port."""
    command, port = program("nginx"), free_port()
    home = folder / "nginx"
    settings = filled(
        _TEMPLATES / "nginx.conf", home / "nginx.conf", folder=home, port=port, upstream=upstream
    )
    started = [command, "-p", str(home), "-c", str(settings), "-e", str(home / "error.log")]
    with running(started, "", home / "out"):
        assert until(lambda: _answers(port))
        yield port


def _answers(port: int) -> bool:
    with contextlib.suppress(OSError):
        return ask(port, "GET", "/http-bind")[0] == 200
    return False


def ask(
    port: int, method: str, path: str, body: str | None = None, client: str = "127.0.0.1"
) -> tuple[int, str]:
    """Send a request on a new connection, with the path exactly as given; return its status and text."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        headers = {"Content-Type": "text/xml; charset=utf-8", "X-Forwarded-For": client}
        connection.putrequest(method, path)
        for name, value in headers.items():
            connection.putheader(name, value)
        content = (body or "").encode()
        connection.putheader("Content-Length", str(len(content)))
        connection.endheaders(content)
        answer = connection.getresponse()
        return answer.status, answer.read().decode("utf-8", "replace")
    finally:
        connection.close()


def presence(room: str, nick: str = "guest") -> str:
    """Return the stanza that enters a room."""
    return f"<presence xmlns='jabber:client' to='{room}@{CONFERENCE}/{nick}'>{MUC}</presence>"


def verdict(text: str) -> str | None:
    """Return which room was entered, or `refused`; None while neither is in the text."""
    own = re.findall(
        r"<presence [^>]*from=['\"]([^'\"@]+)@[^>]*>(?:(?!</presence>).)*code=['\"]110", text, re.DOTALL
    )
    if own:
        return str(own[0])
    refused = re.search(r"<presence[^>]*type=['\"]error['\"].*?<not-allowed", text, re.DOTALL)
    return "refused" if refused else None


class OverWebSocket:
    """One participant's XMPP stream over a WebSocket."""

    def __init__(self, port: int, client: str, path: str = "/xmpp-websocket?room=decoy") -> None:
        self._socket = connect(
            f"ws://127.0.0.1:{port}{path}",
            subprotocols=["xmpp"],  # type: ignore[list-item]
            additional_headers={"X-Forwarded-For": client},
            proxy=None,
            open_timeout=PATIENCE,
        )
        for step, sign in ((_OPEN, "features"), (_AUTH, "success"), (_OPEN, "xmpp-bind"), (_BIND, "jid")):
            self.send(step)
            self.wait(sign)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def send(self, message: str | bytes | list[str]) -> None:
        """Send a message as it is: text, binary, or in fragments."""
        self._socket.send(message)

    def wait(self, sign: str, seconds: float = PATIENCE) -> str:
        """Return what came until a sign was in it."""
        text = ""
        while not re.search(sign, text, re.DOTALL):
            text += str(self._socket.recv(seconds))
        return text

    def join(self, message: str | bytes | list[str]) -> str:
        """Send what enters a room; return which was entered, or `refused`."""
        self.send(message)
        text = ""
        while (found := verdict(text)) is None:
            text += str(self._socket.recv(PATIENCE))
        return found

    def occupants(self, room: str) -> int:
        """Return how many Prosody says are in a room."""
        query = "<query xmlns='http://jabber.org/protocol/disco#info'/>"
        self.send(f"<iq xmlns='jabber:client' type='get' id='disco' to='{room}@{CONFERENCE}'>{query}</iq>")
        said = self.wait("<iq [^>]*id=['\"]disco['\"].*</iq>")
        found = re.search(r"muc#roominfo_occupants['\"].*?<value>(\d+)</value>", said, re.DOTALL)
        return int(found[1]) if found else 0


class OverBosh:
    """One participant's XMPP stream over BOSH (XEP-0124)."""

    def __init__(self, port: int, client: str, path: str = "/http-bind?room=decoy") -> None:
        self._port, self._client, self._path = port, client, path
        self._rid = random.randrange(10**6)  # noqa: S311 - no secret
        self._sid = ""
        xmpp = "xmlns:xmpp='urn:xmpp:xbosh'"
        status, text = self.post(
            "", f"to='meet.example' ver='1.6' wait='2' hold='1' xmpp:version='1.0' {xmpp}"
        )
        assert status == 200, (status, text)
        self._sid = f"sid='{re.findall(r'sid=[\'\"]([^\'\"]+)', text)[0]}'"
        self.post(_AUTH)
        self.post("", f"to='meet.example' xmpp:restart='true' {xmpp}")
        assert "jid" in self.post(_BIND)[1]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.post("<presence type='unavailable' xmlns='jabber:client'/>", "type='terminate'")

    def post(self, stanzas: str, attributes: str = "", path: str | None = None) -> tuple[int, str]:
        """Send a body; return the status and what came back. A refused one's number is still to come."""
        head = f"<body xmlns='{_HTTP_BIND}' rid='{self._rid}' {self._sid} {attributes}"
        status, text = ask(self._port, "POST", path or self._path, f"{head}>{stanzas}</body>", self._client)
        self._rid += status == 200
        return status, text

    def send(self, stanzas: str) -> None:
        """Send stanzas that must get through."""
        assert self.post(stanzas)[0] == 200

    def join(self, stanzas: str, path: str | None = None) -> str:
        """Send what enters a room; return which was entered, or `refused`."""
        status, text = self.post(stanzas, path=path)
        if status != 200:
            return "refused" if status == 451 else f"HTTP {status}"
        for _ in range(5):
            if found := verdict(text):
                return found
            text += self.post("")[1]
        return text
