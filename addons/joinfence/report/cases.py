"""Demands as the report counts them: what the register says, completed by the order that a demand became."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from joinfence.config.demands.schema import ContestEntry, DemandEntry
    from joinfence.config.orders.schema import OrderFile
    from joinfence.engine.order import Authority
    from joinfence.report.facts import Facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One demand. Instants are aware; None is what is not known."""

    country: str
    kind: str
    received_at: datetime
    decision: str | None
    decided_at: datetime | None
    reasons: tuple[str, ...] = ()
    acknowledged_at: datetime | None = None
    effect_at: datetime | None = None
    host_told_at: datetime | None = None
    contested: tuple[ContestEntry, ...] = ()
    purpose: str | None = None
    meetings: int = 0

    def decision_at(self, end: datetime) -> str:
        """Return how the demand stood just before an instant: its decision, or pending."""
        late = self.decided_at is not None and self.decided_at >= end
        return "pending" if late or self.decision is None else self.decision


def cases(facts: Facts) -> Iterator[Case]:
    """Yield every demand: those of the register, and those that only an order file tells of."""
    by_receipt = {(order.id, order.received_at): order for order in facts.orders}
    for demand in facts.demands.demands:
        order = by_receipt.pop((demand.order, demand.received_at), None) if demand.order else None
        yield _entered(demand, order, facts.register)
    for order in by_receipt.values():
        yield _from_order(order, facts.register)


def _entered(demand: DemandEntry, order: OrderFile | None, register: Mapping[str, Authority]) -> Case:
    if demand.sender is not None:
        country, kind = demand.sender.country.partition("-")[0], demand.sender.kind
    else:
        authority = register[demand.authority or ""]
        country, kind = authority.country, authority.kind  # type: ignore[assignment]
    return Case(
        country=country,
        kind=kind,
        received_at=demand.received_at,
        decision=demand.decision,
        decided_at=demand.decided_at,
        reasons=tuple(dict.fromkeys(demand.reasons)),
        acknowledged_at=demand.acknowledged_at,
        effect_at=demand.effect_at or (order.effective_from if order else None),
        host_told_at=demand.host_told_at or (order.host_notice.at if order else None),
        contested=tuple(demand.contested),
        purpose=order.purpose if order else None,
        meetings=len(order.meetings) if order else 0,
    )


def _from_order(order: OrderFile, register: Mapping[str, Authority]) -> Case:
    authority = register[order.authority.id]
    return Case(
        country=authority.country,
        kind=authority.kind,
        received_at=order.received_at,
        decision="narrowed" if order.narrowed_from else "accepted",
        decided_at=None,
        reasons=("no_competence",) if order.narrowed_from else (),
        effect_at=order.effective_from,
        host_told_at=order.host_notice.at,
        purpose=order.purpose,
        meetings=len(order.meetings),
    )
