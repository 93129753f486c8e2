"""Counts joins by the order that refused them, or would have, and keeps the counts until they are written."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from joinfence.engine.decision import Reason
from joinfence.engine.half_year import HalfYear
from joinfence.engine.order import Mode, Standing
from joinfence.engine.territory import covers
from joinfence.engine.values import ClientAddress, Location
from joinfence.records.tallies.database import Tally, TallyKey
from joinfence.records.tallies.deduplication import RecentJoins

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from joinfence.engine.decision import Decision
    from joinfence.engine.order import Order
    from joinfence.records.tallies.database import TallyStore

_REFUSED, _OBSERVED = Tally(refused=1), Tally(observed=1)


class TallyCounter:
    """The counts that are not written yet: only numbers by order."""

    def __init__(self) -> None:
        """Start with nothing counted."""
        self._recent = RecentJoins()
        self._counted: dict[TallyKey, Tally] = {}
        self._lock = threading.Lock()

    def count(self, decision: Decision, at: datetime) -> None:
        """Count a decision for every order that refused or observed the join, unless it repeats another one.

        `at` is aware UTC. For an order that says `tally: off`, nothing is counted and nothing remembered.
        """
        if not isinstance(decision.client, ClientAddress):
            return
        address = decision.claim or decision.client.address
        for order, one in _countable(decision):
            counted_for = (order.id, str(order.version), str(one.refused))
            # Only meetings that this order names: a retry that also names other meetings is still a retry.
            # Each is looked up by itself, so a join of several meetings is recognised in any combination.
            named = {each.join for each in decision.considered if each.order.id == order.id}
            new = [
                self._recent.is_new(address, (*counted_for, join.service, join.meeting), time.monotonic())
                for join in named
            ]
            if any(new):
                key = TallyKey(str(HalfYear.of(at)), order.id, order.version)
                with self._lock:
                    self._counted[key] = self._counted.get(key, Tally()) + one

    def write(self, store: TallyStore) -> None:
        """Write the counts. Raises what the store raises, and keeps the counts for the next attempt then."""
        self._recent.forget(time.monotonic())
        with self._lock:
            counted, self._counted = self._counted, {}
        if not counted:
            return
        try:
            store.add(counted)
        except BaseException:
            with self._lock:
                for key, tally in counted.items():
                    self._counted[key] = self._counted.get(key, Tally()) + tally
            raise


def _countable(decision: Decision) -> Iterator[tuple[Order, Tally]]:
    if decision.reason is Reason.ORDER and decision.order is not None and decision.order.tally:
        yield decision.order, _REFUSED
    if not isinstance(decision.location, Location):
        return
    observing = {
        each.order.id: each.order
        for each in decision.considered
        if each.standing is Standing.IN_FORCE and each.order.mode is Mode.OBSERVE and each.order.tally
    }
    for order in observing.values():
        if covers(order.territory, decision.location):
            yield order, _OBSERVED
