"""Access to mitmproxy's protocol layers, for two things that it has no public API for.

Closing a WebSocket needs the layer that relays it, and limiting a request body needs the layer that collects
it. mitmproxy's addon `proxyserver` holds a tree of layers for each client connection: layers have their
children in `layer`, `child_layer` or (one for each request of a connection) `streams`, and a layer that
handles a flow has it in `flow`. All of these are internals of mitmproxy. If a release has changed them,
nothing is found, and each function says what it returns then.
"""

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
    """Return the layer that relays a flow's WebSocket; None if it cannot be found."""
    return next((found for found in _layers(flow) if isinstance(found, WebsocketLayer)), None)


def limit_body(flow: http.HTTPFlow, limit: int) -> bool:
    """Keep an incoming body of at most `limit` bytes, and nothing of a longer one.

    Returns False if the layer cannot be found; the body is then kept whole.

    While a body is held back, mitmproxy collects all of it, whatever its size, and answers only when it is
    complete. Answering sooner would not help: many clients do not read the response until they have sent the
    whole body, and mitmproxy's own 413 leaves them hanging. So the body is read to its end and discarded.
    """
    stream = _stream(flow)
    if stream is None:
        return False
    stream.request_body_buf = _LimitedBuffer(limit)
    return True


def body_too_large(flow: http.HTTPFlow) -> bool:
    """Return whether the body exceeded the limit set by `limit_body`, so that nothing of it was kept."""
    stream = _stream(flow)
    buffer = stream and stream.request_body_buf
    return isinstance(buffer, _LimitedBuffer) and buffer.exceeded


class _LimitedBuffer(ReceiveBuffer):
    """A buffer that empties itself once more than `limit` bytes have come in, and then stays empty."""

    def __init__(self, limit: int) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.limit = limit
        self.exceeded = False

    def __iadd__(self, data: bytes) -> Self:
        if self.exceeded or len(self) + len(data) > self.limit:
            self.exceeded = True
            self.clear()  # type: ignore[no-untyped-call]
            return self
        super().__iadd__(data)
        return self


def _stream(flow: http.HTTPFlow) -> HttpStream | None:
    return next((found for found in _layers(flow) if isinstance(found, HttpStream)), None)


def _layers(flow: http.HTTPFlow) -> Iterator[Layer]:
    """Yield the layers that handle this flow; its connection may carry other flows as well."""
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
