from __future__ import annotations

from ipaddress import IPv4Address, ip_address

import pytest

from joinfence.monitoring.majority_sketch import COUNTERS, HALVE_AT, MIN_TOTAL, MajoritySketch

ONE = ip_address("2001:db8::1")


@pytest.mark.parametrize(("of_five", "majority"), [(2, False), (3, True)])
def test_a_majority_is_more_than_half(of_five: int, majority: bool) -> None:
    # What others add to the same counter is a 64th of their joins.
    sketch = MajoritySketch()
    found = [
        sketch.add(ONE if number % 5 < of_five else IPv4Address(number * 7919))
        for number in range(3 * HALVE_AT)
    ]
    assert any(found) is majority


def test_there_is_no_majority_of_a_few_joins() -> None:
    sketch = MajoritySketch()
    assert [sketch.add(ONE) for _ in range(MIN_TOTAL)] == [False] * (MIN_TOTAL - 1) + [True]


def test_old_joins_count_less() -> None:
    sketch = MajoritySketch()
    for _ in range(10 * HALVE_AT):
        sketch.add(ONE)
    assert sketch._total < HALVE_AT
    for number in range(2 * HALVE_AT):
        sketch.add(IPv4Address(number * 7919))
    assert not sketch.add(ONE)


def test_only_counters_are_kept_under_a_random_salt() -> None:
    sketch = MajoritySketch()
    sketch.add(ONE)
    assert vars(sketch).keys() == {"_salt", "_counts", "_total"}
    assert (len(sketch._counts), sum(sketch._counts)) == (COUNTERS, 1)
    assert sketch._salt != MajoritySketch()._salt
