"""Loads the configuration or an order for a command, which prints all problems and exits if there are any."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from joinfence.cli.shared import fail
from joinfence.config.order_store.search import find_order
from joinfence.config.settings import read_settings
from joinfence.config.yaml.problems import ConfigError
from joinfence.loading.loader import Loader

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from joinfence.config.settings import SettingsFile
    from joinfence.config.yaml.document import Document
    from joinfence.engine.order import Order
    from joinfence.loading.loader import Loaded


def load(config: Path, now: datetime) -> Loaded:
    """Return the loaded configuration, or print every problem and exit. `now` is aware."""
    try:
        return Loader(config).load(now)
    except ConfigError as error:
        fail(*error.problems, f"{len(error.problems)} problem(s) in {config}")


def main_file(config: Path) -> SettingsFile:
    """Return the settings from the main file, or print every problem in it and exit."""
    try:
        return read_settings(config)[0]
    except ConfigError as error:
        fail(*error.problems, f"{len(error.problems)} problem(s) in {config}")


def find(config: Path, settings: SettingsFile, order_id: str) -> list[Document]:
    """Return the files that hold an order, usually one, or print that there is none and exit."""
    found = find_order(config, settings, order_id)
    if not found:
        fail(f"{order_id}: no order has this id; `joinfence orders list` shows all orders")
    return found


def loaded_order(config: Path, order_id: str, now: datetime) -> tuple[Loaded, Order]:
    """Return the loaded configuration and one of its orders, or print what is wrong and exit."""
    loaded = load(config, now)
    order = loaded.policy.orders.get(order_id)
    if order is None:
        known = get_close_matches(order_id, [each.id for each in loaded.policy.orders], n=1)
        hint = f"did you mean {known[0]}?" if known else "`joinfence orders list` shows all orders"
        fail(f"{order_id}: no order has this id; {hint}")
    return loaded, order
