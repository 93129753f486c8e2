"""Everything a decision depends on besides the request, as one immutable value."""

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
    """What happens to a join under an order whose client address cannot be had."""

    ADMIT = "admit"
    UNAVAILABLE = "unavailable"


class Locate(Protocol):
    """Finds where an address is at an instant."""

    def __call__(self, address: Address, at: datetime) -> Location | Unlocated:
        """Return the location, or the reason why there is none. Never raises."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Built whole from the configuration and swapped in by one assignment; nothing changes it.

    `revision` names the configuration it was built from.
    """

    client_address: ClientAddressPolicy
    on_undetermined: OnUndetermined
    rules: RuleSet
    orders: OrderIndex
    locate: Locate
    revision: str
