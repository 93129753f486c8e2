"""Passes on what the gate does to the log, the metrics, the tallies, the event log and the status file.

Nothing here decides anything, and addresses and meetings go no further than where they are counted.
"""

from __future__ import annotations

import logging
import traceback
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from joinfence.background.throttle import resume_throttling, stop_throttling
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
    """Takes loads, decisions and errors, from any thread."""

    def __init__(self) -> None:
        """Start empty. Nothing is written before `start`."""
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
        self._logged: set[object] = set()

    def start(self) -> None:
        """Start writing records and the status file."""
        resume_throttling()
        self._tracker.start()
        self.recorder.start()
        self._heartbeat.start()

    def stop(self) -> None:
        """Write what is still in memory, and stop."""
        stop_throttling()
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
            _log_loaded(loaded)

    def not_loaded(self, problems: Sequence[Problem]) -> None:
        """Take the problems of files that are not in force."""
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
        """Count a decision and the time it took, and log what is wrong with client addresses."""
        self.meter.note(decision, seconds)
        for message in self.client_faults.note(decision, request, loaded.policy.client_address):
            logger.error("%s", message)
            self._heartbeat.alarm(message)
        if isinstance(decision.client, Undetermined) and decision.client.reason not in ALARMS_BY_SHARE:
            self._log_undetermined(decision.client)

    def count(self, decision: Decision, at: datetime) -> None:
        """Count a decision in the tallies once it was carried out, at an aware instant. Never raises."""
        self.recorder.count(decision, at)

    def failed(self, error: Exception, loaded: Loaded) -> None:
        """Count an internal error and log where it occurred; not its message, which may quote a request."""
        self.meter.errors["decision"] += 1
        self._heartbeat.failed()
        place = type(error).__name__
        for frame in traceback.extract_tb(error.__traceback__)[-1:]:
            place += f" in {Path(frame.filename).name}:{frame.lineno}"
        self._log_once(("error", place), f"the fence failed: {place}; on_error is {loaded.settings.on_error}")

    def _log_undetermined(self, client: Undetermined) -> None:
        why = f"{client.reason} ({client.detail})" if client.detail else str(client.reason)
        self._log_once(
            ("undetermined", why),
            f"client address could not be determined: {why}; check client_address and the proxies",
        )

    def _log_once(self, key: object, message: str) -> None:
        if key not in self._logged:
            self._logged.add(key)
            logger.error(message)


def _log_loaded(loaded: Loaded) -> None:
    for doubt in loaded.doubts:
        logger.warning("%s", doubt)
    logger.info("policy %s in force: %d orders", loaded.policy.revision, len(loaded.policy.orders))
