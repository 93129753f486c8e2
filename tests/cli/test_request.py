"""Options become the request that the proxy would read, and anything that could not be sent is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import typer
from mitmproxy.test import tflow

from joinfence.cli.request import make_request
from joinfence.engine.joins.rules import is_websocket_upgrade
from joinfence.proxy.flows import read_request
from tests.factories import NOW

if TYPE_CHECKING:
    from joinfence.engine.values import Request


def made(
    url: str = "http://meet.example/",
    *lines: str,
    peer: str = "127.0.0.1",
    method: str | None = None,
    body: bytes | None = None,
) -> Request:
    return make_request(url=url, peer=peer, lines=list(lines), method=method, body=body, at=NOW)


@pytest.mark.parametrize(
    ("url", "host", "path"),
    [
        ("http://meet.example/j/1?x=1", "meet.example", b"/j/1?x=1"),
        ("http://meet.example:8080//j/%31", "meet.example:8080", b"//j/%31"),
        ("http://meet.example?x", "meet.example", b"/?x"),
        ("http://meet.example", "meet.example", b"/"),
        ("http://meet.example/\xe9", "meet.example", "/\xe9".encode()),
        ("http://me:secret@meet.example/j/1", "meet.example", b"/j/1"),
        ("http://meet.example#x", "meet.example", b"/#x"),
    ],
)
def test_a_url_becomes_the_host_and_path_that_the_proxy_would_see(url: str, host: str, path: bytes) -> None:
    flow = tflow.tflow()
    flow.request.data.method = b"GET"
    flow.request.data.scheme = b"http"
    flow.request.data.authority = b""
    flow.request.data.path = path
    flow.request.headers.clear()
    flow.request.headers["Host"] = host
    flow.request.headers["X-Forwarded-For"] = "2003::1"
    flow.request.data.content = b""
    seen = read_request(flow, at=NOW, with_body=True)
    assert made(url, "X-Forwarded-For: 2003::1") == seen


@pytest.mark.parametrize(
    ("method", "body", "sent"),
    [
        (None, None, "GET"),
        (None, b"", "POST"),
        (None, b"{}", "POST"),
        ("PUT", b"{}", "PUT"),
        ("HEAD", None, "HEAD"),
    ],
)
def test_the_method_defaults_to_post_with_a_body(method: str | None, body: bytes | None, sent: str) -> None:
    assert made(method=method, body=body).method == sent


def test_a_host_line_replaces_the_host_of_the_url() -> None:
    request = made("http://127.0.0.1:8080/j/1", "host: meet.example")
    assert request.hosts == ("meet.example",)
    assert [name for name, _ in request.headers] == [b"host"]


@pytest.mark.parametrize(("url", "scheme"), [("ws://m/ws/1", "http"), ("WSS://m/ws/1", "https")])
def test_a_websocket_url_requests_a_websocket(url: str, scheme: str) -> None:
    request = made(url)
    assert request.scheme == scheme
    assert is_websocket_upgrade(request)
    assert not is_websocket_upgrade(made("http://m/ws/1"))


def test_an_explicit_upgrade_header_is_not_added_again() -> None:
    request = made("ws://m/ws/1", "Upgrade: WebSocket")
    assert [value for name, value in request.headers if name.lower() == b"upgrade"] == [b"WebSocket"]


def test_a_header_value_may_contain_any_bytes_and_be_folded() -> None:
    request = made("http://m/", "X-Forwarded-For:  \udcff,\r\n 2003::1 ")
    assert request.headers[-1] == (b"X-Forwarded-For", b"\xff,\r\n 2003::1")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"url": "meet.example/j/1"}, '--url: found "meet.example/j/1", expected an address such as https://meet.example/j/123'),
        ({"url": "ftp://meet.example/"}, '--url: found "ftp://meet.example/", expected an address such as https://meet.example/j/123'),
        ({"url": "https:///j/1"}, '--url: found "https:///j/1", expected an address such as https://meet.example/j/123'),
        ({"url": "https://b\xfccher.example/"}, '--url: found the host "b\xfccher.example", expected it in ASCII, such as xn--bcher-kva.example'),
        ({"url": "https://m/a b"}, '--url: found "https://m/a b", expected blanks and control characters percent-encoded'),
        ({"url": "https://m/a\nb"}, '--url: found "https://m/a\\nb", expected blanks and control characters percent-encoded'),
        ({"line": "nothing"}, "--header: found \"nothing\", expected 'Name: value'"),
        ({"line": "a b: c"}, "--header: found \"a b: c\", expected 'Name: value'"),
        ({"line": "A: b\nC: d"}, "--header: found \"A: b\\nC: d\", expected 'Name: value'"),
        ({"line": "A: \0"}, "--header: found \"A: \\x00\", expected 'Name: value'"),
        ({"method": "GET /"}, '--method: found "GET /", expected a method such as GET'),
        ({"peer": "meet.example"}, '--peer: found "meet.example", expected an IP address such as 192.0.2.1 or 2001:db8::1'),
    ],
)  # fmt: skip
def test_options_that_could_not_be_sent_are_refused_with_what_is_expected(
    arguments: dict[str, str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [arguments.pop("line")] if "line" in arguments else []
    url = arguments.pop("url", "http://m/")
    with pytest.raises(typer.Exit) as caught:
        made(url, *lines, **arguments)  # type: ignore[arg-type]
    assert caught.value.exit_code == 2
    assert capsys.readouterr().err == message + "\n"
