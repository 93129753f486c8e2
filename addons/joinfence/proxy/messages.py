"""WebSocket messages: kept from the service and answered in its stead."""

from __future__ import annotations

import logging
import secrets
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from mitmproxy import ctx
from mitmproxy.proxy.events import DataReceived
from mitmproxy.proxy.layers.websocket import WebSocketMessageInjected
from wsproto.events import CloseConnection

from joinfence.proxy.layers import socket_layer

if TYPE_CHECKING:
    from mitmproxy import http
    from mitmproxy.proxy.events import Event
    from mitmproxy.proxy.layer import CommandGenerator
    from mitmproxy.websocket import WebSocketMessage

    from joinfence.engine.values import Request
    from joinfence.refusal.service_answers import Drop

logger = logging.getLogger("joinfence")


class Handshakes:
    """The requests that opened the WebSockets which are open now, as they came in."""

    def __init__(self) -> None:
        """Start with none; one is forgotten with its flow."""
        self._requests: WeakKeyDictionary[http.HTTPFlow, Request] = WeakKeyDictionary()

    def keep(self, flow: http.HTTPFlow, request: Request) -> None:
        """Remember the request of a flow that asks for a WebSocket."""
        self._requests[flow] = request

    def of(self, flow: http.HTTPFlow) -> Request | None:
        """Return the request that opened a flow's WebSocket, None if it was opened before the fence stood."""
        return self._requests.get(flow)


def latest(flow: http.HTTPFlow) -> WebSocketMessage | None:
    """Return the message a hook is called for, None if it is no client's own."""
    message = flow.websocket.messages[-1] if flow.websocket and flow.websocket.messages else None
    return (
        message if message and message.from_client and not message.injected and not message.dropped else None
    )


def drop(flow: http.HTTPFlow, dropped: Drop) -> None:
    """Keep the latest message from the service, with nothing of what it said, and answer the client."""
    if message := latest(flow):
        message.drop()
        message.content = b""
    for text in dropped.messages:
        ctx.master.commands.call("inject.websocket", flow, True, text.encode("utf-8", "replace"), True)  # noqa: FBT003
    if dropped.close is not None and not close(flow, dropped.close):
        logger.warning(
            "this version of mitmproxy cannot close a WebSocket: a refused message was dropped, "
            "and the socket stays open"
        )


def close(flow: http.HTTPFlow, status: int) -> bool:
    """Close a WebSocket in both directions; False if this mitmproxy has changed where that is done.

    There is no command for it. The layer that relays the socket is made to take the next message that we
    inject for the client's closing, so that all that was injected before still goes out. It is put among what
    has been read and not among the bytes: half a frame of the client's may have come, and would swallow it.
    """
    layer = socket_layer(flow)
    read = getattr(getattr(layer, "client_ws", None), "_events", None)
    if layer is None or read is None:
        return False
    relay, client = layer._handle_event, layer.context.client  # noqa: SLF001 - what there is no command for
    cue = secrets.token_bytes(16)

    def relay_or_close(event: Event) -> CommandGenerator[None]:
        if isinstance(event, WebSocketMessageInjected) and event.message.content == cue:
            layer._handle_event = relay  # noqa: SLF001
            read.append(CloseConnection(code=status))
            yield from relay(DataReceived(client, b""))
        else:
            yield from relay(event)

    layer._handle_event = relay_or_close  # noqa: SLF001
    ctx.master.commands.call("inject.websocket", flow, True, cue, False)  # noqa: FBT003
    return True
