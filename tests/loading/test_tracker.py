"""One look at the orders for all who want to know, in a thread of its own."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from joinfence.config.order_store.stored import StoredOrders
from joinfence.loading import tracker as module
from joinfence.loading.loader import Loader
from joinfence.loading.tracker import Tracker
from tests.config_files import edit
from tests.e2e.harness import make_config, until

if TYPE_CHECKING:
    from pathlib import Path

    from joinfence.loading.loader import Loaded
    from joinfence.loading.order_states import OrderStates

NOW = datetime.now(UTC)
DAY = timedelta(days=1)


@pytest.fixture
def main(tmp_path: Path) -> Path:
    return make_config(tmp_path)


@pytest.fixture
def loaded(main: Path) -> Loaded:
    return Loader(main).load(NOW)


class Told:
    """A subscriber, and what it was told in which thread."""

    def __init__(self) -> None:
        self.states: list[OrderStates] = []
        self.threads: list[str] = []

    def __call__(self, states: OrderStates) -> None:
        self.threads.append(threading.current_thread().name)
        self.states.append(states)


def test_orders_are_read_once_for_all_subscribers(
    loaded: Loaded, main: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    get: Any = StoredOrders.get

    def noted(self: object, order_id: str) -> object:
        read.append(order_id)
        return get(self, order_id)

    monkeypatch.setattr(StoredOrders, "get", noted)
    first, second = Told(), Told()
    tracker = Tracker(first, second)
    tracker.loaded(loaded)
    tracker.look(NOW)
    assert sorted(read) == ["DE-2026-0001", "NL-2026-0003", "PT-2026-0002"]
    assert first.states == second.states
    edit(main.parent / "orders" / "DE-2026-0001.yaml", "territory: [DE]", "territory: [DE-BY]")
    tracker.loaded(Loader(main).load(NOW))
    tracker.look(NOW)
    assert read[3:] == ["DE-2026-0001"]
    assert len(second.states) == 2


def test_subscribers_are_told_of_every_load_and_of_the_clock_and_of_nothing_else(loaded: Loaded) -> None:
    told = Told()
    tracker = Tracker(told)
    tracker.look(NOW)
    assert told.states == [], "there is no policy"
    tracker.loaded(loaded)
    for _ in range(3):
        tracker.look(NOW)
    assert len(told.states) == 1
    tracker.look(NOW + 1000 * DAY)
    assert {state[0] for state in told.states[-1].states.values()} == {"expired"}
    tracker.look(NOW)
    assert {state[0] for state in told.states[-1].states.values()} == {"in_force"}, "it was set back"
    assert len(told.states) == 3


def test_its_thread_looks_after_a_load_and_by_the_clock(
    loaded: Loaded, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Clock(datetime):
        at = NOW

        @classmethod
        def now(cls, _zone: object = None) -> datetime:  # type: ignore[override]
            return cls.at

    monkeypatch.setattr(module, "datetime", Clock)
    monkeypatch.setattr(module, "INTERVAL", 0.02)
    told = Told()
    tracker = Tracker(told)
    tracker.start()
    tracker.loaded(loaded)
    assert until(lambda: len(told.states) == 1)
    Clock.at = NOW + 1000 * DAY
    assert until(lambda: len(told.states) == 2)
    tracker.stop()
    assert set(told.threads) == {"joinfence-tracker"}
    assert not tracker._thread.is_alive()


def test_the_end_looks_a_last_time_with_or_without_the_thread(
    loaded: Loaded, monkeypatch: pytest.MonkeyPatch
) -> None:
    never_began = Told()
    tracker = Tracker(never_began)
    tracker.loaded(loaded)
    tracker.stop()
    tracker.stop()
    tracker.start()
    assert not tracker._thread.is_alive()
    assert len(never_began.states) == 1
    monkeypatch.setattr(module, "INTERVAL", 600)
    told = Told()
    began = Tracker(told)
    began.start()
    began._loaded = loaded  # a load that its thread has not heard of
    began.stop()
    assert len(told.states) == 1


def test_whatever_goes_wrong_is_told_once_and_looking_goes_on(
    loaded: Loaded, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = Told()
    tracker = Tracker(told)
    tracker.loaded(loaded)
    with monkeypatch.context() as broken:
        broken.setattr(module, "order_states", None)
        tracker.look(NOW)
        tracker.look(NOW)
    assert caplog.messages == ["where orders stand could not be seen: TypeError"]
    tracker.look(NOW)
    assert len(told.states) == 1
    with monkeypatch.context() as broken:
        broken.setattr(module, "order_states", None)
        tracker.look(NOW)
    assert len(caplog.messages) == 2
