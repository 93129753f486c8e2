"""What the gate reports is counted, and logged once without quoting anybody."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from joinfence.config.yaml.problems import Problem
from joinfence.engine.decide import decide
from joinfence.engine.decision import Reason, Verdict
from joinfence.loading.loader import Loader
from joinfence.monitoring.telemetry import Telemetry
from tests.config_files import copy_configs
from tests.factories import make_policy, make_request

if TYPE_CHECKING:
    from joinfence.loading.loader import Loaded

PROBLEM = Problem(Path("a.yaml"), 3, 7, "is bad")


@pytest.fixture
def loaded(tmp_path: Path) -> Loaded:
    return Loader(copy_configs(tmp_path)).load(datetime.now(UTC))


def logged(caplog: pytest.LogCaptureFixture, level: int = logging.ERROR) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno == level]


def test_health_follows_loads(loaded: Loaded, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    telemetry = Telemetry()
    assert (telemetry.health.loaded, telemetry.health.checked_at) == (None, None)
    telemetry.loaded(loaded)
    first = telemetry.health
    assert (first.loaded, first.loaded_at, first.problems) == (loaded, first.checked_at, 0)
    telemetry.loaded(replace(loaded, warnings=(PROBLEM,)))
    held = telemetry.health
    assert (held.loaded_at, held.checked_at, held.problems) == (first.loaded_at, first.checked_at, 1)
    telemetry.loaded(loaded)
    assert telemetry.health.loaded_at == first.loaded_at
    assert telemetry.health.problems == 0
    message = f"policy {loaded.policy.revision} in force: 3 orders"
    assert logged(caplog, logging.INFO).count(message) == 1, "the same policy is logged once"
    telemetry.loaded(replace(loaded, policy=replace(loaded.policy, revision="other")))
    assert "policy other in force: 3 orders" in logged(caplog, logging.INFO)


def test_a_questionable_setting_is_logged_as_a_warning(
    loaded: Loaded, caplog: pytest.LogCaptureFixture
) -> None:
    Telemetry().loaded(replace(loaded, doubts=(PROBLEM,)))
    assert logged(caplog, logging.WARNING) == ["a.yaml:3:7: is bad"]


def test_problems_are_logged_with_what_stays_in_use(loaded: Loaded, caplog: pytest.LogCaptureFixture) -> None:
    telemetry = Telemetry()
    telemetry.not_loaded([PROBLEM])
    assert logged(caplog) == ["a.yaml:3:7: is bad"]
    telemetry.loaded(loaded)
    telemetry.not_loaded([PROBLEM, PROBLEM])
    assert logged(caplog)[-1] == (
        f"still using the last good configuration until this is fixed: policy {loaded.policy.revision}"
    )
    assert (telemetry.health.problems, telemetry.meter.errors["configuration"]) == (2, 3)


def test_the_reasons_why_a_policy_is_not_accepted_are_logged(caplog: pytest.LogCaptureFixture) -> None:
    telemetry = Telemetry()
    telemetry.not_accepted(["this option bypasses the fence"])
    assert logged(caplog) == ["this option bypasses the fence"]
    assert telemetry.health.loaded is None


def test_an_undetermined_client_is_logged_once_for_each_reason(
    loaded: Loaded, caplog: pytest.LogCaptureFixture
) -> None:
    telemetry, policy = Telemetry(), make_policy()
    loaded = replace(loaded, policy=policy)
    for line in (b"nonsense", b"more of it"):
        request = make_request(headers=((b"X-Forwarded-For", line),), peer="10.0.0.1")
        telemetry.decided(decide(request, policy), request, loaded, 0.001)
    (message,) = logged(caplog)
    assert message.startswith("client address could not be determined: malformed")
    assert "nonsense" not in message
    assert telemetry.meter.decisions == {(Verdict.ADMIT, Reason.UNDETERMINED): 2}


def test_an_internal_error_is_logged_once_with_its_place_and_without_its_message(
    loaded: Loaded, caplog: pytest.LogCaptureFixture
) -> None:
    telemetry = Telemetry()
    for meeting in ("123", "456"):
        with pytest.raises(ValueError, match=meeting) as caught:
            int(f"no {meeting}")
        telemetry.failed(caught.value, loaded)
    (message,) = logged(caplog)
    assert message.startswith("the fence failed: ValueError in test_telemetry.py:")
    assert message.endswith("; on_error is admit")
    assert telemetry.meter.errors["decision"] == 2


def test_records_and_heartbeat_start_and_stop_together(monkeypatch: pytest.MonkeyPatch) -> None:
    telemetry, done = Telemetry(), []
    for part in (telemetry.recorder, telemetry._exporter, telemetry._heartbeat):
        for step in ("start", "stop"):
            monkeypatch.setattr(
                part, step, lambda part=part, step=step: done.append((part, step)), raising=False
            )
    telemetry.start()
    telemetry.stop()
    assert done == [
        (telemetry.recorder, "start"),
        (telemetry._heartbeat, "start"),
        (telemetry.recorder, "stop"),
        (telemetry._exporter, "stop"),
        (telemetry._heartbeat, "stop"),
    ]
