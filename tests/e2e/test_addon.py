"""The fence in a real mitmdump: what is refused, what passes, and that nothing else is touched."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import websockets.sync.client
from websockets.exceptions import InvalidStatus

from tests.e2e.harness import (
    AMERICA,
    GERMANY,
    PATIENCE,
    Fence,
    Upstream,
    free_port,
    make_config,
    read_answer,
    request_bytes,
    running,
    until,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).parents[2]
JOIN = "/api/meetings/townhall/join"


def test_a_covered_join_is_refused_before_the_upstream_sees_anything(
    fence: Fence, upstream: Upstream
) -> None:
    answer = fence.get(JOIN, method="POST")
    assert answer.status == 451
    assert json.loads(answer.body)["order_id"] == "DE-2026-0001"
    assert upstream.received == b""


@pytest.mark.parametrize(
    "target",
    [
        "/api/meetings/townhall/join",
        "/api/meetings/townhall/join/",
        "//api///meetings/townhall/join",
        "/api/./meetings/x/../townhall/join",
        "/%61pi/meetings/%74ownhall/join",
        "/x/%2e%2e/api/meetings/townhall/join",
        "/api/meetings/townhall/join?x=1",
        "/api/meetings/townhall/join;v=1",
        "/api/meetings/townhall/join#x",
        "/api\\meetings\\townhall\\join",
        "/api/meetings/townhall/join%00.png",
        "/api/meetings/townhall%2Fjoin",
        "http://other.example/api/meetings/townhall/join",
        "/join?meeting=townhall",
        "/join?meeting=x&meeting=townhall",
        "/join?meeting=townhall&meeting=x",
        "/join?%6deeting=town%68all",
        "/join?meeting=townhall#x",
        "/ws/townhall",
        "/j/987-6543-2101",
        "/wc/join/98765432101",
        "/wc/98765432101/join?pwd=x",
    ],
)
@pytest.mark.parametrize("method", ["POST", "post"])
def test_a_covered_join_is_refused_however_it_is_written(
    fence: Fence, upstream: Upstream, target: str, method: str
) -> None:
    assert fence.get(target, method=method).status == 451
    assert upstream.received == b""


@pytest.mark.parametrize(
    ("target", "client"),
    [
        pytest.param("/api/meetings/open-lecture/join", GERMANY, id="another meeting"),
        pytest.param(JOIN, AMERICA, id="another country"),
        pytest.param("/api/meetings/townhall/participants", GERMANY, id="not a join"),
        pytest.param("/api/meetings/townhall-2/join", GERMANY, id="a meeting whose id has the same prefix"),
    ],
)
def test_a_request_that_no_order_covers_reaches_the_upstream_unchanged(
    fence: Fence, upstream: Upstream, target: str, client: str
) -> None:
    extra = {"X-Odd": "a  b", "Accept": "*/*", "x-lower": "1"}
    body = bytes(range(256)) * 4
    answer = fence.post(target, body, client, extra)
    assert (answer.status, answer.body) == (200, b"upstream")
    sent = request_bytes(target, client, method="POST", body=body, headers=extra)
    # mitmproxy itself writes the upstream into Host, with or without the fence.
    expected = sent.replace(b"Host: meet.example", f"Host: 127.0.0.1:{upstream.port}".encode())
    head, _, rest = upstream.received.partition(b"\r\n\r\n")
    assert sorted(head.split(b"\r\n")) == sorted(expected.partition(b"\r\n\r\n")[0].split(b"\r\n"))
    assert rest == body


def test_options_requests_pass_so_that_cors_preflights_work(fence: Fence) -> None:
    assert fence.get(JOIN, method="OPTIONS").status == 200


def test_head_gets_the_headers_of_the_refusal_and_no_body(fence: Fence) -> None:
    with fence.connection() as connection:
        connection.sendall(request_bytes("/j/98765432101", GERMANY, method="HEAD"))
        answer = read_answer(connection, head=True)
        assert (answer.status, "link" in answer.headers, "content-length" in answer.headers) == (
            451,
            True,
            False,
        )
        connection.sendall(request_bytes("/", GERMANY))
        assert read_answer(connection).body == b"upstream"


def test_each_request_of_a_connection_is_decided_separately(fence: Fence) -> None:
    with fence.connection() as connection:
        statuses = []
        for client in (GERMANY, AMERICA, GERMANY):
            connection.sendall(request_bytes(JOIN, client, method="POST"))
            statuses.append(read_answer(connection).status)
    assert statuses == [451, 200, 451]


def test_forwarding_headers_that_a_client_forges_change_nothing(fence: Fence) -> None:
    assert fence.get(JOIN, f"{AMERICA}, {GERMANY}", method="POST").status == 451
    assert fence.get(JOIN, f"{GERMANY}, {AMERICA}", method="POST").status == 200


def test_a_join_in_the_body_is_held_back_until_it_is_decided(fence: Fence, upstream: Upstream) -> None:
    body = b'{"meeting": "open-lecture", "name": "A"}'
    for meeting, status in ((b"open-lecture", 200), (b"townhall", 451)):
        upstream.connections.clear()
        text = body.replace(b"open-lecture", meeting)
        raw = request_bytes("/api/join", GERMANY, method="POST", body=text)
        with fence.connection() as connection:
            connection.sendall(raw[:-10])
            assert fence.get("/sent-after-it").status == 200
            assert b"/api/join" not in upstream.received
            connection.sendall(raw[-10:])
            assert read_answer(connection).status == status
        assert upstream.received.endswith(text) == (status == 200)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"meeting": "townhall"}', 451),
        (b'{"meeting": "x", "meeting": "townhall"}', 451),
        (b'{"meeting": "townhall", "meeting": "x"}', 451),
        (b'{"meeti\\u006eg": "townhall"}', 451),
        (b'\xef\xbb\xbf {"meeting" : "townhall"}\n', 451),
        (b'{"meeting": "x"}', 200),
        (b'{"name": "townhall"}', 200),
        (b'{"x": "\xed\xa0\x80", "meeting": "townhall"}', 451),
        ('{"meeting": "townhall"}'.encode("utf-16"), 451),
        (b"no JSON townhall", 400),
        (b"[" * 100_000, 400),
    ],
)
@pytest.mark.parametrize("kind", ["application/json", "text/plain"])
def test_a_body_is_read_whatever_its_content_type(fence: Fence, body: bytes, status: int, kind: str) -> None:
    assert fence.post("/api/join", body, headers={"Content-Type": kind}).status == status


@pytest.mark.parametrize(("coding", "window"), [("gzip", 31), ("deflate", 15), ("deflate", -15)])
def test_a_compressed_body_is_read_too(fence: Fence, upstream: Upstream, coding: str, window: int) -> None:
    body = zlib.compress(b'{"meeting": "townhall"}', wbits=window)
    assert fence.post("/api/join", body, headers={"Content-Encoding": coding}).status == 451
    assert upstream.received == b""
    assert fence.post("/api/join", body, AMERICA, {"Content-Encoding": coding}).status == 200
    assert upstream.received.endswith(body)


def test_a_chunked_body_is_read_too(fence: Fence, upstream: Upstream) -> None:
    raw = request_bytes("/api/join", GERMANY, method="POST", headers={"Transfer-Encoding": "chunked"})
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (b'{"meet', b'ing": "town', b'hall"}'))
    assert fence.send(raw + chunks + b"0\r\n\r\n").status == 451
    assert upstream.received == b""


def test_an_upgrade_to_another_protocol_is_not_passed_on(fence: Fence, upstream: Upstream) -> None:
    headers = {
        "Connection": "Upgrade, HTTP2-Settings",
        "Upgrade": "h2c",
        "HTTP2-Settings": "AAMAAABkAAQAAP__",
    }
    assert fence.get("/", headers=headers).status == 200
    assert b"h2c" not in upstream.received
    assert b"http2-settings:" not in upstream.received.lower()


@pytest.mark.parametrize(
    ("target", "version"),
    [("/switch", "13"), ("/switch-ws", "12")],
    ids=["not a WebSocket", "a wrong version"],
)
def test_if_the_upstream_leaves_http_anyway_the_connection_is_closed(
    fence: Fence, upstream: Upstream, target: str, version: str
) -> None:
    headers = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": version}
    with fence.connection() as connection:
        connection.sendall(request_bytes(target, GERMANY, headers=headers))
        assert read_answer(connection).status != 101
        hidden = request_bytes(JOIN, GERMANY, method="POST")
        with contextlib.suppress(ConnectionError, TimeoutError):
            connection.sendall(hidden)
            assert connection.recv(1 << 16) == b""
    assert JOIN.encode() not in upstream.received


def test_http_2_without_tls_does_not_reach_the_upstream(fence: Fence, upstream: Upstream) -> None:
    preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\x00\x00\x00\x04\x00\x00\x00\x00\x00"
    with fence.connection() as connection:
        connection.sendall(preface)
        assert fence.get("/sent-after-it").status == 200
    assert b"/sent-after-it" in upstream.received
    assert b"SM" not in upstream.received


def test_a_refusal_is_in_the_reader_s_language_and_readable_across_origins(fence: Fence) -> None:
    headers = {"Accept": "text/html", "Accept-Language": "de", "Origin": "https://app.example"}
    answer = fence.get("/j/98765432101", headers=headers)
    assert (answer.status, answer.headers["content-language"]) == (451, "de, en")
    assert answer.headers["access-control-allow-origin"] == "https://app.example"
    assert "98765432101" not in answer.body.decode()


def test_http_2_over_tls(tmp_path: Path, upstream: Upstream) -> None:
    # Connected eagerly, mitmproxy mirrors the upstream's protocol, and this one speaks HTTP/1.1 only.
    lazily = ("--set", "connection_strategy=lazy")
    with Fence(tmp_path, upstream.port, make_config(tmp_path), lazily) as fence:
        told = {}
        for client in (GERMANY, AMERICA):
            command = [
                "curl",
                "-ks",
                "--http2",
                "-X",
                "POST",
                "-H",
                f"X-Forwarded-For: {client}",
                "-o",
                "/dev/null",
            ]
            command += ["-w", "%{http_version} %{http_code}", f"https://127.0.0.1:{fence.port}{JOIN}"]
            told[client] = subprocess.run(
                command, capture_output=True, text=True, check=True, timeout=PATIENCE
            ).stdout
    assert told == {GERMANY: "2 451", AMERICA: "2 200"}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    port = free_port()
    command = [sys.executable, "-u", str(ROOT / "scripts" / "demo_service.py"), "--port", str(port)]
    with running(command, "listening on", tmp_path_factory.mktemp("service") / "log"):
        yield port


@pytest.fixture(scope="module")
def service_fence(tmp_path_factory: pytest.TempPathFactory, service: int) -> Iterator[Fence]:
    folder = tmp_path_factory.mktemp("before-service")
    with Fence(folder, service, make_config(folder)) as fence:
        yield fence


def test_a_websocket_is_refused_at_its_upgrade(service_fence: Fence) -> None:
    url = f"ws://127.0.0.1:{service_fence.port}/ws/townhall"
    with pytest.raises(InvalidStatus) as caught:
        websockets.sync.client.connect(url, additional_headers={"X-Forwarded-For": GERMANY}, proxy=None)
    assert caught.value.response.status_code == 451
    assert b"DE-2026-0001" in (caught.value.response.body or b"")


def test_a_websocket_that_no_order_covers_is_opened(service_fence: Fence) -> None:
    url = f"ws://127.0.0.1:{service_fence.port}/ws/townhall"
    with websockets.sync.client.connect(
        url, additional_headers={"X-Forwarded-For": AMERICA}, proxy=None
    ) as socket_:
        socket_.send("hello")
        assert socket_.recv(timeout=PATIENCE) == "hello"


def test_a_participant_stays_connected_when_an_order_comes_into_force(tmp_path: Path, service: int) -> None:
    config = make_config(tmp_path)
    order = config.parent / "orders" / "DE-2026-0001.yaml"
    away = order.rename(tmp_path / "order.yaml")
    with Fence(tmp_path, service, config) as fence:
        url = f"ws://127.0.0.1:{fence.port}/ws/townhall"
        with websockets.sync.client.connect(
            url, additional_headers={"X-Forwarded-For": GERMANY}, proxy=None
        ) as inside:
            away.rename(order)
            assert until(lambda: fence.get(JOIN, method="POST").status == 451)
            inside.send("still here")
            assert inside.recv(timeout=PATIENCE) == "still here"
        people = json.loads(fence.get("/api/meetings/townhall/participants").body)["participants"]
        assert isinstance(people, list)


def test_concurrent_requests_get_their_own_answers(fence: Fence) -> None:
    wrong: list[int] = []

    def ask(client: str, status: int) -> None:
        wrong.extend(s for _ in range(10) if (s := fence.get(JOIN, client, method="POST").status) != status)

    threads = [threading.Thread(target=ask, args=pair) for pair in [(GERMANY, 451), (AMERICA, 200)] * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
