"""The orders of a configuration, by the register and the services that they can be read by."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from joinfence.config.files import file_stamp
from joinfence.config.order_store.folder import OrderContext, OrderFolder
from joinfence.config.order_store.paths import OrderPaths
from joinfence.config.state import state_folder
from joinfence.config.yaml.problems import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from joinfence.config.files import Fingerprint
    from joinfence.config.order_store.stored import Stored
    from joinfence.config.services.reader import Service
    from joinfence.config.settings import SettingsFile
    from joinfence.config.yaml.problems import Problem
    from joinfence.engine.joins.rules import Rule
    from joinfence.engine.order import Authority


class ReadBy(NamedTuple):
    """What orders are read by, and the rules that go with it: both name the same services."""

    context: OrderContext
    rules: Sequence[Rule]

    @classmethod
    def of(cls, register: Mapping[str, Authority], services: Mapping[str, Service]) -> ReadBy:
        """Return what a register and services make up."""
        chains = {name: service.chain for name, service in services.items()}
        return cls(
            OrderContext(register, chains), [rule for each in services.values() for rule in each.rules]
        )


class OrdersRead(NamedTuple):
    """Path -> order as it is held, what they were read by, and the problems of single files and folders."""

    entries: Mapping[str, Stored]
    by: ReadBy
    problems: Sequence[Problem]


class OrderReader:
    """Reads the orders again and again; what stayed the same is kept."""

    def __init__(self) -> None:
        """Start with nothing read."""
        self.folder = OrderFolder()
        self._paths = OrderPaths()
        self._in_use: ReadBy | None = None

    def read(
        self, main: Path, settings: SettingsFile, by: ReadBy, *, now: datetime, seen: Fingerprint
    ) -> OrdersRead:
        """Return the orders that the main file names.

        They are read by what was in use before, and not by what is given, where an order that is in use would
        break by that. `now` is aware, and `seen` holds stamps of files that were looked at just before.
        """
        files = self._paths.look(main, settings.orders)

        def read(context: OrderContext) -> tuple[Mapping[str, Stored], list[Problem]]:
            return self.folder.read(
                files,
                context,
                now,
                state=state_folder(main, settings),
                stamp=lambda path: seen.get(path) or file_stamp(path),
            )

        broken: Sequence[Problem] = ()
        try:
            entries, problems = read(by.context)
        except ConfigError as error:
            assert self._in_use  # noqa: S101 - there were orders
            by, broken = self._in_use, error.problems
            entries, problems = read(by.context)
        self._in_use = by
        return OrdersRead(entries, by, [*broken, *problems])
