"""The operator of the meeting service, as pages name it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from joinfence.config.branding import PLAIN, Branding

if TYPE_CHECKING:
    from joinfence.config.settings import OperatorEntry
    from joinfence.engine.order import Order


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """The operator. `url` is that of the public pages and ends in "/"; `contact` is a role mailbox."""

    name: str
    url: str
    contact: str
    branding: Branding = PLAIN


def order_url(operator: Operator, order: Order) -> str:
    """Return the address of the operator's public page on an order."""
    return f"{operator.url}orders/{order.id}"


def operator_of(entry: OperatorEntry, branding: Branding) -> Operator:
    """Return the operator from the entry in the main file; the branding may replace the name."""
    return Operator(name=branding.name or entry.name, url=entry.url, contact=entry.contact, branding=branding)


NOBODY: Final = Operator(name="", url="", contact="")
"""For pages that are made without a configuration."""
