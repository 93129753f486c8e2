"""JSON and MessagePack: every value that a server might read is found."""

from __future__ import annotations

import re

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from joinfence.engine.joins.formats.json_msgpack import (
    MAX_NODES,
    Members,
    Number,
    Pointer,
    UninspectableError,
    UnparsableError,
    parse_json,
    parse_msgpack,
)


@pytest.mark.parametrize(
    ("body", "pointer", "values"),
    [
        (b'{"room": 1234}', "/room", ["1234"]),
        (b'{"room": "1234"}', "/room", ["1234"]),
        (b'{"room": 1, "room": 2}', "/room", ["1", "2"]),
        (b'{"body": {"room": 1}, "body": {"room": 2}}', "/body/room", ["1", "2"]),
        (b'{"\\u0072oom": 1}', "/room", ["1"]),
        (b'{"room": 1}\x00{"room": 2', "/room", ["1"]),
        (b'{"room": 1} and more', "/room", ["1"]),
        (b' \r\n\t{"room": 1}', "/room", ["1"]),
        (b'\xef\xbb\xbf{"room": 1}', "/room", ["1"]),
        (b'{"room": 1234.0}', "/room", ["1234.0", "1234"]),
        (b'{"room": 1.2e1}', "/room", ["1.2e1", "12"]),
        (b'{"room": 1e20}', "/room", ["1e20", "100000000000000000000"]),
        (b'{"room": 0.50}', "/room", ["0.50", "0.5"]),
        (b'{"room": 0e9}', "/room", ["0e9", "0"]),
        (b'{"room": 1e-7, "room": 1e21, "room": 1e999}', "/room", ["1e-7", "1e21", "1e999"]),
        (b'{"room": 12345678901234567890, "room": -7}', "/room", ["12345678901234567890", "-7"]),
        (b'{"room": true, "room": false, "room": null, "room": {}}', "/room", ["true", "false"]),
        (b'{"room": ["a"]}', "/room", ["a"]),
        (b'{"room": [[["a", 1], true], [], null, {}, "b"]}', "/room", ["a,1,true,,,[object Object],b"]),
        (b'{"room": ' + b"[" * 900 + b'"a"' + b"]" * 900 + b"}", "/room", ["a"]),
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
def test_every_value_at_a_pointer_is_found(body: bytes, pointer: str, values: list[str]) -> None:
    assert Pointer(pointer).values(parse_json(body)) == values


def test_ignore_case_finds_keys_in_any_case() -> None:
    document = parse_json(b'{"Room": {"ID": 1}, "room": {"id": 2}}')
    assert Pointer("/room/id", ignore_case=True).values(document) == ["1", "2"]
    assert Pointer("/room/id").values(document) == ["2"]


def test_numbers_and_texts_have_different_types() -> None:
    first, second = Pointer("/a").values(parse_json(b'{"a": 1, "a": "1"}'))
    assert (type(first), type(second)) == (Number, str)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"{", id="cut short"),
        pytest.param(b"\xff\xfe", id="not text"),
        pytest.param(b"\x00", id="NUL"),
    ],
)
def test_what_is_not_a_document_is_unparsable(body: bytes) -> None:
    with pytest.raises(UnparsableError) as caught:
        parse_json(body)
    assert caught.type is UnparsableError


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"[" * 19_000, id="nested too deeply"),
        pytest.param(b"[" + b"1," * MAX_NODES + b"1]", id="too many values"),
        pytest.param(b'{"a":' * (MAX_NODES + 1), id="too many objects"),
    ],
)
def test_a_document_beyond_the_limits_is_uninspectable(body: bytes) -> None:
    with pytest.raises(UninspectableError):
        parse_json(body)


def test_a_document_with_too_many_values_is_not_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("joinfence.engine.joins.formats.json_msgpack._DECODER", None)
    with pytest.raises(UnparsableError):
        parse_json(b"[" + b"1," * MAX_NODES + b"1]")


@pytest.mark.parametrize(
    ("value", "document"),
    [
        ({"a": [1, True, None, 1.5, b"x"]}, Members([("a", [Number("1"), True, None, None, "x"])])),
        ({1: {b"k": "v"}}, Members([("1", Members([("k", "v")]))])),
        ("text", "text"),
        (-1, Number("-1")),
    ],
)
def test_messagepack_yields_the_same_documents_as_json(value: object, document: object) -> None:
    assert parse_msgpack(msgpack.packb(value)) == document


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\xc1", id="a byte that MessagePack does not use"),
    ],
)
def test_what_is_not_messagepack_is_unparsable(body: bytes) -> None:
    with pytest.raises(UnparsableError) as caught:
        parse_msgpack(body)
    assert caught.type is UnparsableError


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"\x91" * 100_000, id="nested too deeply"),
        pytest.param(b"\xdd\xff\xff\xff\xff", id="four billion items announced"),
        pytest.param(b"\xdc\xff\xff" + b"\x01" * 0xFFFF, id="too many items"),
    ],
)
def test_messagepack_beyond_the_limits_is_uninspectable(body: bytes) -> None:
    with pytest.raises(UninspectableError):
        parse_msgpack(body)


@given(st.binary(max_size=100))
def test_parsing_raises_only_unparsable_error(body: bytes) -> None:
    for parse in (parse_json, parse_msgpack):
        try:
            Pointer("/a/0").values(parse(body))
        except UnparsableError:
            continue


def test_a_pointer_starts_with_a_slash() -> None:
    with pytest.raises(ValueError, match=re.escape("a JSON pointer that starts with /")):
        Pointer("room")
