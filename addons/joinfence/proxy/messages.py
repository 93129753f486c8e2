"""WebSocket messages: dropped before they reach the service, and answered in its place."""

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
    """The requests that opened the WebSockets that are open now, as the client sent them."""

    def __init__(self) -> None:
        """Start empty. A request is forgotten when its flow is."""
        self._requests: WeakKeyDictionary[http.HTTPFlow, Request] = WeakKeyDictionary()

    def remember(self, flow: http.HTTPFlow, request: Request) -> None:
        """Remember the request of a flow that asks for a WebSocket."""
        self._requests[flow] = request

    def get(self, flow: http.HTTPFlow) -> Request | None:
        """Return the request that opened a flow's WebSocket; None if the fence did not see it."""
        return self._requests.get(flow)


def client_message(flow: http.HTTPFlow) -> WebSocketMessage | None:
    """Return the message that a hook is called for; None unless the client itself sent it."""
    message = flow.websocket.messages[-1] if flow.websocket and flow.websocket.messages else None
    return (
        message if message and message.from_client and not message.injected and not message.dropped else None
    )


def drop(flow: http.HTTPFlow, dropped: Drop) -> None:
    """Drop the latest message, erase its content, and answer the client."""
    if message := client_message(flow):
        message.drop()
        message.content = b""
    for text in dropped.messages:
        ctx.master.commands.call("inject.websocket", flow, True, text.encode("utf-8", "replace"), True)  # noqa: FBT003
    if dropped.close is not None and not close(flow, dropped.close):
        logger.warning(
            "this version of mitmproxy cannot close a WebSocket: a refused message was dropped, "
            "and the socket stays open"
        )


# mitmproxy has no command to close a WebSocket: `flow.kill()` leaves it open, and only messages can be
# injected. So the layer that relays the socket is made to believe that the client sent a close frame, which
# it passes on to both sides as usual. Two things have to be right:
#
# - Order. The answers injected just before are still queued, and must be sent first. The layer receives
#   injected messages in order, so one more is injected as a cue, and the layer's event handler is wrapped
#   until it arrives. The cue is random, so that no other message can be mistaken for it.
# - Framing. The close is added to the events that wsproto has already parsed from the client's bytes
#   (`client_ws._events`), and not to the bytes: if only half of a frame has arrived, bytes added after it
#   would become part of that frame. Relaying an empty read then makes the layer process the parsed events.
def close(flow: http.HTTPFlow, status: int) -> bool:
    """Close a WebSocket towards client and service; False if the layer to do that cannot be found."""
    layer = socket_layer(flow)
    parsed = getattr(getattr(layer, "client_ws", None), "_events", None)
    if layer is None or parsed is None:
        return False
    relay, client = layer._handle_event, layer.context.client  # noqa: SLF001 - there is no public way
    cue = secrets.token_bytes(16)

    def relay_until_cue(event: Event) -> CommandGenerator[None]:
        if isinstance(event, WebSocketMessageInjected) and event.message.content == cue:
            layer._handle_event = relay  # noqa: SLF001
            parsed.append(CloseConnection(code=status))
            yield from relay(DataReceived(client, b""))
        else:
            yield from relay(event)

    layer._handle_event = relay_until_cue  # noqa: SLF001
    ctx.master.commands.call("inject.websocket", flow, True, cue, False)  # noqa: FBT003
    return True
