"""Socket.IO events in WebSocket messages and in polling bodies."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from joinfence.engine.joins.formats.json_msgpack import Pointer, UninspectableError, UnparsableError
from joinfence.engine.joins.formats.socketio import MAX_PACKETS, packets


def read(payload: str, *, polling: bool = False) -> list[list[str]]:
    pointers = [Pointer(text) for text in ("/namespace", "/event", "/args/0", "/ack")]
    return [
        [value for pointer in pointers for value in pointer.values(event)]
        for event in packets(payload.encode(), polling=polling)
    ]


@pytest.mark.parametrize(
    ("payload", "events"),
    [
        ('42["join","a"]', [["/", "join", "a"]]),
        ('421["join","a"]', [["/", "join", "a", "1"]]),
        ('42/x,1["join","a"]', [["/x", "join", "a", "1"]]),
        ('42/x?token=1,["join","a"]', [["/x?token=1", "join", "a"]]),
        ('452-/x,1["join","a"]', [["/x", "join", "a", "1"]]),
        ('451-["join","a"]', [["/", "join", "a"]]),
        ('450x1-["join","a"]', [["/", "join", "a"]]),
        ("45" + "0" * 30 + '1-/x,["join","a"]', [["/x", "join", "a"]]),
        ("42" + "7" * 30 + '["join","a"]', [["/", "join", "a", "7" * 30]]),
        ('42 \ufeff\t["join","a"]', [["/", "join", "a", "0"]]),
        ("2", []),
        ("40", []),
        ('430["join"]', []),
        ("42[]", []),
        ("42[1]", []),
        ('42{"a":1}', []),
        ("42", []),
        ("", []),
    ],
)
def test_events_in_a_message(payload: str, events: list[list[str]]) -> None:
    assert read(payload) == events


@pytest.mark.parametrize(
    ("payload", "events"),
    [
        ('42["a","x"]\x1e3\x1e42["b","y"]', [["/", "a", "x"], ["/", "b", "y"]]),
        ('12:42["a","😀"]12:42["b","yy"]', [["/", "a", "😀"], ["/", "b", "yy"]]),
        ("d=42%5B%22a%22%2C%22x%22%5D", [["/", "a", "x"]]),
        ('d=42["a","x\\ny"]', [["/", "a", "x\ny"]]),
        ('42["a","x"]42["b","y"]', [["/", "a", "x"]]),
        ('\u3a01\u0100:42["a"]', []),
        ('0x4:abcd :0: 1.1e1:42["b","y"]', [["/", "b", "y"]]),
        ('6:x\x1e42["b","y"]', [["/", "b", "y"]]),
        ("x=1&d=42%5B%22a%22%2C%22x%22%5D", [["/", "a", "x"]]),
        ('d=42["a","x\\\\ny"]', [["/", "a", "x\ny"]]),
        ('42["a",\x1e42["b","y"]', [["/", "b", "y"]]),
        (':42["a"]', []),
        ('1_0:42["a"]', []),
    ],
)
def test_events_in_a_polling_body(payload: str, events: list[list[str]]) -> None:
    assert read(payload, polling=True) == events


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        pytest.param(b'\x00\x01\x01\xff42["a","x"]', ["a"], id="a text packet"),
        pytest.param(b'\x01\x03\xff\x04ab\x00\x01\x01\xff42["b","y"]', ["b"], id="after a binary packet"),
        pytest.param(
            b'\x00\x0b\xff_42["a","x"]', ["a"], id="a digit byte above 9: the server skips the next byte"
        ),
        pytest.param(b'\x00\xff42["a","x"]', [], id="no length"),
        pytest.param(b"\x00" + b"\x01" * 400 + b'\xff42["a","x"]', [], id="too many digits"),
    ],
)
def test_events_in_a_binary_body_of_protocol_3(payload: bytes, expected: list[str]) -> None:
    pointer = Pointer("/event")
    assert [v for event in packets(payload, polling=True) for v in pointer.values(event)] == expected


@pytest.mark.parametrize("payload", ['42["a",', "42[" + "[" * 15_000])
def test_an_event_that_cannot_be_parsed_is_unparsable(payload: str) -> None:
    with pytest.raises(UnparsableError):
        packets(payload.encode(), polling=False)


@pytest.mark.parametrize("separator", ["\x1e", ""])
def test_the_number_of_packets_is_limited(separator: str, monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[str] = []
    monkeypatch.setattr("joinfence.engine.joins.formats.socketio._event", parsed.append)
    packet = "2" if separator else "1:2"
    with pytest.raises(UninspectableError):
        packets(separator.join([packet] * 10_000).encode(), polling=True)
    assert len(parsed) == MAX_PACKETS


@given(st.text(max_size=40), st.booleans())
def test_parsing_raises_only_unparsable_error(payload: str, polling: bool) -> None:
    for start in ("", "42", "d=", "5:"):
        try:
            packets((start + payload).encode("utf-8", "surrogatepass"), polling=polling)
        except UnparsableError:
            continue
