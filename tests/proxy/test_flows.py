from __future__ import annotations

import pytest
from mitmproxy.test import tflow

from joinfence.engine.values import Request
from joinfence.proxy.flows import (
    add_content_length,
    has_left_http,
    read_request,
    respond,
    response,
    set_headers,
)
from joinfence.refusal.answer import Answer
from tests.factories import NOW


def test_a_request_is_read_as_it_was_on_the_wire() -> None:
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


def test_a_missing_body_is_empty_and_a_missing_peer_is_none() -> None:
    flow = tflow.tflow()
    flow.request.data.content = None
    flow.client_conn.peername = None  # type: ignore[assignment]
    seen = read_request(flow, at=NOW, with_body=True)
    assert (seen.body, seen.peer) == (b"", None)


@pytest.mark.parametrize(("head", "length"), [(False, "2"), (True, None)])
def test_an_answer_becomes_a_response(head: bool, length: str | None) -> None:
    made = response(Answer(status=451, headers=(("Link", "a"), ("Link", "b")), body=b"no"), head=head)
    assert (made.status_code, made.reason) == (451, "Unavailable For Legal Reasons")
    assert made.headers.get_all("Link") == ["a", "b"]
    assert made.headers.get("content-length") == length


@pytest.mark.parametrize(
    ("version", "body", "sent", "length"),
    [
        pytest.param("HTTP/2.0", b"four", None, "4", id="HTTP/2 without a length"),
        pytest.param("HTTP/3", b"four", "0", "4", id="HTTP/3 with a wrong length"),
        pytest.param("HTTP/2.0", b"", None, None, id="no body"),
        pytest.param("HTTP/2.0", None, "9", "9", id="the body was streamed"),
        pytest.param("HTTP/1.1", b"four", None, None, id="chunked"),
    ],
)
def test_http_2_and_3_bodies_get_a_content_length(
    version: str, body: bytes | None, sent: str | None, length: str | None
) -> None:
    flow = tflow.tflow()
    flow.request.http_version, flow.request.raw_content = version, body
    flow.request.headers.pop("Content-Length", None)
    if sent is not None:
        flow.request.headers["Content-Length"] = sent
    add_content_length(flow)
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


def test_without_a_response_http_has_not_been_left() -> None:
    assert not has_left_http(tflow.tflow())


def test_header_fields_are_replaced_only_if_they_differ() -> None:
    flow = tflow.tflow()
    before = flow.request.headers
    set_headers(flow, flow.request.headers.fields)
    assert flow.request.headers is before
    set_headers(flow, ((b"X-Forwarded-For", b"5.5.5.5"), (b"x", b"caf\xe9")))
    assert flow.request.headers.fields == ((b"X-Forwarded-For", b"5.5.5.5"), (b"x", b"caf\xe9"))


def test_field_names_are_lower_case_in_http_2() -> None:
    flow = tflow.tflow()
    flow.request.http_version = "HTTP/2.0"
    set_headers(flow, ((b"X-Forwarded-For", b"5.5.5.5"),))
    assert flow.request.headers.fields == ((b"x-forwarded-for", b"5.5.5.5"),)


def test_an_answered_request_is_not_streamed_upstream() -> None:
    flow = tflow.tflow()
    flow.request.stream = True
    respond(flow, Answer(status=451, headers=(), body=b"no"))
    assert flow.response is not None
    assert (flow.response.status_code, flow.request.stream) == (451, False)
