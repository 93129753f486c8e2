"""Rejected demands, as the public pages show them: from whom, when they were rejected, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from joinfence.config.demands.schema import DemandEntry
    from joinfence.engine.order import Authority


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectedDemand:
    """One demand and the aware instant of its rejection.

    `name` is language -> name for an authority of the register. It is empty for other senders, of whom only
    the country and the kind are published.
    """

    id: str
    at: datetime
    reasons: tuple[str, ...]
    country: str
    kind: str
    name: Mapping[str, str]


def rejected_demands(
    demands: Iterable[DemandEntry], register: Mapping[str, Authority]
) -> tuple[RejectedDemand, ...]:
    """Return the rejected demands, latest first."""
    found = _rejected_demands(demands, register)
    return tuple(sorted(found, key=lambda each: (each.at, each.id), reverse=True))


def _rejected_demands(
    demands: Iterable[DemandEntry], register: Mapping[str, Authority]
) -> Iterator[RejectedDemand]:
    for demand in demands:
        if demand.decision != "rejected" or demand.decided_at is None:
            continue
        authority, sender = register.get(demand.authority or ""), demand.sender
        if authority is not None:
            country, kind, name = authority.country, authority.kind, authority.name
        else:
            assert sender is not None  # noqa: S101 - checked when the register of demands was read
            country, kind, name = sender.country, sender.kind, {}
        yield RejectedDemand(
            id=demand.id,
            at=demand.decided_at,
            reasons=tuple(dict.fromkeys(demand.reasons)),
            country=country,
            kind=kind,
            name=name,
        )
