"""An order is read only if an edit or the clock may have changed it: reading 100,000 takes seconds."""

from __future__ import annotations

import gc
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from joinfence.engine.approvals import approvals_of
from joinfence.engine.order import Standing
from joinfence.loading.loader import Loader
from joinfence.loading.order_states import LONG_AGO, NEVER, OrderStates, order_states, state_of
from joinfence.site.build import build
from tests.config_files import edit
from tests.e2e.harness import make_config
from tests.factories import NOW as MIDDLE
from tests.factories import ORDER, make_order

if TYPE_CHECKING:
    from pathlib import Path

    from joinfence.loading.loader import Loaded

NOW = datetime.now(UTC)
DAY = timedelta(days=1)
MOMENT = timedelta(microseconds=1)
IDS = ["DE-2026-0001", "NL-2026-0003", "PT-2026-0002"]


@pytest.fixture
def main(tmp_path: Path) -> Path:
    return make_config(tmp_path)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list to which the id of each order that is read is added."""
    from joinfence.config.order_store.stored import StoredOrders  # noqa: PLC0415 - the class that is patched

    found: list[str] = []
    get: Any = StoredOrders.get

    def noting(self: object, order_id: str) -> object:
        found.append(order_id)
        return get(self, order_id)

    monkeypatch.setattr(StoredOrders, "get", noting)
    return found


def standings(orders: OrderStates) -> dict[str, str]:
    return {order_id: state[0] for order_id, state in orders.states.items()}


def test_a_state_has_the_standing_and_the_instants_between_which_it_holds() -> None:
    in_force = (ORDER.effective_from, ORDER.review_by, "review_missed")
    assert state_of(ORDER, MIDDLE) == ("in_force", 1, ORDER.review_by, *in_force)
    start = ORDER.effective_from
    early = state_of(ORDER, start - DAY)
    assert early == ("not_yet_effective", 1, ORDER.review_by, LONG_AGO, start, "in_force")
    ended = state_of(ORDER, ORDER.expires_at)
    assert ended == ("expired", 1, ORDER.review_by, ORDER.expires_at, NEVER, "expired")


def test_instants_are_in_utc_whatever_time_zone_the_order_uses() -> None:
    order = make_order(review_by=ORDER.review_by.astimezone(None))
    assert {each.tzinfo for each in state_of(order, MIDDLE) if isinstance(each, datetime)} == {UTC}


def test_the_garbage_collector_does_not_track_states(main: Path) -> None:
    states = order_states(Loader(main).load(NOW), NOW).states
    gc.collect()
    assert not any(gc.is_tracked(state) for state in states.values())


def test_only_edited_orders_are_read(main: Path, read: list[str]) -> None:
    loader = Loader(main)
    first = order_states(loader.load(NOW), NOW)
    assert sorted(read) == sorted(first.states) == IDS
    read.clear()
    edit(main.parent / "orders" / "DE-2026-0001.yaml", "territory: [DE]", "territory: [DE-BY]")
    second = order_states(loader.load(NOW), NOW, first)
    assert read == ["DE-2026-0001"]
    assert [each for each in IDS if second.states[each] is not first.states[each]] == read


def test_if_nothing_has_changed_the_same_object_is_returned(main: Path, read: list[str]) -> None:
    loaded = Loader(main).load(NOW)
    first = order_states(loaded, NOW)
    read.clear()
    assert order_states(loaded, NOW + MOMENT, first) is first
    assert read == []


def test_states_are_in_the_order_in_which_orders_were_first_seen(main: Path) -> None:
    loader = Loader(main)
    first = order_states(loader.load(NOW), NOW)
    edit(main.parent / "orders" / "DE-2026-0001.yaml", "territory: [DE]", "territory: [DE-BY]")
    (main.parent / "orders" / "NL-2026-0003.yaml").rename(main.parent / "NL-2026-0003.yaml")
    second = order_states(loader.load(NOW), NOW, first)
    assert list(second.loaded.order_digests) == ["PT-2026-0002", "DE-2026-0001"]
    assert list(second.states) == ["DE-2026-0001", "PT-2026-0002"]
    (main.parent / "NL-2026-0003.yaml").rename(main.parent / "orders" / "NL-2026-0003.yaml")
    third = order_states(loader.load(NOW), NOW, second)
    assert list(third.states) == ["DE-2026-0001", "PT-2026-0002", "NL-2026-0003"]


def test_new_approvals_of_an_order_cause_only_that_order_to_be_read(main: Path, read: list[str]) -> None:
    loaded = Loader(main).load(NOW)
    plain = order_states(loaded, NOW)
    signed = replace(loaded, approvals={"PT-2026-0002": approvals_of(2, ())})
    read.clear()
    with_approvals = order_states(signed, NOW, plain)
    assert read == ["PT-2026-0002"]
    order_states(loaded, NOW, with_approvals)
    assert read == ["PT-2026-0002"] * 2


def test_a_change_of_the_register_causes_all_orders_to_be_read(main: Path, read: list[str]) -> None:
    loader = Loader(main)
    first = order_states(loader.load(NOW), NOW)
    read.clear()
    edit(main.parent / "authorities.yaml", "Landgericht Beispielstadt", "Landgericht Musterstadt")
    second = order_states(loader.load(NOW), NOW, first)
    assert sorted(read) == IDS
    order_states(loader.load(NOW), NOW, second)
    assert sorted(read) == IDS


def test_a_removed_order_is_dropped_and_one_that_cannot_be_found_skipped(main: Path) -> None:
    loaded = Loader(main).load(NOW)
    first = order_states(loaded, NOW)
    left = replace(loaded, order_digests={"DE-2026-0001": loaded.order_digests["DE-2026-0001"]})
    assert list(order_states(left, NOW, first).states) == ["DE-2026-0001"]
    more = replace(loaded, order_digests={**loaded.order_digests, "XX-2026-0001": b""})
    assert sorted(order_states(more, NOW, first).states) == IDS


def test_an_order_is_read_again_when_time_changes_its_standing(main: Path, read: list[str]) -> None:
    loaded = Loader(main).load(NOW)
    first = order_states(loaded, NOW)
    read.clear()
    due = min(loaded.policy.orders, key=lambda order: order.review_by)
    assert first.until == due.review_by
    assert order_states(loaded, due.review_by, first) is first
    later = order_states(loaded, due.review_by + MOMENT, first)
    assert read == [due.id]
    assert standings(later) == {**dict.fromkeys(IDS, "in_force"), due.id: "review_missed"}
    end = max(order.expires_at for order in loaded.policy.orders) + MOMENT
    over = order_states(loaded, end, later)
    assert standings(over) == dict.fromkeys(IDS, "expired")
    assert order_states(loaded, end + 9 * DAY, over) is over


@pytest.mark.parametrize("back", [timedelta(seconds=1), DAY])
def test_nothing_is_read_if_the_clock_is_set_back_but_no_standing_changes(
    main: Path, read: list[str], back: timedelta
) -> None:
    loaded = Loader(main).load(NOW)
    first = order_states(loaded, NOW)
    read.clear()
    assert order_states(loaded, NOW - back, first) is first
    assert read == []


def test_setting_the_clock_back_undoes_the_changes_since(main: Path, read: list[str]) -> None:
    loaded = Loader(main).load(NOW)
    due = min(loaded.policy.orders, key=lambda order: order.review_by)
    missed = order_states(loaded, due.review_by + DAY)
    assert missed.states[due.id][0] == "review_missed"
    read.clear()
    again = order_states(loaded, due.review_by - DAY, missed)
    assert read == [due.id]
    assert standings(again) == dict.fromkeys(IDS, "in_force")
    long_before = order_states(loaded, NOW - 30 * DAY, again)
    assert standings(long_before) == dict.fromkeys(IDS, "not_yet_effective")


def test_states_computed_at_the_instant_of_a_change_are_right_before_and_after(main: Path) -> None:
    loaded = Loader(main).load(NOW)
    first = min(loaded.policy.orders, key=lambda order: order.review_by)
    for at in (first.effective_from, first.review_by, first.expires_at):
        states = order_states(loaded, at)
        for later in (at - MOMENT, at + MOMENT):
            assert standings(order_states(loaded, later, states)) == standings(order_states(loaded, later))


def test_orders_are_read_again_after_they_are_published(main: Path) -> None:
    edit(main, "public_before_effective: false", "public_before_effective: true")
    edit(main, "# site: {folder: /var/www/legal}", "site: {folder: legal}")

    def load() -> Loaded:
        return Loader(main).load(NOW)

    unpublished = order_states(load(), NOW)
    assert set(standings(unpublished).values()) == {Standing.UNPUBLISHED}
    build(main, unpublished.loaded, main.parent / "legal", NOW)
    assert set(standings(order_states(load(), NOW, unpublished)).values()) == {Standing.IN_FORCE}
