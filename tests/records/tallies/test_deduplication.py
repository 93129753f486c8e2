"""Recognising the retries of a join."""

from __future__ import annotations

from ipaddress import ip_address

from hypothesis import given
from hypothesis import strategies as st

from joinfence.records.tallies import deduplication
from joinfence.records.tallies.deduplication import MAX_REMEMBERED, SECONDS, RecentJoins

A, B = ip_address("192.0.2.1"), ip_address("192.0.2.2")


def test_retries_never_count_as_new_however_long_they_go_on() -> None:
    seen = RecentJoins()
    assert seen.is_new(A, ["x"], 0)
    # Socket.IO polls four times a second.
    assert not any(seen.is_new(A, ["x"], step / 4) for step in range(1, 2400))
    assert not seen.is_new(A, ["x"], 600 + SECONDS - 1)


def test_a_join_counts_as_new_a_minute_after_the_last_retry() -> None:
    seen = RecentJoins()
    assert seen.is_new(A, ["x"], 0)
    assert seen.is_new(A, ["x"], SECONDS + 1)


def test_another_client_and_another_meeting_are_new() -> None:
    seen = RecentJoins()
    assert [seen.is_new(A, ["x"], 0), seen.is_new(B, ["x"], 0), seen.is_new(A, ["y"], 0)] == [True] * 3
    assert seen.is_new(A, ["a", "b"], 0)
    assert seen.is_new(A, ["ab"], 0), "the boundaries between parts matter"
    assert seen.is_new(A, ["\udcff"], 0), "bytes that are not text are accepted"


def test_a_household_of_ipv6_is_one_client() -> None:
    seen = RecentJoins()
    assert seen.is_new(ip_address("2001:db8:0:1::1"), ["x"], 0)
    assert not seen.is_new(ip_address("2001:db8:0:1:ffff::2"), ["x"], 0)
    assert seen.is_new(ip_address("2001:db8:0:2::1"), ["x"], 0)


def test_only_keyed_hashes_are_held_and_they_are_forgotten() -> None:
    first, second = RecentJoins(), RecentJoins()
    for seen in (first, second):
        seen.is_new(A, ["meeting"], 0)
    assert first._seen.keys().isdisjoint(second._seen)
    assert all(len(mark) == 16 and A.packed not in mark for mark in first._seen)
    first.forget(SECONDS + 1)
    assert len(first._seen) == 0


@given(st.lists(st.integers(0, 40)))
def test_memory_is_limited_whatever_is_requested(numbers: list[int]) -> None:
    seen = RecentJoins()
    before, deduplication.MAX_REMEMBERED = deduplication.MAX_REMEMBERED, 8  # type: ignore[misc]
    try:
        for now, number in enumerate(numbers):
            seen.is_new(A, [str(number)], now / 100)
            assert len(seen._seen) <= 8
    finally:
        deduplication.MAX_REMEMBERED = before  # type: ignore[misc]
    assert MAX_REMEMBERED == 1 << 15
