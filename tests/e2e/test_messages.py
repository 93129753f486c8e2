"""Joins in WebSocket messages, through a real mitmdump to a server that echoes what reaches it."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.sync.server import serve

from tests.config_files import edit
from tests.e2e.harness import PATIENCE, Fence, make_config

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from websockets.sync.client import ClientConnection
    from websockets.sync.server import ServerConnection
    from websockets.typing import Subprotocol

pytestmark = pytest.mark.e2e

DUTCH, AMERICAN = "145.100.0.1", "9.9.9.9"
PROTOCOLS: Final[list[Subprotocol]] = ["janus-protocol"]  # type: ignore[list-item]
JOIN = {
    "janus": "message",
    "transaction": 't"1',
    "session_id": 7,
    "handle_id": 8,
    "body": {"request": "join", "room": 1234},
}


def join(room: int = 1234, request: str = "join") -> str:
    return json.dumps({**JOIN, "body": {"request": request, "room": room}})


def repeat(connection: ServerConnection) -> None:
    for message in connection:
        connection.send(message)


@pytest.fixture(scope="module")
def repeating() -> Iterator[int]:
    with serve(repeat, "127.0.0.1", 0, subprotocols=PROTOCOLS) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield int(server.socket.getsockname()[1])


@pytest.fixture(scope="module")
def fence(tmp_path_factory: pytest.TempPathFactory, repeating: int) -> Iterator[Fence]:
    folder = tmp_path_factory.mktemp("fence")
    with Fence(folder, repeating, make_config(folder)) as it:
        yield it


@pytest.fixture(scope="module")
def closing_fence(tmp_path_factory: pytest.TempPathFactory, repeating: int) -> Iterator[Fence]:
    """A fence whose rule has a socket closed over which somebody tried to join."""
    folder = tmp_path_factory.mktemp("closing")
    config = make_config(folder)
    rules = config.parent / "services" / "janus-videoroom.yaml"
    edit(rules, "    refusal:\n      echo:", "    refusal:\n      close: true\n      echo:")
    with Fence(folder, repeating, config) as it:
        yield it


@contextmanager
def through(fence: Fence, client: str = DUTCH) -> Iterator[ClientConnection]:
    headers = {"X-Forwarded-For": client}
    url = f"ws://127.0.0.1:{fence.port}/"
    with connect(url, subprotocols=PROTOCOLS, additional_headers=headers, proxy=None) as socket:
        yield socket


def answer(socket: ClientConnection) -> Any:
    return json.loads(socket.recv(PATIENCE))


def ask(socket: ClientConnection, message: str | bytes | list[str]) -> Any:
    socket.send(message)
    return answer(socket)


@pytest.mark.parametrize(
    "message",
    [
        pytest.param(join(), id="text"),
        pytest.param(join().encode(), id="binary"),
        pytest.param([join()[:20], join()[20:40], join()[40:]], id="fragments"),
        pytest.param(join(request="JOINandConfigure"), id="capitals"),
        pytest.param(join().replace("room", "\\u0072oom"), id="escaped"),
        pytest.param(join() + "\0{", id="a NUL and more"),
    ],
)
def test_a_covered_join_is_answered_with_the_service_s_own_error_and_the_socket_stays_open(
    fence: Fence, message: str | bytes | list[str]
) -> None:
    with through(fence) as socket:
        said = ask(socket, message)
        assert (said["janus"], said["transaction"], said["session_id"]) == ("error", 't"1', 7)
        assert said["error"]["code"] == 451
        assert "https://meet.example/legal/orders/NL-2026-0003" in said["error"]["reason"]
        assert ask(socket, join(5678)) == json.loads(join(5678)), "another meeting"
        assert ask(socket, join(request="leave")) == json.loads(join(request="leave"))


def test_the_address_is_the_handshake_s(fence: Fence) -> None:
    with through(fence, AMERICAN) as socket:
        assert ask(socket, join()) == json.loads(join())


def is_closed(socket: ClientConnection) -> None:
    with pytest.raises(ConnectionClosed) as closed:
        socket.recv(PATIENCE)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1008


def test_the_socket_is_closed_where_the_rule_says_so_after_what_it_is_told(closing_fence: Fence) -> None:
    with through(closing_fence) as socket:
        assert ask(socket, join())["janus"] == "error"
        is_closed(socket)


def test_the_socket_is_closed_also_while_half_a_frame_has_come(closing_fence: Fence) -> None:
    with through(closing_fence) as socket:
        text = join().encode()
        assert len(text) < 126, "its length fits into one byte"
        whole = bytes([0x81, 0x80 | len(text)]) + bytes(4) + text
        socket.socket.sendall(whole + whole[:20])
        assert answer(socket)["janus"] == "error"
        is_closed(socket)


def test_a_refused_message_leaves_no_trace(tmp_path: Path, repeating: int) -> None:
    saved = tmp_path / "saved.flows"
    arguments = ("-w", str(saved), "--set", "flow_detail=4", "--set", "save_stream_file=" + str(saved))
    with Fence(tmp_path, repeating, make_config(tmp_path), arguments) as fence, through(fence) as socket:
        ask(socket, join())
        ask(socket, join(5678))
    for text in (saved.read_bytes().decode("latin-1"), fence.log):
        assert '"room": 1234' not in text
        assert DUTCH not in text
