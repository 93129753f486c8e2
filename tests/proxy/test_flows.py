from __future__ import annotations

import pytest
from mitmproxy.test import tflow

from joinfence.engine.client.resolve import ClientAddressPolicy
from joinfence.engine.values import Request
from joinfence.proxy.flows import (
    has_left_http,
    is_malformed,
    leave_http_closed,
    pass_on,
    read_request,
    response,
    state_length,
)
from joinfence.proxy.upstream_headers import UpstreamHeaders
from joinfence.refusal.answer import Answer
from tests.factories import NOW


def test_a_request_is_read_as_it_stood_on_the_wire() -> None:
    flow = tflow.tflow()
    flow.client_conn.peername = ("127.0.0.1", 5)
    data = flow.request.data
    data.method, data.scheme, data.authority, data.path = b"post", b"https", b"Meet.example:443", b"//j/%31?x"
    flow.request.headers.fields = ((b"HOST", b"other"), (b"X", b"caf\xe9\r\n y"))
    data.content = b"body"
    expected = Request(
        method="post",
        scheme="https",
        hosts=("Meet.example:443", "other"),
        path=b"//j/%31?x",
        headers=((b"HOST", b"other"), (b"X", b"caf\xe9\r\n y")),
        body=b"body",
        peer="127.0.0.1",
        at=NOW,
    )
    assert read_request(flow, at=NOW, with_body=True) == expected
    assert read_request(flow, at=NOW, with_body=False).body is None


def test_no_body_is_an_empty_one_and_no_peer_is_none() -> None:
    flow = tflow.tflow()
    flow.request.data.content = None
    flow.client_conn.peername = None  # type: ignore[assignment]
    seen = read_request(flow, at=NOW, with_body=True)
    assert (seen.body, seen.peer) == (b"", None)


@pytest.mark.parametrize(
    ("method", "target", "malformed"),
    [
        (b"POST", b"/j/1?x", False),
        (b"get", b"/", False),
        (b"OPTIONS", b"*", False),
        (b"GET", "/cafe\u0301//%2e?\u00e0".encode(), False),
        (b"GET", b"http://any.example/j/1", True),
        (b"GET", b"j/1", True),
        (b"GET", b"", True),
        (b"GET", b"*/j/1", True),
        (b"GET", b"/j/1 HTTP/1.1", True),
        (b"GET", b"/j/1\t", True),
        (b"GET", b"/j/1\x0b", True),
        (b"GET", b"/j/1\0", True),
        (b"GET", b"/j/1\r\nX: y", True),
        (b"GET", b"/j/1\x7f", True),
        (b"GET /j/1", b"/", True),
        (b"", b"/", True),
        (b"GET\n", b"/", True),
    ],
)
def test_a_method_or_target_that_can_be_read_in_two_ways_is_malformed(
    method: bytes, target: bytes, malformed: bool
) -> None:
    flow = tflow.tflow()
    flow.request.data.method, flow.request.data.path = method, target
    assert is_malformed(flow) is malformed


@pytest.mark.parametrize(("head", "length"), [(False, "2"), (True, None)])
def test_an_answer_becomes_a_response(head: bool, length: str | None) -> None:
    made = response(Answer(status=451, headers=(("Link", "a"), ("Link", "b")), body=b"no"), head=head)
    assert (made.status_code, made.reason) == (451, "Unavailable For Legal Reasons")
    assert made.headers.get_all("Link") == ["a", "b"]
    assert made.headers.get("content-length") == length


@pytest.mark.parametrize(
    ("upgrade", "kept"), [("websocket", True), ("WebSocket", True), ("h2c", False), ("websocket, h2c", False)]
)
def test_only_a_websocket_is_offered_to_the_upstream(upgrade: str, kept: bool) -> None:
    flow = tflow.tflow()
    flow.request.headers["Upgrade"] = upgrade
    flow.request.headers["HTTP2-Settings"] = "x"
    leave_http_closed(flow)
    assert ("Upgrade" in flow.request.headers) is kept
    assert ("HTTP2-Settings" in flow.request.headers) is kept


@pytest.mark.parametrize(
    ("version", "body", "said", "length"),
    [
        pytest.param("HTTP/2.0", b"four", None, "4", id="HTTP/2 need not say it"),
        pytest.param("HTTP/3", b"four", "0", "4", id="nor say it right"),
        pytest.param("HTTP/2.0", b"", None, None, id="no body"),
        pytest.param("HTTP/2.0", None, "9", "9", id="a body that was streamed"),
        pytest.param("HTTP/1.1", b"four", None, None, id="chunked"),
    ],
)
def test_a_body_is_passed_on_with_its_length(
    version: str, body: bytes | None, said: str | None, length: str | None
) -> None:
    flow = tflow.tflow()
    flow.request.http_version, flow.request.raw_content = version, body
    flow.request.headers.pop("Content-Length", None)
    if said is not None:
        flow.request.headers["Content-Length"] = said
    state_length(flow)
    assert flow.request.headers.get("Content-Length") == length


@pytest.mark.parametrize(
    ("status", "upgrade", "version", "left"),
    [
        (200, "", "", False),
        (101, "websocket", "13", False),
        (101, "WebSocket", "13", False),
        (101, "websocket", "12", True),
        (101, "h2c", "13", True),
        (101, "", "13", True),
    ],
)
def test_whether_a_response_leaves_http(status: int, upgrade: str, version: str, left: bool) -> None:
    flow = tflow.tflow(resp=True)
    assert flow.response is not None
    flow.response.status_code = status
    flow.response.headers["Upgrade"] = upgrade
    flow.request.headers["Sec-WebSocket-Version"] = version
    assert has_left_http(flow) is left


def test_no_response_has_left_nothing() -> None:
    assert not has_left_http(tflow.tflow())


@pytest.mark.parametrize(
    ("mode", "expected"),
    [("keep", ["6.6.6.6"]), ("append", ["6.6.6.6, 5.5.5.5"]), ("replace", ["5.5.5.5"])],
)
def test_the_service_sees_of_the_client_what_it_is_meant_to(mode: str, expected: list[str]) -> None:
    flow = tflow.tflow()
    flow.client_conn.peername = ("5.5.5.5", 5)
    flow.request.headers["X-Forwarded-For"] = "6.6.6.6"
    before = flow.request.headers
    request = read_request(flow, at=NOW, with_body=False)
    pass_on(flow, request, ClientAddressPolicy(), UpstreamHeaders(mode))
    assert flow.request.headers.get_all("X-Forwarded-For") == expected
    assert (flow.request.headers is before) is (mode == "keep")


def test_names_are_written_small_for_http_2() -> None:
    flow = tflow.tflow()
    flow.client_conn.peername = ("5.5.5.5", 5)
    flow.request.http_version = "HTTP/2.0"
    request = read_request(flow, at=NOW, with_body=False)
    pass_on(flow, request, ClientAddressPolicy(), UpstreamHeaders.APPEND)
    assert (b"x-forwarded-for", b"5.5.5.5") in flow.request.headers.fields
