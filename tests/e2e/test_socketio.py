"""A real Socket.IO server with MiroTalk's events: covered clients enter no room, over either transport."""

from __future__ import annotations

import contextlib
import http.client
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from websockets.sync.client import connect

from tests.e2e.covered import AMERICAN, DUTCH, configure, impose
from tests.e2e.harness import PATIENCE, Fence, until
from tests.e2e.npm_servers import socketio
from tests.e2e.tooling import run_tool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from websockets.sync.client import ClientConnection

pytestmark = pytest.mark.e2e


def fetch(
    port: int, method: str, target: str, body: str | None = None, headers: dict[str, str] | None = None
) -> tuple[int, str]:
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)) as connection:
        connection.request(method, target, body, headers or {})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


@dataclass(frozen=True)
class Place:
    """A fence in front of the server, with the rules of one of the two services."""

    fence: Fence
    server: int
    sfu: bool

    def size(self, room: str) -> int:
        """Return how many the server says are in a room."""
        return int(fetch(self.server, "GET", f"/rooms/{quote(room)}")[1])

    def joining(self, room: str) -> str:
        """Return the packet that chooses the room."""
        event, key = ("createRoom", "room_id") if self.sfu else ("join", "channel")
        return "42" + ("0" if self.sfu else "") + json.dumps([event, {key: room}])

    def rest(self) -> list[str]:
        """Return what the client sends behind it."""
        return ['421["join",{"room_id":"decoy","channel":"decoy"}]'] if self.sfu else []


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with socketio(tmp_path_factory.mktemp("socketio")) as port:
        yield port


@pytest.fixture(scope="module", params=["mirotalk-p2p", "mirotalk-sfu"])
def place(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, server: int
) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("fence")
    with Fence(folder, server, configure(folder, request.param, "townhall")) as fence:
        yield Place(fence, server, sfu=request.param.endswith("sfu"))


def opened(place: Place, client: str) -> ClientConnection:
    """Return a Socket.IO connection over a WebSocket."""
    socket = connect(
        f"ws://127.0.0.1:{place.fence.port}/socket.io/?EIO=4&transport=websocket",
        additional_headers={"X-Forwarded-For": client},
        proxy=None,
    )
    socket.send("40")
    while not str(socket.recv(PATIENCE)).startswith("40"):
        pass
    return socket


class Polling:
    """A Socket.IO connection by long polling."""

    def __init__(self, port: int, client: str) -> None:
        self._port, self._client, self._sid = port, client, ""
        self._sid = "&sid=" + json.loads(self.ask("GET")[1][1:])["sid"]
        assert self.ask("POST", "40")[0] == 200
        assert self.ask("GET")[1].startswith("40")

    def ask(self, method: str, body: str | None = None) -> tuple[int, str]:
        headers = {"X-Forwarded-For": self._client, "Content-Type": "text/plain;charset=UTF-8"}
        target = f"/socket.io/?EIO=4&transport=polling{self._sid}"
        return fetch(self._port, method, target, body, headers)


WAYS: dict[str, Callable[[str], str | list[str]]] = {
    "as usual": lambda packet: packet,
    "fragments": lambda packet: [packet[:3], packet[3:12], packet[12:]],
    "an escape": lambda packet: packet.replace("townhall", "\\u0074ownhall").replace(
        "oom_id", "\\u006fom_id"
    ),
    "a decoy in front": lambda packet: packet.replace("{", '{"channel": "x", "room_id": "x", '),
    "its namespace": lambda packet: packet.replace("42", "42/,", 1),
    "blanks, which JavaScript takes for zeros": lambda packet: packet.replace("42", "42 \ufeff\t", 1),
    "many digits": lambda packet: packet.replace("42", "42" + "0" * 30, 1),
    "an array": lambda packet: packet.replace('"townhall"', '["townhall"]'),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_covered_join_over_a_websocket_is_refused(place: Place, way: str) -> None:
    assert until(lambda: place.size("townhall") == 0)
    packet = WAYS[way](place.joining("townhall"))
    for client, inside in ((AMERICAN, 1), (DUTCH, 0)):
        with opened(place, client) as guest:
            for one in (packet, *place.rest()):
                guest.send(one)
            said = [str(guest.recv(PATIENCE)) for _ in range(2 if place.sfu else 1)]
            if inside:
                assert until(lambda: place.size("townhall") == 1)
            elif place.sfu:
                assert "https://meet.example/legal/orders/NL-2026-0003" in said[0]
            else:
                assert said == ['42["unauthorized"]']
            assert place.size("townhall") == inside
        assert until(lambda: place.size("townhall") == 0)


@pytest.mark.parametrize("way", ["as usual", "an escape", "a decoy in front", "its namespace", "an array"])
@pytest.mark.parametrize(
    "before", [[], ['42["chat",{"room":"x","text":"y"}]']], ids=["alone", "behind another"]
)
def test_a_covered_join_by_polling_is_refused(place: Place, way: str, before: list[str]) -> None:
    assert until(lambda: place.size("townhall") == 0)
    packets = [*before, str(WAYS[way](place.joining("townhall"))), *place.rest()]
    dutch = Polling(place.fence.port, DUTCH)
    assert dutch.ask("POST", "\x1e".join(packets))[0] == 451
    assert place.size("townhall") == 0
    american = Polling(place.fence.port, AMERICAN)
    assert american.ask("POST", "\x1e".join(packets)) == (200, "ok")
    assert until(lambda: place.size("townhall") == 1)
    american.ask("POST", "1")


def test_everybody_can_enter_another_room(place: Place) -> None:
    with opened(place, DUTCH) as guest:
        for packet in (place.joining("market"), *place.rest()):
            guest.send(packet)
        assert until(lambda: place.size("market") == 1)


def test_a_participant_stays_when_the_order_comes_into_force(place: Place) -> None:
    with opened(place, DUTCH) as inside:
        for packet in (place.joining("later"), *place.rest()):
            inside.send(packet)
        assert until(lambda: place.size("later") == 1)

        def refused() -> bool:
            with opened(place, DUTCH) as newcomer:
                newcomer.send(place.joining("later"))
                said = str(newcomer.recv(PATIENCE))
                return "unauthorized" in said or "NL-2026-0004" in said

        impose(place.fence.config, "NL-2026-0004", "later", refused)
        inside.send('42["chat",{"room":"later","text":"still here"}]')
        while "still here" not in str(inside.recv(PATIENCE)):
            pass
        assert until(lambda: place.size("later") == 1)


@pytest.mark.parametrize("transport", ["websocket", "polling"])
def test_the_stock_client_receives_an_error(place: Place, transport: str) -> None:
    event, key = ("createRoom", "room_id") if place.sfu else ("join", "channel")

    def told(client: str) -> Any:
        argument = json.dumps({key: "townhall"})
        return run_tool("socketio_client.js", place.fence.port, client, transport, event, argument)

    assert told(AMERICAN)["ack"] == ({"room_id": "townhall"} if place.sfu else {"room": "townhall"})
    refused = told(DUTCH)
    if transport == "polling":
        # A refused POST ends the transport, and the client reconnects: it does not read the reason.
        assert refused == {"events": [], "connects": 2, "disconnect": "transport error"}
    elif place.sfu:
        assert "https://meet.example/legal/orders/NL-2026-0003" in refused["ack"]["error"]
    else:
        assert refused == {"events": [["unauthorized"]], "connects": 1}
    assert until(lambda: place.size("townhall") == 0)
