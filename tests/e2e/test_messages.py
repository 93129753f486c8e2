"""Joins in WebSocket messages, through a real mitmdump to a server that echoes what reaches it."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from websockets.asyncio.client import connect
from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosed

from tests.config_files import edit
from tests.e2e.harness import Fence, make_config

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from websockets.asyncio.client import ClientConnection
    from websockets.asyncio.server import ServerConnection

pytestmark = pytest.mark.e2e

DUTCH, AMERICAN = "145.100.0.1", "9.9.9.9"
JOIN = {
    "janus": "message",
    "transaction": 't"1',
    "session_id": 7,
    "handle_id": 8,
    "body": {"request": "join", "room": 1234},
}


def join(room: int = 1234, request: str = "join") -> str:
    return json.dumps({**JOIN, "body": {"request": request, "room": room}})


async def repeat(connection: ServerConnection) -> None:
    async for message in connection:
        await connection.send(message)


@asynccontextmanager
async def through(
    folder: Path, client: str = DUTCH, *arguments: str, change: Callable[[Path], None] = lambda _: None
) -> AsyncIterator[tuple[ClientConnection, Fence]]:
    config = make_config(folder)
    change(config)
    async with serve(repeat, "127.0.0.1", 0, subprotocols=["janus-protocol"]) as server:  # type: ignore[list-item]
        port = server.sockets[0].getsockname()[1]
        fence = Fence(folder, port, config, arguments)
        await asyncio.to_thread(fence.__enter__)
        try:
            async with connect(
                f"ws://127.0.0.1:{fence.port}/",
                subprotocols=["janus-protocol"],  # type: ignore[list-item]
                additional_headers={"X-Forwarded-For": client},
                proxy=None,
            ) as socket:
                yield socket, fence
        finally:
            await asyncio.to_thread(fence.stop)


async def ask(socket: ClientConnection, message: str | bytes | list[str]) -> Any:
    await socket.send(message)
    return json.loads(await asyncio.wait_for(socket.recv(), 10))


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
    tmp_path: Path, message: str | bytes | list[str]
) -> None:
    async def run() -> None:
        async with through(tmp_path) as (socket, _fence):
            answer = await ask(socket, message)
            assert (answer["janus"], answer["transaction"], answer["session_id"]) == ("error", 't"1', 7)
            assert answer["error"]["code"] == 451
            assert "https://meet.example/legal/orders/NL-2026-0003" in answer["error"]["reason"]
            assert await ask(socket, join(5678)) == json.loads(join(5678)), "another meeting"
            assert await ask(socket, join(request="leave")) == json.loads(join(request="leave"))

    asyncio.run(run())


def test_the_client_address_is_that_of_the_handshake(tmp_path: Path) -> None:
    async def run() -> None:
        async with through(tmp_path, AMERICAN) as (socket, _fence):
            assert await ask(socket, join()) == json.loads(join())

    asyncio.run(run())


def test_if_the_rule_says_so_the_socket_is_closed_after_the_answer(tmp_path: Path) -> None:
    def close(config: Path) -> None:
        rules = config.parent / "services" / "janus-videoroom.yaml"
        edit(rules, "    refusal:\n      echo:", "    refusal:\n      close: true\n      echo:")

    async def run() -> None:
        async with through(tmp_path, change=close) as (socket, _fence):
            assert (await ask(socket, join()))["janus"] == "error"
            with pytest.raises(ConnectionClosed) as closed:
                await asyncio.wait_for(socket.recv(), 10)
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 1008

    asyncio.run(run())


def test_the_socket_is_closed_even_if_half_a_frame_has_arrived(tmp_path: Path) -> None:
    def close(config: Path) -> None:
        rules = config.parent / "services" / "janus-videoroom.yaml"
        edit(rules, "    refusal:\n      echo:", "    refusal:\n      close: true\n      echo:")

    async def run() -> None:
        async with through(tmp_path, change=close) as (socket, _fence):
            text = join().encode()
            assert len(text) < 126, "its length fits into one byte"
            whole = bytes([0x81, 0x80 | len(text)]) + bytes(4) + text
            socket.transport.write(whole + whole[:20])
            assert json.loads(await asyncio.wait_for(socket.recv(), 10))["janus"] == "error"
            with pytest.raises(ConnectionClosed) as closed:
                await asyncio.wait_for(socket.recv(), 10)
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 1008

    asyncio.run(run())


def test_a_refused_message_leaves_no_trace(tmp_path: Path) -> None:
    saved = tmp_path / "saved.flows"
    arguments = ("-w", str(saved), "--set", "flow_detail=4", "--set", "save_stream_file=" + str(saved))

    async def run() -> Fence:
        async with through(tmp_path, DUTCH, *arguments) as (socket, fence):
            await ask(socket, join())
            await ask(socket, join(5678))
        return fence

    fence = asyncio.run(run())
    for text in (saved.read_bytes().decode("latin-1"), fence.log):
        assert "1234" not in text
        assert DUTCH not in text
