"""Socket.IO packets, in messages and in polling bodies."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from joinfence.engine.joins.documents import Pointer, UnparsableError, UnreadableError
from joinfence.engine.joins.socketio import MOST_PACKETS, packets


def told(payload: str, *, polling: bool = False) -> list[list[str]]:
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
    assert told(payload) == events


@pytest.mark.parametrize(
    ("payload", "events"),
    [
        ('42["a","x"]\x1e3\x1e42["b","y"]', [["/", "a", "x"], ["/", "b", "y"]]),
        ('12:42["a","😀"]12:42["b","yy"]', [["/", "a", "😀"], ["/", "b", "yy"]]),
        ("d=42%5B%22a%22%2C%22x%22%5D", [["/", "a", "x"]]),
        ('d=42["a","x\\ny"]', [["/", "a", "x\ny"]]),
        ('42["a","x"]42["b","y"]', [["/", "a", "x"]]),
    ],
)
def test_events_in_a_body(payload: str, events: list[list[str]]) -> None:
    assert told(payload, polling=True) == events


@pytest.mark.parametrize("payload", ['42["a",', "42[" + "[" * 15_000])
def test_an_event_that_cannot_be_read_is_unparsable(payload: str) -> None:
    with pytest.raises(UnparsableError):
        packets(payload.encode(), polling=False)


@pytest.mark.parametrize("separator", ["\x1e", ""])
def test_no_more_packets_are_read_than_a_limit(separator: str, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    monkeypatch.setattr("joinfence.engine.joins.socketio._event", read.append)
    packet = "2" if separator else "1:2"
    with pytest.raises(UnreadableError):
        packets(separator.join([packet] * 10_000).encode(), polling=True)
    assert len(read) == MOST_PACKETS


@given(st.text(max_size=40), st.booleans())
def test_nothing_else_is_ever_raised(payload: str, polling: bool) -> None:
    for start in ("", "42", "d=", "5:"):
        try:
            packets((start + payload).encode("utf-8", "surrogatepass"), polling=polling)
        except UnparsableError:
            continue
