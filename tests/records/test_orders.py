"""The orders that the event log compares: those that have changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from joinfence.engine.approvals import Signature, approvals_of
from joinfence.engine.order import Standing
from joinfence.loading.loader import Loader
from joinfence.loading.order_states import order_states
from joinfence.records.log.events import Signatory
from joinfence.records.orders import changed_orders, order_state
from tests.config_files import edit
from tests.e2e.harness import make_config
from tests.factories import NOW as MIDDLE

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime.now(UTC)
DAY = timedelta(days=1)


@pytest.fixture
def main(tmp_path: Path) -> Path:
    return make_config(tmp_path)


def test_all_orders_come_first_and_later_those_that_change(main: Path) -> None:
    loader = Loader(main)
    first = order_states(loader.load(NOW), NOW)
    assert [order.id for order in changed_orders(first, None, NOW)] == list(first.loaded.order_digests)
    assert list(changed_orders(first, first, NOW)) == []
    edit(main.parent / "orders" / "DE-2026-0001.yaml", "territory: [DE]", "territory: [DE-BY]")
    second = order_states(loader.load(NOW), NOW, first)
    (edited,) = changed_orders(second, first, NOW)
    assert (edited.id, edited.version, edited.standing) == ("DE-2026-0001", 1, Standing.IN_FORCE)
    assert edited.sha256 == second.loaded.order_digests["DE-2026-0001"].hex()


def test_orders_that_the_clock_changes_are_yielded(main: Path) -> None:
    loaded = Loader(main).load(NOW)
    first = order_states(loaded, NOW)
    end = max(order.expires_at for order in loaded.policy.orders)
    found = {order.standing for order in changed_orders(order_states(loaded, end, first), first, end)}
    assert found == {Standing.EXPIRED}


def test_the_order_is_that_of_the_files_and_by_the_clock_as_first_seen(main: Path) -> None:
    loader = Loader(main)
    first = order_states(loader.load(NOW), NOW)
    edit(main.parent / "orders" / "DE-2026-0001.yaml", "territory: [DE]", "territory: [DE-BY]")
    edit(main.parent / "orders" / "PT-2026-0002.yaml", "territory: [PT]", "territory: [PT-11]")
    second = order_states(loader.load(NOW), NOW, first)
    assert [order.id for order in changed_orders(second, first, NOW)] == ["DE-2026-0001", "PT-2026-0002"]
    assert next(iter(second.loaded.order_digests)) == "NL-2026-0003"
    end = max(order.expires_at for order in second.loaded.policy.orders)
    ended = order_states(second.loaded, end, second)
    assert [order.id for order in changed_orders(ended, second, end)] == list(first.states)


def test_an_order_has_the_signatures_that_count(main: Path) -> None:
    legal = Signature(file="a.sig", key="SHA256:a", signer="a@meet.example", role="legal")
    late = Signature(
        file="b.sig", key="SHA256:b", signer="b@meet.example", role="operations", since=MIDDLE + DAY
    )
    loaded = Loader(main).load(NOW)
    signed = replace(loaded, approvals={"DE-2026-0001": approvals_of(2, (late, legal))})
    states = order_states(signed, MIDDLE)

    def signers(order_id: str, at: datetime) -> tuple[Signatory, ...]:
        return order_state(signed, order_id, states.states[order_id], at).signers

    assert signers("DE-2026-0001", MIDDLE) == (Signatory("legal", "SHA256:a"),)
    assert signers("DE-2026-0001", MIDDLE + 2 * DAY) == (
        Signatory("legal", "SHA256:a"),
        Signatory("operations", "SHA256:b"),
    )
    assert signers("PT-2026-0002", MIDDLE) == ()
