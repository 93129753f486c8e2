"""The states of orders are computed once for all subscribers, in a background thread."""

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


class Subscriber:
    """Remembers the states that it was given, and in which threads."""

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

    def noting(self: object, order_id: str) -> object:
        read.append(order_id)
        return get(self, order_id)

    monkeypatch.setattr(StoredOrders, "get", noting)
    first, second = Subscriber(), Subscriber()
    tracker = Tracker(first, second)
    tracker.loaded(loaded)
    tracker.update(NOW)
    assert sorted(read) == ["DE-2026-0001", "NL-2026-0003", "PT-2026-0002"]
    assert first.states == second.states
    edit(main.parent / "orders" / "DE-2026-0001.yaml", "territory: [DE]", "territory: [DE-BY]")
    tracker.loaded(Loader(main).load(NOW))
    tracker.update(NOW)
    assert read[3:] == ["DE-2026-0001"]
    assert len(second.states) == 2


def test_subscribers_are_called_after_a_load_or_a_change_by_the_clock_only(loaded: Loaded) -> None:
    subscriber = Subscriber()
    tracker = Tracker(subscriber)
    tracker.update(NOW)
    assert subscriber.states == [], "there is no policy"
    tracker.loaded(loaded)
    for _ in range(3):
        tracker.update(NOW)
    assert len(subscriber.states) == 1
    tracker.update(NOW + 1000 * DAY)
    assert {state[0] for state in subscriber.states[-1].states.values()} == {"expired"}
    tracker.update(NOW)
    assert {state[0] for state in subscriber.states[-1].states.values()} == {"in_force"}, (
        "the clock was set back"
    )
    assert len(subscriber.states) == 3


def test_the_thread_updates_after_a_load_and_when_the_clock_changes_a_standing(
    loaded: Loaded, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Clock(datetime):
        at = NOW

        @classmethod
        def now(cls, _zone: object = None) -> datetime:  # type: ignore[override]
            return cls.at

    monkeypatch.setattr(module, "datetime", Clock)
    monkeypatch.setattr(module, "INTERVAL", 0.02)
    subscriber = Subscriber()
    tracker = Tracker(subscriber)
    tracker.start()
    tracker.loaded(loaded)
    assert until(lambda: len(subscriber.states) == 1)
    Clock.at = NOW + 1000 * DAY
    assert until(lambda: len(subscriber.states) == 2)
    tracker.stop()
    assert set(subscriber.threads) == {"joinfence-tracker"}
    assert not tracker._thread.is_alive()


def test_stop_updates_a_last_time_whether_or_not_the_thread_was_started(
    loaded: Loaded, monkeypatch: pytest.MonkeyPatch
) -> None:
    idle = Subscriber()
    tracker = Tracker(idle)
    tracker.loaded(loaded)
    tracker.stop()
    tracker.stop()
    tracker.start()
    assert not tracker._thread.is_alive()
    assert len(idle.states) == 1
    monkeypatch.setattr(module, "INTERVAL", 600)
    subscriber = Subscriber()
    running = Tracker(subscriber)
    running.start()
    running._loaded = loaded  # a load that did not wake the thread
    running.stop()
    assert len(subscriber.states) == 1


def test_an_error_is_logged_once_and_does_not_end_the_updates(
    loaded: Loaded, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscriber = Subscriber()
    tracker = Tracker(subscriber)
    tracker.loaded(loaded)
    with monkeypatch.context() as broken:
        broken.setattr(module, "order_states", None)
        tracker.update(NOW)
        tracker.update(NOW)
    assert caplog.messages == ["the standings of the orders could not be computed: TypeError"]
    tracker.update(NOW)
    assert len(subscriber.states) == 1
    with monkeypatch.context() as broken:
        broken.setattr(module, "order_states", None)
        tracker.update(NOW)
    assert len(caplog.messages) == 2
