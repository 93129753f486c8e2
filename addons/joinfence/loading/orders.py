"""Reads the orders of a configuration, with the register and the services that they refer to.

An order names its authority and its services, so an edit of the register or of a service can break it. Then
the previous register and services stay in use: an order in force must not end because of such an edit.
"""

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
    from joinfence.config.order_store.stored import StoredOrder
    from joinfence.config.services.reader import Service
    from joinfence.config.settings import SettingsFile
    from joinfence.config.yaml.problems import Problem
    from joinfence.engine.joins.rules import Rule
    from joinfence.engine.order import Authority


class Definitions(NamedTuple):
    """The authorities and services that orders refer to, and the rules of these services."""

    context: OrderContext
    rules: Sequence[Rule]

    @classmethod
    def of(cls, register: Mapping[str, Authority], services: Mapping[str, Service]) -> Definitions:
        """Return the definitions in a register and in services."""
        chains = {name: service.chain for name, service in services.items()}
        return cls(
            OrderContext(register, chains), [rule for each in services.values() for rule in each.rules]
        )


class LoadedOrders(NamedTuple):
    """Path -> stored order, the definitions they were read with, and the problems of files and folders."""

    entries: Mapping[str, StoredOrder]
    definitions: Definitions
    problems: Sequence[Problem]


class OrderReader:
    """Reads the orders at every load. Files that have not changed are not read again."""

    def __init__(self) -> None:
        """Start with nothing read."""
        self.folder = OrderFolder()
        self._paths = OrderPaths()
        self._in_use: Definitions | None = None

    def read(
        self,
        main: Path,
        settings: SettingsFile,
        definitions: Definitions,
        *,
        now: datetime,
        fingerprint: Fingerprint,
    ) -> LoadedOrders:
        """Return the orders that the main file names.

        If the new definitions would break an order in use, the previous ones are used. `now` is aware.
        `fingerprint` holds stamps that were taken just before; they are not taken again.
        """
        files = self._paths.find(main, settings.orders)

        def read(context: OrderContext) -> tuple[Mapping[str, StoredOrder], list[Problem]]:
            return self.folder.read(
                files,
                context,
                now,
                state=state_folder(main, settings),
                stamp=lambda path: fingerprint.get(path) or file_stamp(path),
            )

        broken: Sequence[Problem] = ()
        try:
            entries, problems = read(definitions.context)
        except ConfigError as error:
            assert self._in_use  # noqa: S101 - an order in use was read with it
            definitions, broken = self._in_use, error.problems
            entries, problems = read(definitions.context)
        self._in_use = definitions
        return LoadedOrders(entries, definitions, [*broken, *problems])
