"""What the gate tells is counted and said once, and quotes nobody."""

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


def said(caplog: pytest.LogCaptureFixture, level: int = logging.ERROR) -> list[str]:
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
    told = f"policy {loaded.policy.revision} in force: 3 orders"
    assert said(caplog, logging.INFO).count(told) == 1, "the same policy is told of once"
    telemetry.loaded(replace(loaded, policy=replace(loaded.policy, revision="other")))
    assert "policy other in force: 3 orders" in said(caplog, logging.INFO)


def test_what_could_be_meant_and_mostly_is_not_is_a_warning(
    loaded: Loaded, caplog: pytest.LogCaptureFixture
) -> None:
    Telemetry().loaded(replace(loaded, doubts=(PROBLEM,)))
    assert said(caplog, logging.WARNING) == ["a.yaml:3:7: is bad"]


def test_problems_are_told_with_what_stays_in_use(loaded: Loaded, caplog: pytest.LogCaptureFixture) -> None:
    telemetry = Telemetry()
    telemetry.not_loaded([PROBLEM])
    assert said(caplog) == ["a.yaml:3:7: is bad"]
    telemetry.loaded(loaded)
    telemetry.not_loaded([PROBLEM, PROBLEM])
    assert said(caplog)[-1] == (
        f"still using the last good configuration until this is fixed: policy {loaded.policy.revision}"
    )
    assert (telemetry.health.problems, telemetry.meter.errors["configuration"]) == (2, 3)


def test_a_policy_that_is_not_put_in_force_says_why(caplog: pytest.LogCaptureFixture) -> None:
    telemetry = Telemetry()
    telemetry.not_accepted(["this option opens the fence"])
    assert said(caplog) == ["this option opens the fence"]
    assert telemetry.health.loaded is None


def test_a_client_without_an_address_is_told_of_once_for_each_reason(
    loaded: Loaded, caplog: pytest.LogCaptureFixture
) -> None:
    telemetry, policy = Telemetry(), make_policy()
    loaded = replace(loaded, policy=policy)
    for line in (b"nonsense", b"more of it"):
        request = make_request(headers=((b"X-Forwarded-For", line),), peer="10.0.0.1")
        telemetry.decided(decide(request, policy), request, loaded, 0.001)
    (message,) = said(caplog)
    assert message.startswith("no client address could be had: malformed")
    assert "nonsense" not in message
    assert telemetry.meter.decisions == {(Verdict.ADMIT, Reason.UNDETERMINED): 2}


def test_a_fault_is_told_once_by_its_place_and_never_by_its_message(
    loaded: Loaded, caplog: pytest.LogCaptureFixture
) -> None:
    telemetry = Telemetry()
    for meeting in ("123", "456"):
        with pytest.raises(ValueError, match=meeting) as caught:
            int(f"no {meeting}")
        telemetry.failed(caught.value, loaded)
    (message,) = said(caplog)
    assert message.startswith("the fence failed: ValueError in test_telemetry.py:")
    assert message.endswith("; on_error is admit")
    assert telemetry.meter.errors["decision"] == 2


def test_records_and_state_begin_and_end_together(monkeypatch: pytest.MonkeyPatch) -> None:
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
