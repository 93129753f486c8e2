"""The input of a report, read and checked: the register of demands, orders, tallies, safeguards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from joinfence.config.branding import PLAIN

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from joinfence.config.branding import Branding
    from joinfence.config.demands.schema import DemandsFile
    from joinfence.config.orders.schema import OrderFile
    from joinfence.config.settings import OperatorEntry
    from joinfence.engine.order import Authority
    from joinfence.monitoring.status.days import Day
    from joinfence.records.tallies.bands import Bands
    from joinfence.records.tallies.database import TallyKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything that a report is made from.

    `orders` are all versions of all orders whose files were given. `bands` are the tallies of all nodes as
    far as they may be published, None if there is no database. `days` are the daily records of each node.
    `missed_reviews` are the ids of orders whose review was missed, with the instant, from the event logs.
    `branding` is that of all pages of the operator.
    """

    operator: OperatorEntry
    register: Mapping[str, Authority]
    demands: DemandsFile
    orders: tuple[OrderFile, ...]
    bands: Mapping[TallyKey, Bands] | None = None
    days: tuple[Mapping[date, Day], ...] = ()
    missed_reviews: frozenset[tuple[datetime, str]] = frozenset()
    branding: Branding = PLAIN
