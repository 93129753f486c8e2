"""mitmproxy's own layers below a flow, for two things without a command; none where it has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Self

from mitmproxy import ctx
from mitmproxy.proxy.layers.http import HttpStream
from mitmproxy.proxy.layers.websocket import WebsocketLayer
from mitmproxy.proxy.utils import ReceiveBuffer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mitmproxy import http
    from mitmproxy.proxy.layer import Layer

_BELOW: Final = ("layer", "child_layer")


def socket_layer(flow: http.HTTPFlow) -> WebsocketLayer | None:
    """Return the layer that relays a flow's WebSocket."""
    return next((found for found in _layers(flow) if isinstance(found, WebsocketLayer)), None)


def bound_body(flow: http.HTTPFlow, limit: int) -> bool:
    """Keep an incoming body of at most `limit` bytes, and nothing of a longer one; False if that cannot be.

    mitmproxy holds a body back until it is whole, however long it grows, and answers only then. An earlier
    answer would reach few: many clients send all of it first, and mitmproxy's own 413 leaves them stuck.
    """
    stream = _stream(flow)
    if stream is None:
        return False
    stream.request_body_buf = _Bounded(limit)
    return True


def body_is_lost(flow: http.HTTPFlow) -> bool:
    """Tell whether the body was longer than it was bounded to, so that nothing was kept."""
    stream = _stream(flow)
    return (
        stream is not None and isinstance(stream.request_body_buf, _Bounded) and stream.request_body_buf.lost
    )


class _Bounded(ReceiveBuffer):
    """A buffer that empties itself when more than `limit` bytes come in, and then stays empty."""

    def __init__(self, limit: int) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.limit = limit
        self.lost = False

    def __iadd__(self, data: bytes) -> Self:
        if self.lost or len(self) + len(data) > self.limit:
            self.lost = True
            self.clear()  # type: ignore[no-untyped-call]
            return self
        super().__iadd__(data)
        return self


def _stream(flow: http.HTTPFlow) -> HttpStream | None:
    return next((found for found in _layers(flow) if isinstance(found, HttpStream)), None)


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
