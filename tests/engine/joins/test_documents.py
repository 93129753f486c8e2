"""JSON bodies in which nothing stays hidden."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from joinfence.engine.joins.documents import Pointer, UnparsableError, parse_json


@pytest.mark.parametrize(
    ("body", "pointer", "values"),
    [
        (b'{"room": 1234}', "/room", ["1234"]),
        (b'{"room": "1234"}', "/room", ["1234"]),
        (b'{"room": 1, "room": 2}', "/room", ["1", "2"]),
        (b'{"body": {"room": 1}, "body": {"room": 2}}', "/body/room", ["1", "2"]),
        (b'{"\\u0072oom": 1}', "/room", ["1"]),
        (b'{"room": 1}\x00{"room": 2', "/room", ["1"]),
        (b'\xef\xbb\xbf{"room": 1}', "/room", ["1"]),
        (b'{"room": 1234.0}', "/room", ["1234.0"]),
        (b'{"room": true, "room": null, "room": [1], "room": {}}', "/room", []),
        (b'[{"room": 1}, {"room": 2}]', "/1/room", ["2"]),
        (b'[{"room": 1}]', "/7/room", []),
        (b'[{"room": 1}]', "/x/room", []),
        (b'{"a/b": {"~": 1}}', "/a~1b/~0", ["1"]),
        (b'{"room": ' + b"9" * 5000 + b"}", "/room", ["9" * 5000]),
        (b'"text"', "/room", []),
        (b'{"room": "a\tb"}', "/room", ["a\tb"]),
        (b'{"x": "\xff", "room": 1}', "/room", ["1"]),
        (b'{"x": "\xed\xa0\x80", "room": 1}', "/room", ["1"]),
        ('{"room": 1}'.encode("utf-16"), "/room", ["1"]),
        ('{"room": 1}'.encode("utf-16-be"), "/room", ["1"]),
        ('{"room": 1}'.encode("utf-32-le"), "/room", ["1"]),
    ],
)
def test_every_value_at_a_pointer_comes_out(body: bytes, pointer: str, values: list[str]) -> None:
    assert Pointer(pointer).values(parse_json(body)) == values


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"{", id="cut short"),
        pytest.param(b'{"a": 1} x', id="text behind"),
        pytest.param(b"\xff\xfe", id="no text"),
        pytest.param(b"[" * 100_000, id="nested without end"),
        pytest.param(b"\x00", id="NUL"),
    ],
)
def test_what_is_no_document_is_unparsable(body: bytes) -> None:
    with pytest.raises(UnparsableError):
        parse_json(body)


@given(st.binary(max_size=100))
def test_nothing_else_is_ever_raised(body: bytes) -> None:
    try:
        Pointer("/a/0").values(parse_json(body))
    except UnparsableError:
        return


def test_a_pointer_starts_with_a_slash() -> None:
    with pytest.raises(ValueError, match=re.escape("a JSON pointer starts with /")):
        Pointer("room")
