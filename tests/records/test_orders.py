"""Looking again only at what an edit or the clock has changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from joinfence.engine.order import Standing
from joinfence.loading.loader import Loader
from joinfence.records.orders import Watch
from joinfence.site.build import build
from tests.config_files import edit
from tests.e2e.harness import make_config

if TYPE_CHECKING:
    from pathlib import Path

    from joinfence.loading.loader import Loaded

IDS = ["DE-2026-0001", "NL-2026-0003", "PT-2026-0002"]


@pytest.fixture
def main(tmp_path: Path) -> Path:
    return make_config(tmp_path)


def load(main: Path) -> Loaded:
    return Loader(main).load(datetime.now(UTC))


def test_each_order_is_seen_once_and_again_when_it_changes_or_all_are_looked_at(main: Path) -> None:
    watch, loaded, now = Watch(), load(main), datetime.now(UTC)
    assert sorted(state.id for state in watch.changed(loaded, now)) == IDS
    assert list(watch.changed(loaded, now)) == []
    edit(main.parent / "orders" / "DE-2026-0001.yaml", "territory: [DE]", "territory: [DE-BY]")
    assert [state.id for state in watch.changed(load(main), now)] == ["DE-2026-0001"]
    watch.again()
    assert sorted(state.id for state in watch.changed(loaded, now)) == IDS
    assert watch.census(now).standings == {Standing.IN_FORCE: 3}


def test_the_clock_moves_an_order_on_and_only_it(main: Path) -> None:
    watch, loaded, now = Watch(), load(main), datetime.now(UTC)
    list(watch.changed(loaded, now))
    assert list(watch.due(loaded, now)) == []
    first = min(loaded.policy.orders, key=lambda order: order.review_by)
    later = first.review_by + timedelta(seconds=1)
    assert [(state.id, state.standing) for state in watch.due(loaded, later)] == [
        (first.id, Standing.REVIEW_MISSED)
    ]
    assert watch.census(later).standings[Standing.REVIEW_MISSED] == 1
    assert list(watch.due(loaded, later)) == []
    end = max(order.expires_at for order in loaded.policy.orders) + timedelta(seconds=1)
    assert sorted(state.id for state in watch.due(loaded, end)) == IDS
    assert list(watch.due(loaded, end + timedelta(days=9))) == []
    assert watch.census(end).standings == {Standing.EXPIRED: 3}


def test_a_clock_set_back_makes_it_look_at_all(main: Path) -> None:
    watch, loaded, now = Watch(), load(main), datetime.now(UTC)
    list(watch.changed(loaded, now))
    before = now - timedelta(days=30)
    assert {state.standing for state in watch.due(loaded, before)} == {Standing.NOT_YET_EFFECTIVE}
    assert watch.census(now).standings == {Standing.NOT_YET_EFFECTIVE: 3}


def test_an_order_that_is_gone_is_forgotten(main: Path) -> None:
    watch, loaded, now = Watch(), load(main), datetime.now(UTC)
    list(watch.changed(loaded, now))
    end = max(order.expires_at for order in loaded.policy.orders) + timedelta(seconds=1)
    left = replace(loaded, order_digests={"DE-2026-0001": loaded.order_digests["DE-2026-0001"]})
    assert list(watch.changed(left, now)) == []
    assert watch.census(now).standings == {Standing.IN_FORCE: 1}
    assert [state.id for state in watch.due(left, end)] == ["DE-2026-0001"]


def test_a_digest_without_an_order_is_passed_over(main: Path) -> None:
    watch, loaded = Watch(), load(main)
    more = replace(loaded, order_digests={**loaded.order_digests, "XX-2026-0001": b""})
    assert sorted(state.id for state in watch.changed(more, datetime.now(UTC))) == IDS


def test_an_order_is_looked_at_again_when_the_public_can_read_it(main: Path) -> None:
    watch, now = Watch(), datetime.now(UTC)
    edit(main, "public_before_effective: false", "public_before_effective: true")
    edit(main, "# site: {folder: /var/www/legal}", "site: {folder: legal}")
    unread = load(main)
    assert {state.standing for state in watch.changed(unread, now)} == {Standing.UNPUBLISHED}
    build(main, unread, main.parent / "legal", now)
    assert {state.standing for state in watch.changed(load(main), now)} == {Standing.IN_FORCE}
