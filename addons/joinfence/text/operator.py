"""Who runs the meeting service, as every page names them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from joinfence.config.branding import PLAIN, Branding

if TYPE_CHECKING:
    from joinfence.config.settings import OperatorEntry
    from joinfence.engine.order import Order


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """Who runs the meeting service: `url` is the legal page and ends in "/", `contact` a role mailbox."""

    name: str
    url: str
    contact: str
    branding: Branding = PLAIN


def order_url(operator: Operator, order: Order) -> str:
    """Return the address of the operator's public page about an order."""
    return f"{operator.url}orders/{order.id}"


def operator_of(entry: OperatorEntry, branding: Branding) -> Operator:
    """Return who runs the service, from the main file's entry; the branding may give another name."""
    return Operator(name=branding.name or entry.name, url=entry.url, contact=entry.contact, branding=branding)


NOBODY: Final = Operator(name="", url="", contact="")
"""Stands where no configuration says who runs the service."""
