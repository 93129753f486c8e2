"""Converts flows to requests, and carries out answers and header changes on flows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mitmproxy import http

from joinfence.engine.values import Request
from joinfence.proxy.layers import limit_body

if TYPE_CHECKING:
    from datetime import datetime

    from joinfence.engine.values import HeaderFields
    from joinfence.refusal.answer import Answer

_SWITCHING_PROTOCOLS: Final = 101


def read_request(flow: http.HTTPFlow, *, at: datetime, with_body: bool) -> Request:
    """Return the request of a flow as it was on the wire, with its encoded body. `at` is aware."""
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
    """Return an answer as a mitmproxy response; for HEAD without Content-Length, since no body follows."""
    fields = [(name.encode("ascii"), value.encode("latin-1")) for name, value in answer.headers]
    made = http.Response.make(answer.status, answer.body, http.Headers(fields))
    if head:
        made.headers.pop("Content-Length", None)
    return made


def respond(flow: http.HTTPFlow, answer: Answer) -> None:
    """Answer a request in place of the service, which receives nothing of it."""
    made = response(answer, head=flow.request.method == "HEAD")
    # mitmproxy crashes if a flow has a response while its request body is being streamed.
    flow.request.stream = False
    flow.response = made  # from here on it is refused, whatever else fails
    limit_body(flow, 0)  # mitmproxy waits for the whole body before it answers, but nobody needs it


def set_headers(flow: http.HTTPFlow, headers: HeaderFields) -> None:
    """Make these the header fields that the service receives."""
    if headers is not flow.request.headers.fields:
        # Field names are lower case in HTTP/2 (RFC 9113 section 8.2.1).
        lower = flow.request.is_http2 or flow.request.is_http3
        flow.request.headers = http.Headers([(name.lower() if lower else name, v) for name, v in headers])


def add_content_length(flow: http.HTTPFlow) -> None:
    """Set Content-Length on an HTTP/2 or HTTP/3 request with a body.

    HTTP/2 does not need it, and mitmproxy does not add it for an upstream that speaks HTTP/1.1. Such an
    upstream would read the body as another request, on which the gate has not decided (RFC 9112 section 6.3,
    RFC 9113 section 10.3).
    """
    request = flow.request
    if (request.is_http2 or request.is_http3) and request.raw_content:
        request.headers["Content-Length"] = str(len(request.raw_content))


def has_left_http(flow: http.HTTPFlow) -> bool:
    """Return whether the response switches the connection to another protocol than WebSocket."""
    if flow.response is None or flow.response.status_code != _SWITCHING_PROTOCOLS:
        return False
    to_websocket = str(flow.response.headers.get("upgrade", "")).lower() == "websocket"
    return not (to_websocket and flow.request.headers.get("sec-websocket-version", "") == "13")
