"""Tells the log, the metrics, the tallies, the event log and the status file what the gate does.

Nothing here decides anything, and no address or meeting leaves the place where it is counted.
"""

from __future__ import annotations

import logging
import traceback
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from joinfence.background.throttle import hurry
from joinfence.engine.values import Undetermined
from joinfence.loading.tracker import Tracker
from joinfence.monitoring.client_alarms import ALARMS_BY_SHARE, ClientFaults
from joinfence.monitoring.exporter import Exporter
from joinfence.monitoring.meter import Meter
from joinfence.monitoring.metrics import Health, Metrics
from joinfence.monitoring.status.heartbeat import Heartbeat
from joinfence.records.recorder import Recorder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from joinfence.config.yaml.problems import Problem
    from joinfence.engine.decision import Decision
    from joinfence.engine.values import Request
    from joinfence.loading.loader import Loaded

logger = logging.getLogger("joinfence")


class Telemetry:
    """Told of loads, decisions and faults, from any thread."""

    def __init__(self) -> None:
        """Know nothing yet, and write nothing before `start`."""
        self.meter = Meter()
        self.client_faults = ClientFaults()
        self.recorder = Recorder()
        self.health = Health(loaded=None, loaded_at=None, checked_at=None, problems=0)
        self._exporter = Exporter(
            Metrics(
                self.meter, self.client_faults, self.recorder, lambda: self.health, lambda: datetime.now(UTC)
            )
        )
        self._heartbeat = Heartbeat(lambda: self.recorder.failures)
        self._tracker = Tracker(self.recorder.tracked, self._heartbeat.tracked)
        self._said: set[object] = set()

    def start(self) -> None:
        """Begin to write records and the state."""
        hurry(ending=False)
        self._tracker.start()
        self.recorder.start()
        self._heartbeat.start()

    def stop(self) -> None:
        """Write what is left to write, and end."""
        hurry()
        self._tracker.stop()
        self.recorder.stop()
        self._exporter.stop()
        self._heartbeat.stop()

    # -- the configuration ------------------------------------------------------------------------

    def loaded(self, loaded: Loaded) -> None:
        """Take the policy that is in force from now on."""
        before, now = self.health, datetime.now(UTC)
        is_new = before.loaded is None or before.loaded.policy.revision != loaded.policy.revision
        self.health = Health(
            loaded=loaded,
            loaded_at=now if is_new else before.loaded_at,
            checked_at=before.checked_at if loaded.warnings else now,
            problems=len(loaded.warnings),
        )
        self.recorder.loaded(loaded)
        self._exporter.listen(loaded.settings.metrics)
        self._heartbeat.loaded(loaded)
        self._tracker.loaded(loaded)
        if is_new:
            _say_loaded(loaded)

    def not_loaded(self, problems: Sequence[Problem]) -> None:
        """Take what is wrong with files that are not in force."""
        for problem in problems:
            logger.error("%s", problem)
        self._heartbeat.not_loaded(problems)
        self.recorder.not_loaded(problems)
        self.meter.errors["configuration"] += len(problems)
        self.health = replace(self.health, problems=max(self.health.problems, len(problems)))
        if self.health.loaded:
            logger.error(
                "still using the last good configuration until this is fixed: policy %s",
                self.health.loaded.policy.revision,
            )

    def not_accepted(self, problems: Sequence[str]) -> None:
        """Take the reasons why the host cannot enforce a policy, which is therefore not put in force."""
        for problem in problems:
            logger.error(problem)
        self._heartbeat.not_loaded(problems)

    # -- decisions --------------------------------------------------------------------------------

    def decided(self, decision: Decision, request: Request, loaded: Loaded, seconds: float) -> None:
        """Count a decision and the time it took, and tell what is wrong with client addresses."""
        self.meter.note(decision, seconds)
        for message in self.client_faults.note(decision, request, loaded.policy.client_address):
            logger.error("%s", message)
            self._heartbeat.alarm(message)
        if isinstance(decision.client, Undetermined) and decision.client.reason not in ALARMS_BY_SHARE:
            self._say_undetermined(decision.client)

    def count(self, decision: Decision, at: datetime) -> None:
        """Count in the tallies a decision that was carried out, at an aware instant. Never raises."""
        self.recorder.count(decision, at)

    def failed(self, error: Exception, loaded: Loaded) -> None:
        """Count a fault of the fence itself and tell where it was; never its message, which may quote."""
        self.meter.errors["decision"] += 1
        self._heartbeat.failed()
        place = type(error).__name__
        for frame in traceback.extract_tb(error.__traceback__)[-1:]:
            place += f" in {Path(frame.filename).name}:{frame.lineno}"
        self._say_once(("fault", place), f"the fence failed: {place}; on_error is {loaded.settings.on_error}")

    def _say_undetermined(self, client: Undetermined) -> None:
        why = f"{client.reason} ({client.detail})" if client.detail else str(client.reason)
        self._say_once(
            ("undetermined", why),
            f"client address could not be determined: {why}; check client_address and the proxies",
        )

    def _say_once(self, key: object, message: str) -> None:
        if key not in self._said:
            self._said.add(key)
            logger.error(message)


def _say_loaded(loaded: Loaded) -> None:
    for doubt in loaded.doubts:
        logger.warning("%s", doubt)
    logger.info("policy %s in force: %d orders", loaded.policy.revision, len(loaded.policy.orders))
