from __future__ import annotations

import pytest

from joinfence.gate.ambiguity import is_ambiguous, without_foreign_upgrade
from tests.factories import make_request


@pytest.mark.parametrize(
    ("method", "target", "ambiguous"),
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
def test_a_method_or_target_that_can_be_read_in_two_ways_is_ambiguous(
    method: bytes, target: bytes, ambiguous: bool
) -> None:
    request = make_request(target, method=method.decode("latin-1"))
    assert is_ambiguous(request) is ambiguous


@pytest.mark.parametrize(
    ("upgrade", "kept"),
    [
        ((b"websocket",), True),
        ((b" WebSocket ",), True),
        ((b"h2c",), False),
        ((b"websocket, h2c",), False),
        ((b"websocket", b"h2c"), False),
    ],
)
def test_only_a_websocket_is_offered_to_the_service(upgrade: tuple[bytes, ...], kept: bool) -> None:
    offers = tuple((b"UpGrade", value) for value in upgrade)
    request = make_request(headers=(*offers, (b"HTTP2-Settings", b"x"), (b"Accept", b"*/*")))
    found = without_foreign_upgrade(request)
    assert (found is request) is kept
    if not kept:
        assert found.headers == ((b"Accept", b"*/*"),)


def test_a_request_that_offers_nothing_stays_the_same() -> None:
    request = make_request(headers=((b"HTTP2-Settings", b"x"),))
    assert without_foreign_upgrade(request) is request
