"""The thread that looks where orders stand, after every load and whenever the clock moves one on."""

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
"""Seconds after which it looks again at the clock."""

_AFTER_FAILURE: Final = 60.0
_LAST: Final = 10.0
"""Seconds that the end waits for the last look."""


class Tracker:
    """Tells subscribers where all orders stand, whenever that has changed. They are called in its thread.

    An order is read once however many subscribe, and nobody waits for a look at 100,000 of them. Subscribers
    need no lock: what they are given is never changed.
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
        """Start the thread, unless the end has come already."""
        if not self._halt:
            self._thread.start()

    def stop(self) -> None:
        """Look a last time, and end the thread."""
        if self._halt:
            return
        self._halt = True
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(_LAST)
        else:
            self.look(datetime.now(UTC))

    def look(self, now: datetime) -> None:
        """Look at an aware instant. Never raises: subscribers keep what they have."""
        try:
            self._look(now)
        except Exception as error:  # noqa: BLE001 - a thread that ends would never tell of an edit again
            if type(error) is not self._failed:
                logger.error("where orders stand could not be seen: %s", type(error).__name__)  # noqa: TRY400
            self._failed = type(error)
        else:
            self._failed = None

    def _look(self, now: datetime) -> None:
        if self._loaded is None:
            return
        states = order_states(self._loaded, now, self._states)
        if states is not self._states:
            for tell in self._subscribers:
                tell(states)
        self._states = states

    def _run(self) -> None:
        while not self._halt:
            self._wake.wait(_AFTER_FAILURE if self._failed else INTERVAL)
            self._wake.clear()
            self.look(datetime.now(UTC))
        self.look(datetime.now(UTC))
