"""Bodies that a rule reads are held back until the decision, up to the size that the rule reads."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.e2e.harness import GERMANY, Fence, Upstream, make_config, read_answer

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator

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


def resident(fence: Fence) -> int:
    """Return the resident memory of mitmdump, in bytes."""
    status = Path(f"/proc/{fence.process.pid}/status").read_text(encoding="ascii")
    return int(re.search(r"^VmRSS:\s+(\d+) kB", status, re.MULTILINE)[1]) * 1024  # type: ignore[index]


@pytest.mark.parametrize(
    ("target", "status"),
    [
        pytest.param("/api/join", 400, id="longer than the rule reads"),
        pytest.param("/api/meetings/townhall/join", 451, id="refused by its path"),
    ],
)
@pytest.mark.parametrize("length", [True, False], ids=["announced", "chunked"])
def test_a_body_that_is_too_long_is_answered_and_not_kept_in_memory(
    fence: Fence, upstream: Upstream, target: str, status: int, length: bool
) -> None:
    size = 200 << 20
    head = f"POST {target} HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: {GERMANY}\r\n"
    head += f"Content-Length: {size}\r\n\r\n" if length else "Transfer-Encoding: chunked\r\n\r\n"
    piece = b" " * (1 << 20)
    framed = piece if length else b"%x\r\n%s\r\n" % (len(piece), piece)
    before = resident(fence)
    with fence.connection(60) as connection:
        connection.sendall(head.encode())
        for _ in range(size >> 20):
            connection.sendall(framed)
        assert resident(fence) - before < size / 4
        connection.sendall(b"" if length else b"0\r\n\r\n")
        assert read_answer(connection).status == status
    assert upstream.received == b""


def chunked(connection: socket.socket, sizes: list[int]) -> None:
    head = f"POST /api/join HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: {GERMANY}\r\nTransfer-Encoding: chunked\r\n\r\n"
    connection.sendall(head.encode())
    for size in sizes:
        connection.sendall(b"%x\r\n%s\r\n" % (size, b" " * size))


def test_a_body_of_exactly_the_limit_is_decided_on_and_one_byte_more_is_400(
    fence: Fence, upstream: Upstream
) -> None:
    empty = JOIN % b""
    for more, status in ((0, 451), (1, 400)):
        body = JOIN % (b"y" * (LIMIT - len(empty) + more))
        assert fence.post("/api/join", body).status == status, "announced"
        with fence.connection() as connection:
            chunked(connection, [])
            connection.sendall(b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body))
            assert read_answer(connection).status == status, "chunked"
    assert upstream.received == b""


def test_a_body_below_the_limit_is_decided_on(fence: Fence, upstream: Upstream) -> None:
    for body, status in ((JOIN % (b"y" * 1000), 451), (b'{"meeting": "x"}', 200)):
        with fence.connection() as connection:
            chunked(connection, [1000])
            connection.sendall(b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body))
            assert read_answer(connection).status == status
    assert b"townhall" not in upstream.received


def test_bodies_that_no_rule_reads_have_no_limit(fence: Fence, upstream: Upstream) -> None:
    body = b"x" * (4 * LIMIT)
    assert fence.post("/api/upload", body).status == 200
    assert upstream.received.endswith(body)
