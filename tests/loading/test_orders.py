"""Orders are read by what is given, or by what was in use where that would break one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from joinfence.config.files import beside, matching
from joinfence.config.orders.authorities import read_authorities
from joinfence.config.services.reader import read_services
from joinfence.config.settings import read_settings
from joinfence.loading.orders import OrderReader, OrdersRead, ReadBy
from tests.config_files import copy_configs, edit
from tests.factories import NOW

if TYPE_CHECKING:
    from pathlib import Path


class Read:
    """A configuration's orders, and whoever reads them."""

    def __init__(self, main: Path) -> None:
        self.main = main
        self.reader = OrderReader()

    def by(self) -> ReadBy:
        settings, _document = read_settings(self.main)
        register = read_authorities(beside(self.main, settings.authorities))
        return ReadBy.of(register, read_services(matching(self.main, settings.services)))

    def orders(self, by: ReadBy) -> OrdersRead:
        settings, _document = read_settings(self.main)
        return self.reader.read(self.main, settings, by, now=NOW, seen={})


@pytest.fixture
def read(tmp_path: Path) -> Read:
    return Read(copy_configs(tmp_path))


def test_orders_are_read_by_what_is_given(read: Read) -> None:
    by = read.by()
    found = read.orders(by)
    assert (len(found.entries), found.by, found.problems) == (3, by, [])
    assert {rule.service for rule in by.rules} == by.context.services.keys()


def test_by_what_breaks_an_order_in_use_none_is_read(read: Read) -> None:
    first = read.by()
    read.orders(first)
    edit(read.main.parent / "authorities.yaml", "id: de-lg", "id: de-ag")
    found = read.orders(read.by())
    assert found.by is first
    assert len(found.entries) == 3
    assert [problem.path.name for problem in found.problems] == ["DE-2026-0001.yaml"]


def test_other_problems_are_told_with_it(read: Read) -> None:
    read.orders(read.by())
    edit(read.main.parent / "authorities.yaml", "id: de-lg", "id: de-ag")
    edit(read.main.parent / "orders" / "PT-2026-0002.yaml", "version: 1", "version: 0")
    found = read.orders(read.by())
    assert {problem.path.name for problem in found.problems} == {"DE-2026-0001.yaml", "PT-2026-0002.yaml"}
    assert len(found.entries) == 3


def test_a_stamp_that_was_seen_just_before_spares_a_look(read: Read) -> None:
    by, settings = read.by(), read_settings(read.main)[0]
    seen = {path: entry.stamp for path, entry in read.orders(by).entries.items()}
    edit(read.main.parent / "orders" / "DE-2026-0001.yaml", "version: 1", "version: 0")
    assert read.reader.read(read.main, settings, by, now=NOW, seen=seen).problems == []
    assert len(read.orders(by).problems) == 1
