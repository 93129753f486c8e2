"""Counts joins by the order that refused them or would have, in memory until they are written."""

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
from joinfence.records.tallies.deduplication import Recent

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from joinfence.engine.decision import Decision
    from joinfence.engine.order import Order
    from joinfence.records.tallies.database import TallyStore

_REFUSED, _OBSERVED = Tally(refused=1), Tally(observed=1)


class Tallies:
    """What was counted and is not written yet: nothing but numbers for orders."""

    def __init__(self) -> None:
        """Start with nothing counted."""
        self._recent = Recent()
        self._counted: dict[TallyKey, Tally] = {}
        self._lock = threading.Lock()

    def count(self, decision: Decision, at: datetime) -> None:
        """Count a decision for every order that refused it or observed it, unless it repeats another.

        `at` is aware UTC. An order that says `tally: off` counts nothing, and nothing is remembered for it.
        """
        if not isinstance(decision.client, ClientAddress):
            return
        address = decision.claim or decision.client.address
        for order, one in _countable(decision):
            asked = (order.id, str(order.version), str(one.refused))
            # Each join that this order names by itself: what else a request names makes no new join of it.
            named = {each.join for each in decision.considered if each.order.id == order.id}
            new = [
                self._recent.is_new(address, (*asked, join.service, join.meeting), time.monotonic())
                for join in named
            ]
            if any(new):
                key = TallyKey(str(HalfYear.of(at)), order.id, order.version)
                with self._lock:
                    self._counted[key] = self._counted.get(key, Tally()) + one

    def write(self, store: TallyStore) -> None:
        """Write what was counted. Raises what the store raises; then it is kept for the next time."""
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
