"""mitmproxy's own layers below a flow, for two things without a command; none where it has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mitmproxy import ctx
from mitmproxy.proxy.layers.http import HttpStream
from mitmproxy.proxy.layers.websocket import WebsocketLayer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mitmproxy import http
    from mitmproxy.options import Options
    from mitmproxy.proxy.layer import Layer

_BELOW: Final = ("layer", "child_layer")


def socket_layer(flow: http.HTTPFlow) -> WebsocketLayer | None:
    """Return the layer that relays a flow's WebSocket."""
    return next((found for found in _layers(flow) if isinstance(found, WebsocketLayer)), None)


def bound_body(flow: http.HTTPFlow, limit: int) -> bool:
    """Answer 413 as soon as more of the body than `limit` bytes has come in; False if that cannot be.

    mitmproxy holds a body back until it is whole, however long it grows, and its option for that is one for
    all requests.
    """
    stream = next((found for found in _layers(flow) if isinstance(found, HttpStream)), None)
    if stream is None:
        return False
    stream.context.options = _Bounded(stream.context.options, limit)  # type: ignore[assignment]
    return True


def release_body(flow: http.HTTPFlow) -> None:
    """Let mitmproxy's own option count again: the response has a body too."""
    for found in _layers(flow):
        if isinstance(found, HttpStream) and isinstance(found.context.options, _Bounded):
            found.context.options = found.context.options.whole


class _Bounded:
    """mitmproxy's options, with another `body_size_limit`."""

    def __init__(self, options: Options, limit: int) -> None:
        self.whole = options
        self.body_size_limit = str(limit)

    def __getattr__(self, name: str) -> object:
        return getattr(self.whole, name)


def _layers(flow: http.HTTPFlow) -> Iterator[Layer]:
    """Yield the layers of the flow's connection that are about this flow; there may be others."""
    try:
        below: list[Layer] = [ctx.master.addons.get("proxyserver").connections[flow.client_conn.id].layer]
    except (AttributeError, KeyError):
        return
    while below:
        layer = below.pop()
        if getattr(layer, "flow", None) is flow:
            yield layer
        below += [child for name in _BELOW if (child := getattr(layer, name, None)) is not None]
        below += getattr(layer, "streams", {}).values()
