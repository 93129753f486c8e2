"""Orders are read with the new definitions, or with the previous ones if the new ones would break an order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from joinfence.config.files import beside, matching
from joinfence.config.orders.authorities import read_authorities
from joinfence.config.services.reader import read_services
from joinfence.config.settings import read_settings
from joinfence.loading.orders import Definitions, LoadedOrders, OrderReader
from tests.config_files import copy_configs, edit
from tests.factories import NOW

if TYPE_CHECKING:
    from pathlib import Path


class Configuration:
    """A configuration, and the reader of its orders."""

    def __init__(self, main: Path) -> None:
        self.main = main
        self.reader = OrderReader()

    def definitions(self) -> Definitions:
        settings, _document = read_settings(self.main)
        register = read_authorities(beside(self.main, settings.authorities))
        return Definitions.of(register, read_services(matching(self.main, settings.services)))

    def orders(self, definitions: Definitions) -> LoadedOrders:
        settings, _document = read_settings(self.main)
        return self.reader.read(self.main, settings, definitions, now=NOW, fingerprint={})


@pytest.fixture
def config(tmp_path: Path) -> Configuration:
    return Configuration(copy_configs(tmp_path))


def test_orders_are_read_with_the_given_definitions(config: Configuration) -> None:
    definitions = config.definitions()
    found = config.orders(definitions)
    assert (len(found.entries), found.definitions, found.problems) == (3, definitions, [])
    assert {rule.service for rule in definitions.rules} == definitions.context.services.keys()


def test_definitions_that_would_break_an_order_in_use_are_not_used(config: Configuration) -> None:
    first = config.definitions()
    config.orders(first)
    edit(config.main.parent / "authorities.yaml", "id: de-lg", "id: de-ag")
    found = config.orders(config.definitions())
    assert found.definitions is first
    assert len(found.entries) == 3
    assert [problem.path.name for problem in found.problems] == ["DE-2026-0001.yaml"]


def test_other_problems_are_reported_with_it(config: Configuration) -> None:
    config.orders(config.definitions())
    edit(config.main.parent / "authorities.yaml", "id: de-lg", "id: de-ag")
    edit(config.main.parent / "orders" / "PT-2026-0002.yaml", "version: 1", "version: 0")
    found = config.orders(config.definitions())
    assert {problem.path.name for problem in found.problems} == {"DE-2026-0001.yaml", "PT-2026-0002.yaml"}
    assert len(found.entries) == 3


def test_stamps_in_the_fingerprint_are_not_taken_again(config: Configuration) -> None:
    definitions, settings = config.definitions(), read_settings(config.main)[0]
    fingerprint = {path: entry.stamp for path, entry in config.orders(definitions).entries.items()}
    edit(config.main.parent / "orders" / "DE-2026-0001.yaml", "version: 1", "version: 0")
    assert (
        config.reader.read(config.main, settings, definitions, now=NOW, fingerprint=fingerprint).problems
        == []
    )
    assert len(config.orders(definitions).problems) == 1
