"""Telling a join from its retries."""

from __future__ import annotations

from ipaddress import ip_address

from hypothesis import given
from hypothesis import strategies as st

from joinfence.records.tallies import deduplication
from joinfence.records.tallies.deduplication import MOST, SECONDS, Recent

A, B = ip_address("192.0.2.1"), ip_address("192.0.2.2")


def test_a_retry_is_no_new_join_however_long_it_goes_on() -> None:
    seen = Recent()
    assert seen.is_new(A, ["x"], 0)
    # Socket.IO polls four times a second.
    assert not any(seen.is_new(A, ["x"], step / 4) for step in range(1, 2400))
    assert not seen.is_new(A, ["x"], 600 + SECONDS - 1)


def test_a_minute_later_it_is() -> None:
    seen = Recent()
    assert seen.is_new(A, ["x"], 0)
    assert seen.is_new(A, ["x"], SECONDS + 1)


def test_another_client_and_another_meeting_are_new() -> None:
    seen = Recent()
    assert [seen.is_new(A, ["x"], 0), seen.is_new(B, ["x"], 0), seen.is_new(A, ["y"], 0)] == [True] * 3
    assert seen.is_new(A, ["a", "b"], 0)
    assert seen.is_new(A, ["ab"], 0), "parts are told apart"
    assert seen.is_new(A, ["\udcff"], 0), "as is what is no text"


def test_a_household_of_ipv6_is_one_client() -> None:
    seen = Recent()
    assert seen.is_new(ip_address("2001:db8:0:1::1"), ["x"], 0)
    assert not seen.is_new(ip_address("2001:db8:0:1:ffff::2"), ["x"], 0)
    assert seen.is_new(ip_address("2001:db8:0:2::1"), ["x"], 0)


def test_what_is_held_says_nothing_without_the_key_and_is_forgotten() -> None:
    first, second = Recent(), Recent()
    for seen in (first, second):
        seen.is_new(A, ["meeting"], 0)
    assert first._seen.keys().isdisjoint(second._seen)
    assert all(len(mark) == 16 and A.packed not in mark for mark in first._seen)
    first.forget(SECONDS + 1)
    assert len(first._seen) == 0


@given(st.lists(st.integers(0, 40)))
def test_no_flood_makes_it_grow(numbers: list[int]) -> None:
    seen = Recent()
    before, deduplication.MOST = deduplication.MOST, 8  # type: ignore[misc]
    try:
        for now, number in enumerate(numbers):
            seen.is_new(A, [str(number)], now / 100)
            assert len(seen._seen) <= 8
    finally:
        deduplication.MOST = before  # type: ignore[misc]
    assert MOST == 1 << 15
