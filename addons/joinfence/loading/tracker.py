"""A thread that recomputes the standings of all orders after a load, or when time changes one."""

from __future__ import annotations

import logging
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from joinfence.loading.order_states import order_states

if TYPE_CHECKING:
    from collections.abc import Callable

    from joinfence.loading.loader import Loaded
    from joinfence.loading.order_states import OrderStates

logger = logging.getLogger(__name__)

INTERVAL: Final = 1.0
"""Seconds between two checks of the clock."""

_RETRY_INTERVAL: Final = 60.0
_STOP_TIMEOUT: Final = 10.0
"""Seconds that `stop` waits for the last update."""


class Tracker:
    """Passes the states of all orders to subscribers, in its own thread, whenever they have changed.

    Each order is read once, however many subscribers there are, and nobody waits while 100,000 orders are
    read. Subscribers need no lock, since the states are immutable.
    """

    def __init__(self, *subscribers: Callable[[OrderStates], None]) -> None:
        """Start without orders."""
        self._subscribers = subscribers
        self._loaded: Loaded | None = None
        self._states: OrderStates | None = None
        self._wake = threading.Event()
        self._halt = False
        self._failed: type[Exception] | None = None
        self._thread = threading.Thread(target=self._run, name="joinfence-tracker", daemon=True)

    def loaded(self, loaded: Loaded) -> None:
        """Take the policy that is in force from now on."""
        self._loaded = loaded
        self._wake.set()

    def start(self) -> None:
        """Start the thread, unless `stop` was called before."""
        if not self._halt:
            self._thread.start()

    def stop(self) -> None:
        """Update the subscribers a last time, and end the thread."""
        if self._halt:
            return
        self._halt = True
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(_STOP_TIMEOUT)
        else:
            self.update(datetime.now(UTC))

    def update(self, now: datetime) -> None:
        """Update the subscribers at an aware instant. Never raises; if it fails, they keep the old states."""
        try:
            self._update(now)
        except Exception as error:  # noqa: BLE001 - if the thread ended, no later edit would reach the subscribers
            if type(error) is not self._failed:
                logger.error("the standings of the orders could not be computed: %s", type(error).__name__)  # noqa: TRY400
            self._failed = type(error)
        else:
            self._failed = None

    def _update(self, now: datetime) -> None:
        if self._loaded is None:
            return
        states = order_states(self._loaded, now, self._states)
        if states is not self._states:
            for subscriber in self._subscribers:
                subscriber(states)
        self._states = states

    def _run(self) -> None:
        while not self._halt:
            self._wake.wait(_RETRY_INTERVAL if self._failed else INTERVAL)
            self._wake.clear()
            self.update(datetime.now(UTC))
        self.update(datetime.now(UTC))
