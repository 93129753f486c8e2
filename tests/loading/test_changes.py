"""An order is read only where something about it has changed: of 100,000, reading all takes seconds."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from joinfence.engine.approvals import approvals_of
from joinfence.loading.changes import Seen
from joinfence.loading.loader import Loader
from tests.config_files import edit
from tests.e2e.harness import make_config

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from joinfence.loading.changes import OrderWithNextChange
    from joinfence.loading.loader import Loaded

NOW = datetime.now(UTC)
DAY = timedelta(days=1)


@pytest.fixture
def main(tmp_path: Path) -> Path:
    return make_config(tmp_path)


def ids(seen_orders: Iterable[OrderWithNextChange]) -> list[str]:
    return sorted(order.id for order, _change in seen_orders)


def reads(loaded: Loaded, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list that fills with the ids of the orders that are read from now on."""
    read: list[str] = []
    kind: Any = type(loaded.policy.orders)
    get = kind.get

    def noted(self: object, order_id: str) -> object:
        read.append(order_id)
        return get(self, order_id)

    monkeypatch.setattr(kind, "get", noted)
    return read


def test_what_is_as_it_was_is_not_read(main: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loader, seen = Loader(main), Seen()
    loaded = loader.load(NOW)
    assert len(ids(seen.changed(loaded, NOW))) == 3
    read = reads(loaded, monkeypatch)
    edit(main.parent / "orders" / "DE-2026-0001.yaml", "territory: [DE]", "territory: [DE-BY]")
    assert ids(seen.changed(loader.load(NOW), NOW)) == ["DE-2026-0001"]
    assert ids(seen.due(loader.load(NOW), NOW)) == []
    assert read == ["DE-2026-0001"]


def test_approvals_change_an_order_and_no_other(main: Path) -> None:
    loaded, seen = Loader(main).load(NOW), Seen()
    list(seen.changed(loaded, NOW))
    signed = replace(loaded, approvals={"PT-2026-0002": approvals_of(2, ())})
    assert ids(seen.changed(signed, NOW)) == ["PT-2026-0002"]
    assert ids(seen.changed(signed, NOW)) == []
    assert ids(seen.changed(loaded, NOW)) == ["PT-2026-0002"]


def test_what_all_orders_rest_on_changes_all(main: Path) -> None:
    loader, seen = Loader(main), Seen()
    list(seen.changed(loader.load(NOW), NOW))
    edit(main.parent / "authorities.yaml", "Landgericht Beispielstadt", "Landgericht Musterstadt")
    assert len(ids(seen.changed(loader.load(NOW), NOW))) == 3
    assert ids(seen.changed(loader.load(NOW), NOW)) == []


def test_orders_that_are_gone_are_not_due(main: Path) -> None:
    loaded, seen = Loader(main).load(NOW), Seen()
    list(seen.changed(loaded, NOW))
    left = replace(loaded, order_digests={"DE-2026-0001": loaded.order_digests["DE-2026-0001"]})
    assert ids(seen.due(left, NOW + 1000 * DAY)) == ["DE-2026-0001"]
    assert ids(seen.changed(loaded, NOW + 1000 * DAY)) == []
    assert ids(seen.changed(left, NOW + 1000 * DAY)) == []
    assert ids(seen.changed(loaded, NOW + 1000 * DAY)) == ["NL-2026-0003", "PT-2026-0002"]
