"""Requests crafted so that the fence and the server behind it read them differently."""

from __future__ import annotations

import socket
import ssl
from typing import TYPE_CHECKING

import h2.config
import h2.connection
import h2.events
import pytest

from tests.config_files import edit
from tests.e2e.harness import (
    AMERICA,
    GERMANY,
    PATIENCE,
    Fence,
    Upstream,
    make_config,
    read_answer,
    request_bytes,
    until,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.e2e

JOIN = "/api/meetings/townhall/join"
HIDDEN = request_bytes(JOIN, GERMANY, method="POST")
BODY = b'{"meeting": "townhall"}'

type Fields = list[tuple[bytes, bytes]]


# -- HTTP/1.1 ---------------------------------------------------------------------------------------


def post(*lines: bytes, body: bytes) -> bytes:
    """Return a join in the body, with extra header lines."""
    head = b"\r\n".join([b"POST /api/join HTTP/1.1", b"Host: x", b"X-Forwarded-For: 2003::1", *lines])
    return head + b"\r\n\r\n" + body


CHUNKED = b"%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY)


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(post(b"Transfer-Encoding: chunked, chunked", body=CHUNKED), id="chunked twice"),
        pytest.param(post(*[b"Transfer-Encoding: chunked"] * 2, body=CHUNKED), id="chunked in two lines"),
        pytest.param(post(b"Transfer-Encoding: xchunked", body=CHUNKED), id="an unknown transfer coding"),
        pytest.param(post(b"Transfer-Encoding : chunked", body=CHUNKED), id="a space before the colon"),
        pytest.param(post(b"Transfer-Encoding:\r\n chunked", body=CHUNKED), id="folded, RFC 9112 5.2"),
        pytest.param(
            post(b"Content-Length: 4", b"Transfer-Encoding: chunked", body=CHUNKED), id="both lengths"
        ),
        pytest.param(post(*[b"Content-Length: 23"] * 2, body=BODY), id="the same length twice"),
        pytest.param(
            post(b"Content-Length: 0", b"Content-Length: 23", body=BODY), id="two different lengths"
        ),
        pytest.param(post(b"Content-Length: 23, 23", body=BODY), id="a list of lengths"),
        pytest.param(post(b"Content-Length: +23", body=BODY), id="a signed length"),
        pytest.param(
            post(b"Transfer-Encoding: chunked", body=CHUNKED).replace(b"1.1", b"1.0", 1), id="HTTP/1.0"
        ),
        pytest.param(b"GET /join?meeting=townhall\r\n\r\n", id="HTTP/0.9"),
        pytest.param(HIDDEN.replace(b"POST ", b"POST x", 1), id="no leading slash"),
        pytest.param(HIDDEN.replace(b"join ", b"join x ", 1), id="a space in the target"),
        pytest.param(HIDDEN.replace(b"join ", b"join\0 ", 1), id="NUL in the target"),
        pytest.param(HIDDEN.replace(b"join ", b"join\x1c ", 1), id="a control character in the target"),
        pytest.param(HIDDEN.replace(b"POST /", b"POST ws://x/", 1), id="another scheme"),
        pytest.param(
            HIDDEN.replace(b"X-Forwarded-For:", b"X-Forwarded-For :"), id="a space after a header name"
        ),
        pytest.param(HIDDEN.replace(b"X-For", b"no colon\r\nX-For"), id="a line without a colon"),
        pytest.param(b"CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n" + HIDDEN, id="a tunnel"),
    ],
)
def test_an_ambiguous_request_is_answered_with_400(fence: Fence, upstream: Upstream, raw: bytes) -> None:
    assert fence.send(raw).status == 400
    assert upstream.received == b""


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(post(b"Transfer-Encoding: Chunked", body=CHUNKED), id="a coding with a capital"),
        pytest.param(
            post(b"Transfer-Encoding: chunked", body=CHUNKED.replace(b"\r\n", b";a=b\r\n", 1)),
            id="a chunk extension",
        ),
        pytest.param(HIDDEN.replace(b"1.1", b"1.0", 1), id="HTTP/1.0"),
        pytest.param(HIDDEN.replace(b"\r\n", b"\n"), id="bare line feeds"),
        pytest.param(HIDDEN.replace(b" ", b"\t\x0b", 2), id="tabs in the request line"),
        pytest.param(b" " + HIDDEN, id="a leading space"),
        pytest.param(HIDDEN.replace(b"POST /", b"POST HTTP://x/", 1), id="the absolute form"),
        pytest.param(HIDDEN.replace(b"X-For", b"X-A: a\rX-Forwarded-For: 9.9.9.9\r\nX-For"), id="a bare CR"),
        pytest.param(HIDDEN.replace(b"X-For", b"X-A: \0\r\nX-For"), id="NUL in a header"),
        pytest.param(
            HIDDEN.replace(b"X-For", b"Connection: X-Forwarded-For\r\nX-For"), id="a header for one hop"
        ),
        pytest.param(
            HIDDEN.replace(b"X-For", b"Connection: Upgrade\r\nUpgrade: websocket\r\nUpgrade: h2c\r\nX-For"),
            id="two upgrades",
        ),
    ],
)
def test_an_unusual_but_unambiguous_join_is_refused(fence: Fence, upstream: Upstream, raw: bytes) -> None:
    assert fence.send(raw).status == 451
    assert upstream.received == b""


def test_pipelined_requests_are_decided_one_by_one(fence: Fence, upstream: Upstream) -> None:
    harmless = request_bytes("/harmless", GERMANY, method="POST", body=HIDDEN)
    with fence.connection() as connection:
        connection.sendall(harmless + HIDDEN + request_bytes(JOIN, AMERICA, method="POST") + HIDDEN)
        statuses: list[int] = []
        with connection.makefile("rb") as answers:
            while len(statuses) < 4:
                statuses.append(int(answers.readline().split()[1]))
                length = 0
                while (line := answers.readline()) != b"\r\n":
                    if line.lower().startswith(b"content-length:"):
                        length = int(line.split(b":")[1])
                answers.read(length)
    assert statuses == [200, 451, 200, 451]
    # Once in the body of the harmless request, where it is only text, and once from America.
    assert upstream.received.count(JOIN.encode()) == 2


# -- HTTP/2 -----------------------------------------------------------------------------------------


def over_http_2(fence: Fence, fields: Fields, body: bytes | None = None) -> int:
    """Send a request unchanged over HTTP/2; return the status, or 0 if the connection was closed."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_alpn_protocols(["h2"])
    config = h2.config.H2Configuration(
        header_encoding=None, validate_outbound_headers=False, normalize_outbound_headers=False
    )
    connection = h2.connection.H2Connection(config)
    connection.initiate_connection()
    connection.send_headers(1, fields, end_stream=body is None)
    if body is not None:
        connection.send_data(1, body, end_stream=True)
    with context.wrap_socket(fence.connection()) as wire:
        wire.sendall(connection.data_to_send())
        return _status(wire, connection)


def _status(wire: socket.socket, connection: h2.connection.H2Connection) -> int:
    while data := wire.recv(1 << 16):
        for event in connection.receive_data(data):
            if isinstance(event, h2.events.ResponseReceived):
                return int(dict(event.headers)[b":status"])
            if isinstance(event, h2.events.ConnectionTerminated | h2.events.StreamReset):
                return 0
    return 0


def fields(
    path: bytes = JOIN.encode(), method: bytes = b"POST", *more: tuple[bytes, bytes], client: str = GERMANY
) -> Fields:
    names = [(b":method", method), (b":scheme", b"https"), (b":authority", b"x"), (b":path", path)]
    return [*names, (b"x-forwarded-for", client.encode()), *more]


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        pytest.param(fields(b"http://any.example" + JOIN.encode()), 400, id="the absolute form in :path"),
        pytest.param(fields(JOIN.encode()[1:]), 400, id="no slash in front"),
        pytest.param(fields(b"@x" + JOIN.encode()), 400, id="a part of an authority"),
        pytest.param(fields(JOIN.encode() + b" x"), 400, id="a space in :path"),
        pytest.param(fields(JOIN.encode() + b"\x0b"), 400, id="a tab in :path"),
        pytest.param(fields(b"/x", b"POST " + JOIN.encode()), 400, id="a target in :method"),
        pytest.param(fields(method=b""), 400, id="no method"),
        pytest.param(fields(b"/ HTTP/1.1\r\n\r\n" + HIDDEN), 0, id="a request in :path"),
        pytest.param(fields(b"/", HIDDEN + b"GET"), 0, id="a request in :method"),
        pytest.param(fields(b"/", b"GET", (b"x-a", b"\r\n\r\n" + HIDDEN)), 0, id="a request in a value"),
        pytest.param(fields(b"/", b"GET", (b"x-a: \r\n\r\n" + HIDDEN, b"")), 0, id="a request in a name"),
        pytest.param(fields(b"/", b"GET", (b":path", JOIN.encode())), 0, id="two paths"),
        pytest.param(fields(b"/", b"CONNECT"), 0, id="a tunnel"),
        pytest.param(
            fields(b"/ws/townhall", b"CONNECT", (b":protocol", b"websocket")), 0, id="RFC 8441: not supported"
        ),
        pytest.param(fields(b"/", b"GET", (b"upgrade", b"h2c")), 0, id="an upgrade"),
        pytest.param(fields(b"/", b"POST", (b"transfer-encoding", b"chunked")), 0, id="a transfer coding"),
    ],
)
def test_malformed_pseudo_headers_over_http_2_are_rejected(
    fence: Fence, upstream: Upstream, sent: Fields, status: int
) -> None:
    assert over_http_2(fence, sent) == status
    assert upstream.received == b""


@pytest.mark.parametrize(
    ("path", "body"),
    [(JOIN.encode(), None), (b"//api/%6deetings/townhall/join#x", None), (b"/api/join", BODY)],
    ids=["path", "another spelling", "body without a length"],
)
def test_a_covered_join_over_http_2_is_refused_and_any_other_passes(
    fence: Fence, upstream: Upstream, path: bytes, body: bytes | None
) -> None:
    assert over_http_2(fence, fields(path), body) == 451
    assert upstream.received == b""
    assert over_http_2(fence, fields(path, client=AMERICA), body) == 200
    assert upstream.received.endswith(body or b"\r\n\r\n")


@pytest.mark.parametrize("arguments", [(), ("--set", "stream_large_bodies=1")], ids=["held", "streamed"])
def test_a_body_without_a_length_over_http_2_does_not_become_a_request(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    # mitmproxy alone would pass it on without one, and the upstream would read it as the next request
    # (RFC 9112 6.3).
    upstream = Upstream()
    lazily = ("--set", "connection_strategy=lazy", *arguments)
    with Fence(tmp_path, upstream.port, make_config(tmp_path), lazily) as fence:
        for method in (b"POST", b"GET", b"DELETE"):
            upstream.connections.clear()
            assert over_http_2(fence, fields(b"/harmless", method), HIDDEN) == 200
            head, _, rest = upstream.received.partition(b"\r\n\r\n")
            assert b"content-length: %d" % len(HIDDEN) in head.lower()
            assert rest == HIDDEN
    upstream.close()


def test_a_body_longer_than_its_length_over_http_2_is_rejected(fence: Fence, upstream: Upstream) -> None:
    sent = fields(b"/", b"POST", (b"content-length", b"0"))
    assert over_http_2(fence, sent, HIDDEN) == 0
    assert upstream.received == b""


# -- options that bypass the fence ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "mode", "message"),
    [
        (("--set", "ignore_hosts=evil"), "reverse:http", "ignore_hosts lets requests bypass the fence"),
        (("--set", "allow_hosts=meet"), "reverse:http", "allow_hosts lets requests bypass the fence"),
        (
            ("--set", "validate_inbound_headers=false"),
            "reverse:http",
            "without validate_inbound_headers one request can hide",
        ),
        ((), "reverse:tcp", "there are no requests to decide on"),
        ((), "upstream:http", "a request after an empty line is not HTTP to mitmproxy"),
    ],
    ids=["ignore_hosts", "allow_hosts", "validate_inbound_headers", "no HTTP", "rawtcp"],
)
def test_options_that_bypass_the_fence_stop_the_start(
    tmp_path: Path, upstream: Upstream, arguments: tuple[str, ...], mode: str, message: str
) -> None:
    fence = Fence(
        tmp_path, upstream.port, make_config(tmp_path), arguments, mode=mode + "://127.0.0.1:{upstream}"
    )
    fence.start()
    try:
        assert until(lambda: fence.process.poll() is not None), fence.log
        assert fence.process.returncode != 0
        assert message in fence.log
    finally:
        fence.stop()
    assert upstream.received == b""


@pytest.mark.parametrize(
    ("front", "answered"),
    [(b"", True), (b" ", True), (b"\r\n", False)],
    ids=["nothing", "a blank", "an empty line"],
)
def test_a_tunnel_through_a_forward_proxy_hides_no_join(
    forward_fence: Fence, upstream: Upstream, front: bytes, answered: bool
) -> None:
    with forward_fence.connection() as connection:
        connection.sendall(b"CONNECT 127.0.0.1:%d HTTP/1.1\r\nHost: x\r\n\r\n" % upstream.port)
        assert connection.recv(1 << 16).startswith(b"HTTP/1.1 200 ")
        connection.sendall(front + HIDDEN)
        if answered:
            assert read_answer(connection).status == 451
        after = f"http://127.0.0.1:{upstream.port}/sent-after-it"
        assert forward_fence.get(after).status == 200
    assert b"/sent-after-it" in upstream.received
    assert JOIN.encode() not in upstream.received


@pytest.fixture(scope="module")
def forward_fence(tmp_path_factory: pytest.TempPathFactory, upstream: Upstream) -> Iterator[Fence]:
    folder = tmp_path_factory.mktemp("forward")
    config = make_config(folder)
    edit(config, "source: X-Forwarded-For", "source: peer")
    edit(config, '  trusted_proxies: [127.0.0.1/32, "::1/128"]\n', "")
    here = "corrections:\n  - {network: 127.0.0.1/32, territory: DE, on: 2026-11-01, reason: A test.}"
    edit(config.parent / "corrections.yaml", "corrections: []", here)
    with Fence(folder, upstream.port, config, ("--set", "rawtcp=false"), mode="regular") as it:
        yield it


# -- traces of an attempt ---------------------------------------------------------------------------


def test_a_join_that_mitmproxy_itself_rejects_leaves_no_trace(tmp_path: Path, upstream: Upstream) -> None:
    who, token = "2003:db:7f3a::beef", "planted-token-5c2"
    attempt = request_bytes(f"{JOIN}?token={token}", who, method="POST")
    odd = [
        attempt.replace(b"X-For", b"Content-Length: 1\r\nContent-Length: 2\r\nX-For"),
        attempt.replace(b"X-For", b"X-A : b\r\nX-For"),
        attempt.replace(b"X-For", f"no colon {token}\r\nX-For".encode()),
        attempt.replace(b" HTTP", b" x HTTP"),
        attempt.replace(b"POST /", b"POST ws://x/"),
    ]
    flows = tmp_path / "flows"
    peer = ("127.77.66.55", 0)
    with Fence(tmp_path, upstream.port, make_config(tmp_path), ("-v", "-w", str(flows))) as fence:
        for raw in odd:
            with socket.create_connection(
                ("127.0.0.1", fence.port), PATIENCE, source_address=peer
            ) as connection:
                connection.sendall(raw)
                assert read_answer(connection).status == 400
        with socket.create_connection(("127.0.0.1", fence.port), PATIENCE, source_address=peer) as connection:
            connection.sendall(attempt[:-4])
        assert until(lambda: "Client closed connection before completing" in fence.log)
        # The control: a request that joins no meeting under an order is written as usual.
        other = odd[0].replace(b"townhall", b"elsewhere").replace(who.encode(), AMERICA.encode())
        assert fence.send(other.replace(token.encode(), b"")).status == 400
        assert until(lambda: "meetings/elsewhere" in fence.log)
    written = fence.log.encode() + flows.read_bytes()
    assert [value for value in ("townhall", who, peer[0], token) if value.encode() in written] == []
    assert b"elsewhere" in flows.read_bytes()
