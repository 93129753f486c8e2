"""WebSocket messages on made-up layers; tests/e2e/test_messages.py uses real sockets and mitmdump."""

from __future__ import annotations

import gc
import logging
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from mitmproxy.proxy.events import DataReceived
from mitmproxy.proxy.layers.websocket import WebsocketLayer, WebSocketMessageInjected
from mitmproxy.test import taddons, tflow
from mitmproxy.websocket import WebSocketMessage
from wsproto.events import CloseConnection
from wsproto.frame_protocol import Opcode

from joinfence.proxy.messages import Handshakes, client_message, close, drop
from joinfence.refusal.service_answers import Drop
from tests.factories import make_request

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mitmproxy import http


@pytest.fixture
def context() -> Iterator[taddons.context]:
    with taddons.context() as it:
        yield it


def with_message(**changes: Any) -> http.HTTPFlow:
    flow = tflow.twebsocketflow()
    assert flow.websocket is not None
    message = WebSocketMessage(Opcode.TEXT, changes.pop("from_client", True), b"hello")
    for name, value in changes.items():
        setattr(message, name, value)
    flow.websocket.messages.append(message)
    return flow


@pytest.mark.parametrize(
    ("changes", "found"),
    [({}, True), ({"from_client": False}, False), ({"injected": True}, False), ({"dropped": True}, False)],
)
def test_only_messages_that_the_client_sent_are_decided_on(changes: dict[str, bool], found: bool) -> None:
    assert (client_message(with_message(**changes)) is not None) is found
    assert client_message(tflow.tflow()) is None


def test_a_dropped_message_is_erased() -> None:
    flow = with_message()
    message = client_message(flow)
    assert message is not None
    drop(flow, Drop(messages=(), close=None))
    assert (message.dropped, message.content) == (True, b"")


def test_a_handshake_is_forgotten_with_its_flow() -> None:
    handshakes, flow, request = Handshakes(), tflow.tflow(), make_request()
    assert handshakes.get(flow) is None
    handshakes.remember(flow, request)
    assert handshakes.get(flow) is request
    del flow
    gc.collect()
    assert len(handshakes._requests) == 0


class Relay(WebsocketLayer):
    """A layer that only records the events it receives."""

    def __init__(self, flow: http.HTTPFlow) -> None:
        self.flow = flow
        self.received: list[Any] = []
        self.client_ws = SimpleNamespace(_events=[])  # type: ignore[assignment]
        self.context = SimpleNamespace(client="client")  # type: ignore[assignment]
        self._handle_event = self.record

    def record(self, event: Any) -> Iterator[Any]:
        self.received.append(event)
        yield event


class Proxyserver:
    """The parts of mitmproxy's addon of this name that matter here."""

    def __init__(self, flow: http.HTTPFlow, layer: Any) -> None:
        self.name = "proxyserver"
        self.connections = {flow.client_conn.id: SimpleNamespace(layer=layer)}


def injected(context: taddons.context, monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    calls: list[tuple[Any, ...]] = []
    monkeypatch.setattr(context.master.commands, "call", lambda *a: calls.append(a))
    return calls


def test_a_socket_is_closed_after_all_answers_were_sent(
    context: taddons.context, monkeypatch: pytest.MonkeyPatch
) -> None:
    flow, calls = tflow.twebsocketflow(), injected(context, monkeypatch)
    relay, other = Relay(flow), Relay(tflow.twebsocketflow())
    top = SimpleNamespace(
        child_layer=SimpleNamespace(streams={1: other, 3: SimpleNamespace(child_layer=relay)})
    )
    context.master.addons.add(Proxyserver(flow, top))
    drop(flow, Drop(messages=("a", "b"), close=1008))
    assert [call[3] for call in calls[:2]] == [b"a", b"b"]
    cue = calls[2][3]
    for content in (b"a", b"b", cue, b"c"):
        event = WebSocketMessageInjected(
            flow, WebSocketMessage(Opcode.BINARY, from_client=False, content=content)
        )
        list(relay._handle_event(event))
    answers, closing = relay.received[:2], relay.received[2]
    assert [event.message.content for event in answers] == [b"a", b"b"]
    assert isinstance(closing, DataReceived)
    assert str(closing.connection) == "client"
    assert closing.data == b"", "half a frame may be waiting for the rest"
    assert relay.client_ws._events == [CloseConnection(code=1008)]
    assert relay._handle_event == relay.record
    assert other.received == []


def test_if_mitmproxy_has_changed_the_socket_stays_open_and_this_is_logged(
    context: taddons.context, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    flow, calls = tflow.twebsocketflow(), injected(context, monkeypatch)
    assert close(flow, 1008) is False
    with caplog.at_level(logging.WARNING):
        drop(flow, Drop(messages=("a",), close=1008))
    assert [call[3] for call in calls] == [b"a"]
    assert "cannot close a WebSocket" in caplog.text
