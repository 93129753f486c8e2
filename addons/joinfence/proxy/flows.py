"""Flows to requests and answers to responses: the only sight the fence has of mitmproxy's types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mitmproxy import http

from joinfence.engine.values import Request
from joinfence.proxy.layers import bound_body

if TYPE_CHECKING:
    from datetime import datetime

    from joinfence.engine.values import HeaderFields
    from joinfence.refusal.answer import Answer

_SWITCHING_PROTOCOLS: Final = 101


def read_request(flow: http.HTTPFlow, *, at: datetime, with_body: bool) -> Request:
    """Return the request of a flow as it stood on the wire; the body as it was sent. `at` is aware."""
    data = flow.request.data
    hosts = [data.authority] if data.authority else []
    hosts += [value for name, value in data.headers.fields if name.lower() == b"host"]
    return Request(
        method=data.method.decode("latin-1"),
        scheme=data.scheme.decode("latin-1"),
        hosts=tuple(host.decode("latin-1") for host in hosts),
        path=data.path,
        headers=data.headers.fields,
        body=(data.content or b"") if with_body else None,
        peer=flow.client_conn.peername[0] if flow.client_conn.peername else None,
        at=at,
    )


def response(answer: Answer, *, head: bool) -> http.Response:
    """Return an answer as mitmproxy sends it; to HEAD without a length, since nothing follows."""
    fields = [(name.encode("ascii"), value.encode("latin-1")) for name, value in answer.headers]
    made = http.Response.make(answer.status, answer.body, http.Headers(fields))
    if head:
        made.headers.pop("Content-Length", None)
    return made


def respond(flow: http.HTTPFlow, answer: Answer) -> None:
    """Answer a request in the service's stead, without handing on anything of it."""
    # A response beside a streamed request body would crash mitmproxy.
    flow.request.stream = False
    bound_body(flow, 0)  # mitmproxy answers when the body has come, and nobody needs it any more
    flow.response = response(answer, head=flow.request.method == "HEAD")


def send_headers(flow: http.HTTPFlow, headers: HeaderFields) -> None:
    """Have the service get these header fields."""
    if headers is not flow.request.headers.fields:
        # HTTP/2 has no capitals in names (RFC 9113 section 8.2.1).
        small = flow.request.is_http2 or flow.request.is_http3
        flow.request.headers = http.Headers([(name.lower() if small else name, v) for name, v in headers])


def state_length(flow: http.HTTPFlow) -> None:
    """Give a body the length it came without.

    HTTP/2 needs none, and mitmproxy adds none for an upstream that speaks HTTP/1.1. There the body would be
    read as a request of its own, on which nobody has decided (RFC 9112 section 6.3, RFC 9113 section 10.3).
    """
    request = flow.request
    if (request.is_http2 or request.is_http3) and request.raw_content:
        request.headers["Content-Length"] = str(len(request.raw_content))


def has_left_http(flow: http.HTTPFlow) -> bool:
    """Tell whether the upstream's response ends HTTP on this connection without opening a WebSocket."""
    if flow.response is None or flow.response.status_code != _SWITCHING_PROTOCOLS:
        return False
    to_websocket = str(flow.response.headers.get("upgrade", "")).lower() == "websocket"
    return not (to_websocket and flow.request.headers.get("sec-websocket-version", "") == "13")
