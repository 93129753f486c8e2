"""Writes the status file of a running fence, every ten seconds and after every change.

The file shows whether the fence is alive, in two ways. A thread writes it, so an old file means that the
process has ended or cannot write. But the thread would go on while the event loop, which answers requests,
hangs. So before each heartbeat the loop is asked to note the time, and the file says when it last did: if
that falls behind the heartbeat, the fence hangs. The gate reports from the event loop, and must not wait:
the lock is only held for assignments, and the outlook over all orders, which takes long, is computed without
it.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from joinfence.config.state import state_folder
from joinfence.monitoring.status.days import add_to_day
from joinfence.monitoring.status.fence_state import HEARTBEAT, FenceState
from joinfence.monitoring.status.snapshot import write_snapshot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from joinfence.loading.loader import Loaded
    from joinfence.loading.order_states import OrderStates

logger = logging.getLogger(__name__)


class Heartbeat:
    """Takes every load, error and alarm, and writes the status file in its own thread."""

    def __init__(self, unwritten: Callable[[], Mapping[str, int]] = dict) -> None:
        """Start empty. The first heartbeat is written once the standings of all orders are known.

        `unwritten` returns how often writing each record has failed since the start.
        """
        self._unwritten = unwritten
        self._state = FenceState(datetime.now(UTC))
        self._lock = threading.Lock()
        self._halt = threading.Event()
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._run, name="joinfence-heartbeat", daemon=True)
        self._folder: Path | None = None
        self._failure_logged = False
        self._loop = _running_loop()

    # -- reports --------------------------------------------------------------------------------------

    def loaded(self, loaded: Loaded) -> None:
        """Take the policy that is in force from now on. It is written once `tracked` has its orders."""
        with self._lock:
            self._folder = state_folder(loaded.main, loaded.settings)
            self._state.loaded(loaded, datetime.now(UTC))

    def tracked(self, orders: OrderStates) -> None:
        """Take the standings of all orders."""
        self._state.tracked(orders)
        self._wake.set()

    def not_loaded(self, problems: Iterable[object]) -> None:
        """Take the problems of an edit, while the policy before it stays in force."""
        with self._lock:
            self._state.not_loaded([str(problem) for problem in problems], datetime.now(UTC))
        self._wake.set()

    def failed(self) -> None:
        """Count an internal error."""
        with self._lock:
            self._state.failures += 1

    def alarm(self, message: str) -> None:
        """Take an alarm about the deployment, which names no address and no meeting."""
        with self._lock:
            self._state.alarms[message] = datetime.now(UTC)

    def start(self) -> None:
        """Start the thread, unless `stop` was called before."""
        if not self._halt.is_set():
            self._thread.start()

    def stop(self) -> None:
        """Write that the fence was stopped, and end the thread."""
        self._halt.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(timeout=5)

    # -- the thread -----------------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._halt.is_set():
            self._wake.wait(HEARTBEAT.total_seconds())
            self._wake.clear()
            self._write_now(stopped=False)
        self._write_now(stopped=True)

    def _write_now(self, *, stopped: bool) -> None:
        try:
            self._ask_loop()
            self.heartbeat(datetime.now(UTC), stopped=stopped)
        except Exception as error:  # noqa: BLE001 - if the thread ended, the fence would look dead
            logger.error("the state could not be written: %s", type(error).__name__)  # noqa: TRY400

    def _ask_loop(self) -> None:
        """Ask the event loop to note the time, which it does not do while it hangs."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._answer)

    def _answer(self) -> None:
        self._state.answered = datetime.now(UTC)

    def heartbeat(self, now: datetime, *, stopped: bool = False) -> None:
        """Write the state at an aware instant. If that keeps failing, only the first failure is logged."""
        self._state.compute_outlook()
        with self._lock:
            self._state.unwritten(self._unwritten(), now)
            snapshot, day = self._state.at(now, stopped=stopped)
            folder = self._folder
        if snapshot is None or folder is None:
            return
        try:
            write_snapshot(folder, snapshot)
            add_to_day(folder, now.date(), day)
        except OSError as error:
            if not self._failure_logged:
                logger.error(  # noqa: TRY400
                    "cannot write to %s: %s, so `joinfence status` cannot see this fence",
                    folder,
                    error.strerror,
                )
            self._failure_logged = True
        else:
            self._failure_logged = False


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
