"""Writes the state of a running fence into its state folder, in a thread, with every heartbeat."""

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
    """Told of every load and failure, it writes down what the fence does; it decides nothing."""

    def __init__(self, unwritten: Callable[[], Mapping[str, int]] = dict) -> None:
        """Know nothing yet: the first heartbeat comes once it is known where the orders stand.

        `unwritten` says how often writing each record has failed since the start.
        """
        self._unwritten = unwritten
        self._state = FenceState(datetime.now(UTC))
        self._lock = threading.Lock()
        self._halt = threading.Event()
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._run, name="joinfence-heartbeat", daemon=True)
        self._folder: Path | None = None
        self._silenced = False
        self._loop = _running_loop()

    # -- what the gate tells it -----------------------------------------------------------------------

    def loaded(self, loaded: Loaded) -> None:
        """Take the policy that is in force from now on. It is written down with where its orders stand."""
        with self._lock:
            self._folder = state_folder(loaded.main, loaded.settings)
            self._state.loaded(loaded, datetime.now(UTC))

    def tracked(self, orders: OrderStates) -> None:
        """Take where all orders stand."""
        self._state.tracked(orders)
        self._wake.set()

    def not_loaded(self, problems: Iterable[object]) -> None:
        """Take what is wrong with an edit, while the policy before it stays in force."""
        with self._lock:
            self._state.not_loaded([str(problem) for problem in problems], datetime.now(UTC))
        self._wake.set()

    def failed(self) -> None:
        """Count an error of the fence itself."""
        with self._lock:
            self._state.failures += 1

    def alarm(self, message: str) -> None:
        """Take an alarm about the deployment; it names no address and no meeting."""
        with self._lock:
            self._state.alarms[message] = datetime.now(UTC)

    def start(self) -> None:
        """Start the heartbeat, unless the end has come already."""
        if not self._halt.is_set():
            self._thread.start()

    def stop(self) -> None:
        """Write that the fence has ended in order, and end."""
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
        except Exception as error:  # noqa: BLE001 - a thread that ends would look like a dead fence
            logger.error("the state could not be written: %s", type(error).__name__)  # noqa: TRY400

    def _ask_loop(self) -> None:
        """Have the event loop say that it still runs: a thread alone would go on in a fence that hangs."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._answer)

    def _answer(self) -> None:
        self._state.answered = datetime.now(UTC)

    def heartbeat(self, now: datetime, *, stopped: bool = False) -> None:
        """Write the state at an aware instant. A folder that cannot be written to is told once."""
        self._state.look_ahead()
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
            if not self._silenced:
                logger.error("%s: %s; joinfence status sees no fence", folder, error.strerror)  # noqa: TRY400
            self._silenced = True
        else:
            self._silenced = False


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
