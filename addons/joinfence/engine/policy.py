"""Everything besides the request that a decision depends on, as one immutable value."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from joinfence.engine.client.resolve import ClientAddressPolicy
    from joinfence.engine.joins.rule_set import RuleSet
    from joinfence.engine.order_index import OrderIndex
    from joinfence.engine.values import Address, Location, Unlocated


class OnUndetermined(StrEnum):
    """What happens to a join to an ordered meeting when the client address cannot be determined."""

    ADMIT = "admit"
    UNAVAILABLE = "unavailable"


class Locate(Protocol):
    """A function that looks up where an address is."""

    def __call__(self, address: Address, at: datetime) -> Location | Unlocated:
        """Return the location at the aware instant `at`, or why there is none. Never raises."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What the configuration comes down to. Never changed: a new configuration makes a new policy.

    `revision` identifies the configuration it was built from.
    """

    client_address: ClientAddressPolicy
    on_undetermined: OnUndetermined
    rules: RuleSet
    orders: OrderIndex
    locate: Locate
    revision: str
