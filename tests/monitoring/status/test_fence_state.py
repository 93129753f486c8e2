from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from joinfence.config.yaml.problems import Problem
from joinfence.loading.loader import Loaded, Loader
from joinfence.loading.order_states import order_states
from joinfence.monitoring.status import fence_state as fence_state_module
from joinfence.monitoring.status.fence_state import HEARTBEAT, FenceState, age_in_days
from tests.config_files import SHIPPED
from tests.factories import NOW

if TYPE_CHECKING:
    from datetime import datetime

    from joinfence.monitoring.status.days import Day
    from joinfence.monitoring.status.snapshot import Snapshot

MAIN = SHIPPED / "geofence.yaml"
LOADED = Loader(MAIN).load(NOW)
WARNING = Problem(Path("a.yaml"), 1, 1, "is old")


class FakeSource:
    def __init__(
        self, name: str = "Base of 2026-11-20", *, stale: bool = False, build: datetime | None = None
    ) -> None:
        self.name, self.stale = name, stale
        if build:
            self.build = build

    def is_stale(self, at: datetime) -> bool:  # noqa: ARG002 - the protocol's signature
        return self.stale

    def find(self, address: Any) -> None:
        """Locate nobody."""


def fence_state(loaded: Loaded = LOADED) -> FenceState:
    made = FenceState(NOW - timedelta(hours=1))
    made.loaded(loaded, NOW)
    made.tracked(order_states(loaded, NOW))
    return made


def snapshot_of(made: FenceState, after: timedelta = timedelta(0)) -> tuple[Snapshot, Day]:
    made.compute_outlook()
    snapshot, day = made.at(NOW + after, stopped=False)
    assert snapshot is not None
    return snapshot, day


def test_until_the_standings_are_known_there_is_no_snapshot() -> None:
    made = FenceState(NOW)
    made.compute_outlook()
    assert made.at(NOW, stopped=False)[0] is None
    made.loaded(LOADED, NOW)
    made.compute_outlook()
    assert made.at(NOW, stopped=False)[0] is None
    made.tracked(order_states(LOADED, NOW))
    assert snapshot_of(made)[0].orders["in_force"] == 3


def test_a_healthy_fence() -> None:
    snapshot, day = snapshot_of(fence_state())
    assert (snapshot.revision, snapshot.problems, snapshot.failures) == (LOADED.policy.revision, [], 0)
    assert snapshot.orders["in_force"] == 3
    assert [change.order for change in snapshot.changes] == ["PT-2026-0002", "DE-2026-0001", "NL-2026-0003"]
    assert [(source.age_days, source.stale) for source in snapshot.sources] == [(None, False)]
    assert (day.stale_policy_seconds, day.fail_open_seconds) == (0, 0)


def test_problems_stay_until_the_next_policy() -> None:
    made = fence_state()
    snapshot_of(made)
    made.not_loaded(["bad"], NOW)
    made.not_loaded(["worse"], NOW + HEARTBEAT)
    snapshot, day = snapshot_of(made, 2 * HEARTBEAT)
    assert (snapshot.problems, snapshot.problems_at) == (["bad", "worse"], NOW)
    assert day.stale_policy_seconds == 20
    made.loaded(LOADED, NOW + 2 * HEARTBEAT)
    snapshot, day = snapshot_of(made, 3 * HEARTBEAT)
    assert (snapshot.problems, snapshot.problems_at, day.stale_policy_seconds) == ([], None, 0)


def test_edits_that_are_held_back_make_a_policy_stale() -> None:
    made = fence_state(replace(LOADED, warnings=(WARNING,)))
    made.not_loaded([str(WARNING)], NOW)
    snapshot, _day = snapshot_of(made)
    assert (snapshot.problems, snapshot.problems_at) == (["a.yaml:1:1: is old"], NOW)
    assert snapshot_of(made, HEARTBEAT)[1].stale_policy_seconds == 10
    made.loaded(replace(LOADED, warnings=(WARNING,)), NOW + HEARTBEAT)
    assert snapshot_of(made, HEARTBEAT)[0].problems_at == NOW


def test_an_empty_list_of_problems_changes_nothing() -> None:
    made = fence_state()
    made.not_loaded([], NOW)
    assert snapshot_of(made)[0].problems_at is None


def test_loading_the_same_policy_again_keeps_its_time() -> None:
    made = fence_state()
    made.loaded(LOADED, NOW + HEARTBEAT)
    assert snapshot_of(made)[0].loaded == NOW


def test_a_record_is_unwritten_until_a_retry_succeeds() -> None:
    made = fence_state()
    made.unwritten({"tallies": 1, "event_log": 0}, NOW)
    assert snapshot_of(made)[0].unwritten == ["tallies"]
    made.unwritten({"tallies": 2}, NOW + timedelta(seconds=60))
    assert snapshot_of(made, timedelta(seconds=120))[0].unwritten == ["tallies"]
    made.unwritten({"tallies": 2}, NOW + timedelta(seconds=120))
    assert snapshot_of(made, timedelta(seconds=150))[0].unwritten == []


@pytest.mark.parametrize(("on_error", "seconds"), [("admit", 10), ("unavailable", 0)])
def test_an_error_that_admits_counts_as_fail_open_for_one_heartbeat(on_error: str, seconds: float) -> None:
    settings = LOADED.settings.model_copy(update={"on_error": on_error})
    made = fence_state(replace(LOADED, settings=settings))
    snapshot_of(made)
    made.failures += 1
    snapshot, day = snapshot_of(made, HEARTBEAT)
    assert (snapshot.failures, day.fail_open_seconds) == (1, seconds)
    assert snapshot_of(made, 2 * HEARTBEAT)[1].fail_open_seconds == 0


@pytest.mark.parametrize(("stale", "seconds"), [((True, True), 10), ((True, False), 0)])
def test_a_fence_with_only_stale_sources_counts_as_fail_open(stale: tuple[bool, ...], seconds: float) -> None:
    made = fence_state(replace(LOADED, sources=tuple(FakeSource(stale=each) for each in stale)))
    snapshot_of(made)
    assert snapshot_of(made, HEARTBEAT)[1].fail_open_seconds == seconds


def test_a_long_gap_between_heartbeats_counts_as_three_of_them() -> None:
    made = fence_state()
    snapshot_of(made)
    made.not_loaded(["bad"], NOW)
    assert snapshot_of(made, timedelta(hours=9))[1].stale_policy_seconds == 30
    assert snapshot_of(made, timedelta(hours=8))[1].stale_policy_seconds == 0


def test_an_alarm_lasts_an_hour() -> None:
    made = fence_state()
    made.alarms["the header is missing"] = NOW
    assert snapshot_of(made)[0].alarms == ["the header is missing"]
    assert snapshot_of(made, timedelta(hours=1))[0].alarms == []


def test_the_counts_follow_a_clock_that_is_set_forward_and_back() -> None:
    made = fence_state()
    first = snapshot_of(made)[0].changes[0]
    made.tracked(order_states(LOADED, first.at))
    assert snapshot_of(made)[0].orders["in_force"] == 3  # a review is due until the end of its instant
    missed = order_states(LOADED, first.at + timedelta(seconds=1))
    made.tracked(missed)
    snapshot, _day = snapshot_of(made)
    assert (snapshot.orders["in_force"], snapshot.missed_reviews) == (2, ["PT-2026-0002"])
    made.tracked(order_states(LOADED, NOW, missed))
    snapshot, _day = snapshot_of(made)
    assert (snapshot.orders["in_force"], snapshot.missed_reviews) == (3, [])


def test_the_outlook_is_computed_once_for_the_same_standings(monkeypatch: pytest.MonkeyPatch) -> None:
    made = fence_state()
    snapshot_of(made)
    monkeypatch.setattr(fence_state_module, "outlook", None)
    snapshot_of(made)
    made.tracked(order_states(LOADED, NOW))
    with pytest.raises(TypeError):
        snapshot_of(made)


def test_a_snapshot_does_not_compute_the_outlook(monkeypatch: pytest.MonkeyPatch) -> None:
    made = fence_state()
    snapshot_of(made)
    monkeypatch.setattr(fence_state_module, "outlook", None)
    made.tracked(order_states(LOADED, NOW))
    snapshot, _day = made.at(NOW, stopped=False)
    assert snapshot is not None
    assert snapshot.orders["in_force"] == 3


def test_the_age_of_a_source_in_days() -> None:
    assert age_in_days(FakeSource(build=NOW - timedelta(days=3, hours=5)), NOW) == 3
    assert age_in_days(FakeSource(build=NOW + timedelta(days=1)), NOW) == 0
    assert age_in_days(FakeSource(), NOW) is None


def test_ages_are_kept_by_source_and_not_by_build() -> None:
    made = fence_state(replace(LOADED, sources=(FakeSource(build=NOW - timedelta(days=3)),)))
    assert snapshot_of(made)[1].ages == {"Base": 3}
