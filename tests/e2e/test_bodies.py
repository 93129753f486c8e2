"""Bodies that a rule reads: held back until they can be decided on, and no further than the rule reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.harness import GERMANY, Fence, Upstream, make_config, read_answer

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.e2e

LIMIT = 65_536
JOIN = b'{"meeting": "townhall", "x": "%s"}'


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    it = Upstream()
    yield it
    it.close()


@pytest.fixture
def fence(tmp_path: Path, upstream: Upstream) -> Iterator[Fence]:
    with Fence(tmp_path, upstream.port, make_config(tmp_path)) as it:
        yield it


def test_a_body_that_announces_more_than_is_read_is_refused_and_not_held(
    fence: Fence, upstream: Upstream
) -> None:
    assert fence.post("/api/join", b" " * (LIMIT + 1)).status == 400
    head = f"POST /api/join HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: {GERMANY}\r\nContent-Length: 9999999999\r\n\r\n"
    with fence.connection() as connection:
        connection.sendall(head.encode() + b" " * ((1 << 20) + 1))  # and never the rest
        assert read_answer(connection).status == 413
    assert upstream.received == b""


def chunked(connection: socket.socket, sizes: list[int]) -> None:
    head = f"POST /api/join HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: {GERMANY}\r\nTransfer-Encoding: chunked\r\n\r\n"
    connection.sendall(head.encode())
    for size in sizes:
        connection.sendall(b"%x\r\n%s\r\n" % (size, b" " * size))


def test_a_body_that_announces_nothing_is_held_as_far_as_it_is_read(fence: Fence, upstream: Upstream) -> None:
    with fence.connection() as connection:
        chunked(connection, [LIMIT // 2, LIMIT // 2, 1])  # and never an end
        assert read_answer(connection).status == 413
    assert upstream.received == b""


def test_a_shorter_one_is_decided_on(fence: Fence, upstream: Upstream) -> None:
    for body, status in ((JOIN % (b"y" * 1000), 451), (b'{"meeting": "x"}', 200)):
        with fence.connection() as connection:
            chunked(connection, [1000])
            connection.sendall(b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body))
            assert read_answer(connection).status == status
    assert b"townhall" not in upstream.received


def test_other_bodies_are_as_long_as_they_like(fence: Fence, upstream: Upstream) -> None:
    body = b"x" * (4 * LIMIT)
    assert fence.post("/api/upload", body).status == 200
    assert upstream.received.endswith(body)
