"""All that a refusal depends on. Neither the meeting nor who tried to join it is part of it."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from joinfence.engine.order import Order
    from joinfence.text.operator import Operator


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RefusalContext:
    """What a refusal under an order shows.

    `country`, `subdivisions` and `sources` say where the client was taken to be. Two are equal only if they
    hold the same order objects, so that a cached page is not used for an order that was loaded again.
    """

    status: ClassVar[HTTPStatus] = HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS

    order: Order
    others: tuple[Order, ...]
    country: str
    subdivisions: tuple[str, ...]
    sources: tuple[str, ...]
    operator: Operator

    def _identity(self) -> tuple[object, ...]:
        orders = (id(self.order), *map(id, self.others))
        return (orders, self.country, self.subdivisions, self.sources, self.operator)

    def __eq__(self, other: object) -> bool:
        """Return whether both would be rendered alike. Compares orders by identity, which is fast."""
        return isinstance(other, RefusalContext) and self._identity() == other._identity()

    def __hash__(self) -> int:
        """Return the hash of what `__eq__` compares."""
        return hash(self._identity())
