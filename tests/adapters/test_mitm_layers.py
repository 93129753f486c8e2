"""mitmproxy's layers below a flow; with a real mitmdump in tests/e2e/test_bodies.py and test_messages.py."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from mitmproxy.proxy.layers.http import HttpStream
from mitmproxy.proxy.layers.websocket import WebsocketLayer
from mitmproxy.test import taddons, tflow

from joinfence.adapters.mitm_layers import bound_body, release_body, socket_layer

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


class Socket(WebsocketLayer):
    def __init__(self, flow: http.HTTPFlow) -> None:
        self.flow = flow


class Proxyserver:
    """What mitmproxy's own addon of this name has, as far as it matters."""

    def __init__(self, flow: http.HTTPFlow, layer: Any) -> None:
        self.name = "proxyserver"
        self.connections = {flow.client_conn.id: SimpleNamespace(layer=layer)}


def test_one_body_is_bounded_and_the_option_counts_again_afterwards(context: taddons.context) -> None:
    flow = tflow.tflow()
    options: Any = SimpleNamespace(body_size_limit=None, stream_large_bodies="1k")
    stream, other = Stream(flow, options), Stream(tflow.tflow(), options)
    context.master.addons.add(
        Proxyserver(flow, SimpleNamespace(layer=SimpleNamespace(streams={1: stream, 3: other})))
    )
    assert bound_body(flow, 7)
    assert stream.context.options.body_size_limit == "7"
    assert stream.context.options.stream_large_bodies == "1k"
    assert other.context.options is options
    release_body(flow)
    release_body(flow)
    assert stream.context.options is options


def test_the_socket_of_a_flow_is_found_among_others(context: taddons.context) -> None:
    flow = tflow.twebsocketflow()
    socket, stream = Socket(flow), Stream(flow, None)
    stream.child_layer = socket
    streams = {1: Stream(tflow.tflow(), None), 3: stream}
    context.master.addons.add(
        Proxyserver(flow, SimpleNamespace(child_layer=SimpleNamespace(streams=streams)))
    )
    assert socket_layer(flow) is socket


@pytest.mark.parametrize("missing", ["addon", "connection", "layer", "attribute"])
def test_where_mitmproxy_has_changed_nothing_is_found(context: taddons.context, missing: str) -> None:
    flow = tflow.tflow()
    if missing != "addon":
        addon = Proxyserver(flow, SimpleNamespace())
        if missing == "connection":
            addon.connections.clear()
        if missing == "attribute":
            del addon.connections
        context.master.addons.add(addon)
    assert socket_layer(flow) is None
    assert not bound_body(flow, 7)
    release_body(flow)
