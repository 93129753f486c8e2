from __future__ import annotations

import pytest

from joinfence.gate.ambiguity import is_ambiguous, without_other_upgrades
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
def test_upgrade_fields_are_kept_only_if_they_ask_for_a_websocket_alone(
    upgrade: tuple[bytes, ...], kept: bool
) -> None:
    fields = tuple((b"UpGrade", value) for value in upgrade)
    request = make_request(headers=(*fields, (b"HTTP2-Settings", b"x"), (b"Accept", b"*/*")))
    found = without_other_upgrades(request)
    assert (found is request) is kept
    if not kept:
        assert found.headers == ((b"Accept", b"*/*"),)


def test_a_request_without_an_upgrade_field_is_returned_unchanged() -> None:
    request = make_request(headers=((b"HTTP2-Settings", b"x"),))
    assert without_other_upgrades(request) is request
