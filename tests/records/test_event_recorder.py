"""The event log follows what is in force: after any failure, nothing is logged twice or lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from joinfence.config.order_store.stored import StoredOrders
from joinfence.config.yaml.problems import Problem
from joinfence.loading.loader import Loader
from joinfence.loading.order_states import OrderStates, order_states
from joinfence.records import event_recorder as module
from joinfence.records.event_recorder import EventRecorder
from joinfence.records.log.files import read_events
from joinfence.records.log.writer import EventLog
from tests.config_files import edit
from tests.e2e.harness import make_config

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from joinfence.records.log.events import Event

NOW = datetime.now(UTC)
ALL = [
    "order.approved DE-2026-0001",
    "order.activated DE-2026-0001",
    "order.approved NL-2026-0003",
    "order.activated NL-2026-0003",
    "order.approved PT-2026-0002",
    "order.activated PT-2026-0002",
]
FIRST = ["register.changed", "config.changed", "location.changed", *ALL]


class Fence:
    """A configuration that can be loaded repeatedly, and its event log."""

    def __init__(self, folder: Path) -> None:
        self.main = make_config(folder)
        with self.main.open("a", encoding="utf-8") as file:
            file.write("state: ../state\n")
        self.state = self.main.parent.parent / "state"
        self.orders = self.main.parent / "orders"
        self.recorder = EventRecorder()
        self.states: OrderStates | None = None
        self._loader = Loader(self.main)

    def load(self, now: datetime = NOW) -> OrderStates:
        self.states = order_states(self._loader.load(now), now, self.states)
        return self.states

    def at(self, now: datetime) -> OrderStates:
        """Set the clock forward or back."""
        assert self.states
        self.states = order_states(self.states.loaded, now, self.states)
        return self.states

    def logged(self, folder: Path | None = None) -> list[str]:
        events = [entry.event for entry in read_events(folder or self.state)]
        return [f"{event.kind} {event.order or ''}".rstrip() for event in events]


@pytest.fixture
def fence(tmp_path: Path) -> Fence:
    return Fence(tmp_path)


def test_the_configuration_comes_first_then_orders_then_removals_then_rejections(fence: Fence) -> None:
    fence.recorder.write(fence.load())
    assert fence.logged() == FIRST
    edit(fence.main.parent / "authorities.yaml", "Landgericht Beispielstadt", "Landgericht Musterstadt")
    edit(fence.orders / "PT-2026-0002.yaml", "territory: [PT]", "territory: [PT-11]")
    (fence.orders / "NL-2026-0003.yaml").unlink()
    draft = fence.orders / "FR-2026-0009.yaml"
    draft.write_text("schema: order/1", encoding="utf-8")
    states = fence.load()
    fence.recorder.rejected(states.loaded.warnings)
    fence.recorder.write(states)
    assert fence.logged()[len(FIRST) :] == [
        "register.changed",
        "order.approved PT-2026-0002",
        "order.activated PT-2026-0002",
        "order.revoked NL-2026-0003",
        "order.rejected FR-2026-0009",
    ]


def test_what_has_not_changed_is_not_logged_again(fence: Fence) -> None:
    for _ in range(2):
        fence.recorder.write(fence.load())
        fence.recorder.write(fence.at(NOW + timedelta(seconds=1)))
    assert fence.logged() == FIRST


def test_changes_by_the_clock_are_logged_also_if_it_is_set_back(fence: Fence) -> None:
    orders = fence.load().loaded.policy.orders
    fence.recorder.write(fence.at(NOW))
    first = min(orders, key=lambda order: order.review_by)
    fence.recorder.write(fence.at(first.review_by + timedelta(seconds=1)))
    fence.recorder.write(fence.at(NOW))
    end = max(order.expires_at for order in orders)
    fence.recorder.write(fence.at(end))
    assert fence.logged()[len(FIRST) :] == [
        f"order.suspended {first.id}",
        f"order.activated {first.id}",
        *(f"order.expired {order_id}" for order_id in fence.at(end).states),
    ]


@pytest.mark.parametrize("written_before", range(4))
def test_events_that_could_not_be_written_are_found_later_without_reading_an_order(
    fence: Fence, monkeypatch: pytest.MonkeyPatch, written_before: int
) -> None:
    monkeypatch.setattr(module, "_BATCH", 4)  # three batches, after one check of the log
    states, append, calls = fence.load(), EventLog.append, iter(range(9))

    def failing_once(log: EventLog, events: Sequence[Event]) -> int:
        if next(calls) == written_before:
            raise OSError
        return append(log, events)

    monkeypatch.setattr(EventLog, "append", failing_once)
    monkeypatch.setattr(StoredOrders, "get", None)
    with pytest.raises(OSError, match=r"^$"):
        fence.recorder.write(states)
    assert len(fence.logged() if written_before else []) == 4 * max(written_before - 1, 0)
    fence.recorder.write(states)
    assert fence.logged() == FIRST


def test_problems_wait_until_the_log_can_be_written(fence: Fence, monkeypatch: pytest.MonkeyPatch) -> None:
    path = fence.orders / "FR-2026-0009.yaml"
    states = fence.load()
    path.write_text("schema: order/1", encoding="utf-8")
    fence.recorder.rejected([Problem(path, 1, 1, "is bad")])
    with monkeypatch.context() as broken:
        broken.setattr(EventLog, "append", None)
        with pytest.raises(TypeError):
            fence.recorder.write(states)
    fence.recorder.write(states)
    assert fence.logged()[-1] == "order.rejected FR-2026-0009"
    fence.recorder.rejected([Problem(path, 1, 1, "is bad")])
    fence.recorder.write(states)
    assert fence.logged().count("order.rejected FR-2026-0009") == 1


def test_the_number_of_waiting_problems_is_limited(fence: Fence, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MAX_PROBLEMS", 2)
    states = fence.load()
    for number in range(3):
        path = fence.orders / f"FR-2026-000{number}.yaml"
        path.write_text(f"schema: order/{number + 2}", encoding="utf-8")
        fence.recorder.rejected([Problem(path, 1, 1, "is bad")])
    fence.recorder.write(states)
    assert fence.logged()[len(FIRST) :] == ["order.rejected FR-2026-0001", "order.rejected FR-2026-0002"]


def test_another_state_folder_gets_a_new_log(fence: Fence) -> None:
    fence.recorder.write(fence.load())
    edit(fence.main, "state: ../state", "state: ../other")
    fence.recorder.write(fence.load())
    assert fence.logged(fence.state.with_name("other")) == FIRST
    assert fence.logged() == FIRST


def test_another_key_signs_the_log_from_then_on(fence: Fence, monkeypatch: pytest.MonkeyPatch) -> None:
    keys: list[Any] = []

    class Noted(EventLog):
        def __init__(self, folder: Path, *, host: str, key: Path | None) -> None:
            keys.append((host, key and key.name))
            super().__init__(folder, host=host, key=None)

    monkeypatch.setattr(module, "EventLog", Noted)
    for _ in range(2):
        fence.recorder.write(fence.load())
    edit(fence.main, "state: ../state", "state: ../state\nevent_log: {key: log.key}")
    fence.recorder.write(fence.load())
    assert keys == [("meet.example", None), ("meet.example", "log.key")]
    assert fence.logged() == [*FIRST, "config.changed"]
