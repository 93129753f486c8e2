"""The command itself. Its verdicts are compared in tests/replay."""

from __future__ import annotations

from pathlib import Path

import pytest
from mitmproxy.io import FlowWriter
from mitmproxy.test import tflow
from mitmproxy.websocket import WebSocketMessage
from typer.testing import CliRunner
from wsproto.frame_protocol import Opcode

from joinfence.cli import app
from tests.config_files import copy_configs

RECORDED = Path(__file__).parents[1] / "replay"


@pytest.fixture(scope="module")
def main(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_configs(tmp_path_factory.mktemp("replay"))


def replay(main: Path, *files: str) -> tuple[int, str, str]:
    command = ["replay", "--config", str(main), "--at", "2026-11-24T12:00:00Z", *files]
    done = CliRunner(env={"COLUMNS": "100"}).invoke(app, command)
    return done.exit_code, done.stdout, done.stderr


def test_the_table_counts_by_order_and_verdict(main: Path) -> None:
    status, out, _ = replay(main, str(RECORDED / "zoom-links.flows"))
    assert status == 1
    assert "40 requests" in out
    assert "DE-2026-0001" in out


def test_traffic_without_refusals_ends_with_0_and_other_protocols_are_ignored(
    main: Path, tmp_path: Path
) -> None:
    path = tmp_path / "other.flows"
    with path.open("wb") as file:
        writer = FlowWriter(file)
        writer.add(tflow.ttcpflow())
        writer.add(tflow.tflow())
    status, out, _ = replay(main, str(path))
    assert status == 0
    assert out.startswith("1 request\n")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "cannot be read: No such file or directory"),
        (b"no flows", "is not a flow file or HAR file, or is incomplete"),
    ],
)
def test_a_file_that_cannot_be_replayed_is_reported(
    main: Path, tmp_path: Path, content: bytes | None, message: str
) -> None:
    path = tmp_path / "x.flows"
    if content is not None:
        path.write_bytes(content)
    status, _, err = replay(main, str(path))
    assert (status, err.startswith(f"{path} {message}")) == (2, True)


def test_a_message_is_counted_only_if_it_is_a_join(main: Path, tmp_path: Path) -> None:
    path, flow = tmp_path / "socket.flows", tflow.twebsocketflow(messages=False)
    flow.client_conn.peername = ("145.100.0.1", 5)
    flow.request.headers["Sec-WebSocket-Protocol"] = "janus-protocol"
    assert flow.websocket is not None
    join = b'{"body": {"request": "join", "room": 1234}}'
    for from_client, content, injected in (
        (True, join, False),
        (True, b'{"janus": "keepalive"}', False),
        (False, join, False),
        (True, join, True),
    ):
        message = WebSocketMessage(Opcode.TEXT, from_client=from_client, content=content, injected=injected)
        flow.websocket.messages.append(message)
    with path.open("wb") as file:
        FlowWriter(file).add(flow)
    status, out, _ = replay(main, str(path))
    assert status == 1
    assert out.startswith("2 requests\n")
    assert "NL-2026-0003" in out
