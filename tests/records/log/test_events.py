"""Events as lines of the log."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from joinfence.records.log.events import Entry, Event, EventError, EventKind, Signatory, decode, encode

TEXTS = st.none() | st.text(max_size=20)
EVENTS = st.builds(
    Event,
    time=st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001 - UTC is added
        lambda at: at.replace(microsecond=0)
    ),
    kind=st.sampled_from(EventKind),
    engine=st.text(max_size=9),
    order=TEXTS,
    version=st.none() | st.integers(1, 99),
    sha256=TEXTS,
    reason=TEXTS,
    signers=st.lists(st.builds(Signatory, role=st.text(max_size=9), key=st.text(max_size=9)), max_size=3).map(tuple),
    location=st.lists(st.text(max_size=9), max_size=3).map(tuple),
)  # fmt: skip


@given(EVENTS, st.integers(0, 10**9), st.binary(min_size=32, max_size=32))
def test_an_entry_is_read_as_it_was_written_on_one_line(event: Event, seq: int, previous: bytes) -> None:
    entry = Entry(seq=seq, event=event, previous=previous, salt="ab")
    line = encode(entry)
    assert decode(line) == entry
    assert b"\n" not in line


def test_empty_fields_are_left_out() -> None:
    event = Event(
        time=datetime(2026, 11, 25, tzinfo=UTC), kind=EventKind.EXPIRED, engine="1", order="DE-2026-0001"
    )
    fields = json.loads(encode(Entry(seq=0, event=event, previous=bytes(32), salt="ab")))
    assert fields == {
        "seq": 0,
        "time": "2026-11-25T00:00:00Z",
        "event": "order.expired",
        "order": "DE-2026-0001",
        "engine": "1",
        "salt": "ab",
        "previous": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    }


GOOD = (
    '{"seq":0,"time":"2026-11-25T00:00:00Z","event":"order.expired","engine":"1","salt":"ab","previous":""}'
)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"seq":0', '"seq":"0"'),
        ('"seq":0', '"seq":true'),
        ("order.expired", "person.refused"),
        ("2026-11-25T00:00:00Z", "yesterday"),
        ('"engine":"1"', '"engine":1'),
        ('"previous":""', '"previous":"?"'),
        (',"salt":"ab"', ""),
        ('"engine":"1"', '"engine":"1","signers":[{"role":"legal"}]'),
        ('"engine":"1"', '"engine":"1","order":7'),
        ("{", ""),
        (GOOD, "[]"),
        (GOOD, "[" * 100_000),
    ],
    ids=["seq text", "seq true", "kind", "time", "engine", "base64", "no salt", "signer", "order", "not JSON", "list", "deep"],
)  # fmt: skip
def test_a_line_that_is_not_an_event_is_refused(old: str, new: str) -> None:
    assert decode(GOOD.encode()).event.kind is EventKind.EXPIRED
    with pytest.raises(EventError, match="is not an event"):
        decode(GOOD.replace(old, new, 1).encode())
