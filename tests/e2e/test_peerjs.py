"""A real PeerJS server: an offer to a covered peer does not reach it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from websockets.sync.client import connect

from tests.e2e.covered import AMERICAN, DUTCH, configure, impose
from tests.e2e.harness import PATIENCE, Fence
from tests.e2e.npm_servers import peerjs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from websockets.sync.client import ClientConnection

pytestmark = pytest.mark.e2e

MEETING, OTHER, LATER = "meeting-42", "meeting-43", "meeting-44"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with peerjs(tmp_path_factory.mktemp("peerjs")) as port:
        yield port


@pytest.fixture(scope="module")
def fence(tmp_path_factory: pytest.TempPathFactory, server: int) -> Iterator[Fence]:
    folder = tmp_path_factory.mktemp("fence")
    with Fence(folder, server, configure(folder, "peerjs", MEETING)) as it:
        yield it


def peer(port: int, name: str, client: str = "127.0.0.1") -> ClientConnection:
    """Return the open socket of a peer."""
    socket = connect(
        f"ws://127.0.0.1:{port}/myapp/peerjs?key=peerjs&id={name}&token=t&version=1.5.5",
        additional_headers={"X-Forwarded-For": client},
        proxy=None,
    )
    assert json.loads(socket.recv(PATIENCE)) == {"type": "OPEN"}
    return socket


def message(kind: str, to: str, **payload: str) -> str:
    return json.dumps({"type": kind, "dst": to, "payload": payload})


def told(socket: ClientConnection) -> Any:
    return json.loads(socket.recv(PATIENCE))


def written(text: str, way: str) -> str | bytes | list[str]:
    match way:
        case "binary":
            return text.encode()
        case "fragments":
            return [text[:9], text[9:30], text[30:]]
        case "an escape":
            return text.replace('"dst"', '"\\u0064st"').replace("meeting", "\\u006deeting")
        case "a decoy in front":
            return text.replace('"dst"', f'"dst": "{OTHER}", "dst"')
        case "blanks":
            return "\n\t " + text + " \r\n"
        case _:
            return text


@pytest.mark.parametrize(
    "way", ["as usual", "binary", "fragments", "an escape", "a decoy in front", "blanks"]
)
@pytest.mark.parametrize("kind", ["OFFER", "ANSWER"])
def test_no_message_that_starts_a_call_reaches_the_covered_peer(
    fence: Fence, server: int, way: str, kind: str
) -> None:
    with peer(server, MEETING) as host, peer(fence.port, "nl", DUTCH) as dutch:
        dutch.send(written(message(kind, MEETING, sdp="dutch"), way))
        refused = told(dutch)
        assert refused["type"] == "ERROR"
        assert "https://meet.example/legal/orders/NL-2026-0003" in refused["payload"]["msg"]
        with peer(fence.port, "us", AMERICAN) as american:
            american.send(written(message(kind, MEETING, sdp="american"), way))
            assert told(host)["payload"] == {"sdp": "american"}, "the first that reaches the host"
        with peer(server, OTHER) as other:
            dutch.send(message(kind, OTHER, sdp="dutch"))
            assert told(other)["payload"] == {"sdp": "dutch"}, "the socket stays usable"


def test_a_connected_peer_stays_connected_when_the_order_comes_into_force(fence: Fence, server: int) -> None:
    with peer(server, LATER) as host, peer(fence.port, "inside", DUTCH) as inside:
        inside.send(message("OFFER", LATER, sdp="mine"))
        assert told(host)["type"] == "OFFER"

        def refused() -> bool:
            with peer(fence.port, "newcomer", DUTCH) as newcomer:
                newcomer.send(message("OFFER", LATER, sdp="newcomer"))
                newcomer.send(message("OFFER", "newcomer", sdp="echo"))
                return bool(told(newcomer)["type"] == "ERROR")

        impose(fence.config, "NL-2026-0004", LATER, refused)
        host.send(message("ANSWER", "inside", sdp="theirs"))
        assert told(inside)["payload"] == {"sdp": "theirs"}
        inside.send('{"type":"HEARTBEAT"}')
        inside.send(message("LEAVE", LATER))
        while (said := told(host))["type"] == "OFFER":
            assert said["src"] == "newcomer", "before the order was in force"
        assert (said["type"], said["src"]) == ("LEAVE", "inside")
