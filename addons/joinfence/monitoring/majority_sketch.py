"""Notices that one address makes more than half of the recent joins, without keeping any address.

Each address adds one to one of 64 counters, chosen by a hash with a random salt that never leaves memory.
Many addresses share a counter, so nothing can be concluded about any one of them. But if one address makes
more than half of the joins, its counter holds more than half of the total, and no other counter can.

The error is on one side: the counter also holds a 64th, on average, of all other joins, so an address just
below half can set off the alarm. All counters are halved from time to time, so that old joins count less and
less. A small total proves nothing, so there is no alarm below 100 joins.
"""

from __future__ import annotations

import secrets
from hashlib import blake2b
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from joinfence.engine.values import Address

COUNTERS: Final = 64
MIN_TOTAL: Final = 100
HALVE_AT: Final = 1000


class MajoritySketch:
    """Counters over addresses. No address is kept."""

    def __init__(self) -> None:
        """Start empty, with a new salt."""
        self._salt = secrets.token_bytes(16)
        self._counts = [0] * COUNTERS
        self._total = 0

    def add(self, address: Address) -> bool:
        """Count an address, and return whether its counter holds more than half of the total."""
        index = blake2b(address.packed, digest_size=1, key=self._salt).digest()[0] % COUNTERS
        self._counts[index] += 1
        self._total += 1
        if self._total >= HALVE_AT:
            self._counts = [count // 2 for count in self._counts]
            self._total = sum(self._counts)
        return self._total >= MIN_TOTAL and self._counts[index] * 2 > self._total
