"""Demands as the report counts them: from the register of demands, completed by the resulting orders.

An order without an entry in the register is counted as a demand as well, so that leaving out entries cannot
make the numbers look better. An order belongs to an entry if the entry names it and both were received at
the same time; a later version of an order was received later, and is a demand of its own.
"""

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
class ReportedDemand:
    """One demand. Instants are aware; None means not known."""

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
        """Return the decision on the demand just before an instant, or pending."""
        late = self.decided_at is not None and self.decided_at >= end
        return "pending" if late or self.decision is None else self.decision


def reported_demands(facts: Facts) -> Iterator[ReportedDemand]:
    """Yield every demand: those in the register, then those known only from an order file."""
    by_receipt = {(order.id, order.received_at): order for order in facts.orders}
    for demand in facts.demands.demands:
        order = by_receipt.pop((demand.order, demand.received_at), None) if demand.order else None
        yield _from_register(demand, order, facts.register)
    for order in by_receipt.values():
        yield _from_order(order, facts.register)


def _from_register(
    demand: DemandEntry, order: OrderFile | None, register: Mapping[str, Authority]
) -> ReportedDemand:
    if demand.sender is not None:
        country, kind = demand.sender.country.partition("-")[0], demand.sender.kind
    else:
        authority = register[demand.authority or ""]
        country, kind = authority.country, authority.kind  # type: ignore[assignment]
    return ReportedDemand(
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


def _from_order(order: OrderFile, register: Mapping[str, Authority]) -> ReportedDemand:
    authority = register[order.authority.id]
    return ReportedDemand(
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
