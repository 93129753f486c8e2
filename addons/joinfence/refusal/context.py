"""What an answer depends on, and nothing else: neither the meeting, nor who tried to join it."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from joinfence.engine.order import Order
    from joinfence.text.operator import Operator


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RefusalContext:
    """One refusal under an order, for anybody it is shown to.

    `country`, `subdivisions` and `sources` say where the client was taken to be. Equal when it is about
    the very same order objects, so that a rendered refusal never outlives an edit of its order.
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
        """Return whether both would be rendered alike, without comparing texts."""
        return isinstance(other, RefusalContext) and self._identity() == other._identity()

    def __hash__(self) -> int:
        """Return the hash of what equality looks at."""
        return hash(self._identity())
