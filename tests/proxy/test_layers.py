"""Access to mitmproxy's layers; tests/e2e/test_bodies.py and test_messages.py use a real mitmdump."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from mitmproxy.proxy.layers.http import HttpStream
from mitmproxy.proxy.layers.websocket import WebsocketLayer
from mitmproxy.proxy.utils import ReceiveBuffer
from mitmproxy.test import taddons, tflow

from joinfence.proxy.layers import body_too_large, limit_body, socket_layer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mitmproxy import http


@pytest.fixture
def context() -> Iterator[taddons.context]:
    with taddons.context() as it:
        yield it


class Stream(HttpStream):
    def __init__(self, flow: http.HTTPFlow, options: Any) -> None:
        self.flow = flow
        self.context = SimpleNamespace(options=options)  # type: ignore[assignment]
        self.child_layer = None
        self.request_body_buf = ReceiveBuffer()


class Socket(WebsocketLayer):
    def __init__(self, flow: http.HTTPFlow) -> None:
        self.flow = flow


class Proxyserver:
    """The parts of mitmproxy's addon of this name that matter here."""

    def __init__(self, flow: http.HTTPFlow, layer: Any) -> None:
        self.name = "proxyserver"
        self.connections = {flow.client_conn.id: SimpleNamespace(layer=layer)}


@pytest.mark.parametrize(
    ("pieces", "kept", "too_large"),
    [
        pytest.param([b"1234", b"567"], b"1234567", False, id="exactly the limit"),
        pytest.param([b"1234", b"5678"], b"", True, id="one byte too many"),
        pytest.param([b"12345678"], b"", True, id="too many in one piece"),
        pytest.param([b"12345678", b"1"], b"", True, id="nothing is kept after the excess either"),
    ],
)
def test_a_body_is_kept_whole_within_the_limit_or_not_at_all(
    context: taddons.context, pieces: list[bytes], kept: bytes, too_large: bool
) -> None:
    flow = tflow.tflow()
    stream, other = Stream(flow, None), Stream(tflow.tflow(), None)
    context.master.addons.add(
        Proxyserver(flow, SimpleNamespace(layer=SimpleNamespace(streams={1: stream, 3: other})))
    )
    assert not body_too_large(flow), "no limit was set"
    assert limit_body(flow, 7)
    for piece in pieces:
        stream.request_body_buf += piece
        other.request_body_buf += piece
    assert bytes(stream.request_body_buf) == kept
    assert body_too_large(flow) == too_large
    assert bytes(other.request_body_buf) == b"".join(pieces)


def test_the_websocket_layer_of_a_flow_is_found_among_others(context: taddons.context) -> None:
    flow = tflow.twebsocketflow()
    socket, stream = Socket(flow), Stream(flow, None)
    stream.child_layer = socket
    streams = {1: Stream(tflow.tflow(), None), 3: stream}
    context.master.addons.add(
        Proxyserver(flow, SimpleNamespace(child_layer=SimpleNamespace(streams=streams)))
    )
    assert socket_layer(flow) is socket


@pytest.mark.parametrize("missing", ["addon", "connection", "layer", "attribute"])
def test_if_mitmproxy_has_changed_nothing_is_found(context: taddons.context, missing: str) -> None:
    flow = tflow.tflow()
    if missing != "addon":
        addon = Proxyserver(flow, SimpleNamespace())
        if missing == "connection":
            addon.connections.clear()
        if missing == "attribute":
            del addon.connections
        context.master.addons.add(addon)
    assert socket_layer(flow) is None
    assert not limit_body(flow, 7)
    assert not body_too_large(flow)
