"""Flows to requests and answers to responses: the only sight the fence has of mitmproxy's types."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from mitmproxy import http

from joinfence.engine.values import Request
from joinfence.proxy.upstream_headers import UpstreamHeaders, rewritten

if TYPE_CHECKING:
    from datetime import datetime

    from joinfence.engine.client.resolve import ClientAddressPolicy
    from joinfence.refusal.answer import Answer

_SWITCHING_PROTOCOLS: Final = 101
_METHOD: Final = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_TARGET: Final = re.compile(rb"\*|/[^\x00-\x20\x7f]*")


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


def is_malformed(flow: http.HTTPFlow) -> bool:
    """Tell whether the upstream could read another method or target than we do.

    HTTP/2 carries both as free text, and mitmproxy writes that text into an HTTP/1.1 request line as it is. A
    target must start with a slash (RFC 9113 section 8.3.1): `http://any/path` would be read as `/path`.
    """
    data = flow.request.data
    return not (_METHOD.fullmatch(data.method) and _TARGET.fullmatch(data.path))


def response(answer: Answer, *, head: bool) -> http.Response:
    """Return an answer as mitmproxy sends it; to HEAD without a length, since nothing follows."""
    fields = [(name.encode("ascii"), value.encode("latin-1")) for name, value in answer.headers]
    made = http.Response.make(answer.status, answer.body, http.Headers(fields))
    if head:
        made.headers.pop("Content-Length", None)
    return made


def pass_on(
    flow: http.HTTPFlow, request: Request, policy: ClientAddressPolicy, mode: UpstreamHeaders
) -> None:
    """Let the meeting service see of the client's address what it is meant to."""
    if mode is not UpstreamHeaders.KEEP:
        fields = rewritten(flow.request.headers.fields, peer=request.peer, policy=policy, mode=mode)
        # HTTP/2 has no capitals in names (RFC 9113 section 8.2.1).
        small = flow.request.is_http2 or flow.request.is_http3
        flow.request.headers = http.Headers([(name.lower() if small else name, v) for name, v in fields])


def leave_http_closed(flow: http.HTTPFlow) -> None:
    """Drop an offer to leave HTTP for anything but a WebSocket.

    What follows an upgrade to h2c, say, is opaque to the proxy: joins would pass inside it. An offer is for
    one connection only, and an intermediary need not pass it on (RFC 9110 section 7.8).
    """
    headers = flow.request.headers
    # Most requests offer nothing, and looking through mitmproxy's headers by name costs ten times as much.
    if not any(name.lower() == b"upgrade" for name, _ in headers.fields):
        return
    if headers["upgrade"].strip().lower() != "websocket":
        for name in ("upgrade", "http2-settings"):
            headers.pop(name, None)


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
