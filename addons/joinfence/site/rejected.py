"""Demands that were rejected, as the public pages tell of them: from whom, when it was decided, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from joinfence.config.demands.schema import DemandEntry
    from joinfence.engine.order import Authority


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """One demand that was rejected, at an aware instant.

    `name` is language -> name of an authority of the register, and empty for anybody else: of them only the
    country and the kind are told.
    """

    id: str
    at: datetime
    reasons: tuple[str, ...]
    country: str
    kind: str
    name: Mapping[str, str]


def rejected(demands: Iterable[DemandEntry], register: Mapping[str, Authority]) -> tuple[Rejected, ...]:
    """Return the demands that were rejected, the latest first."""
    found = _rejected(demands, register)
    return tuple(sorted(found, key=lambda each: (each.at, each.id), reverse=True))


def _rejected(demands: Iterable[DemandEntry], register: Mapping[str, Authority]) -> Iterator[Rejected]:
    for demand in demands:
        if demand.decision != "rejected" or demand.decided_at is None:
            continue
        authority, sender = register.get(demand.authority or ""), demand.sender
        if authority is not None:
            country, kind, name = authority.country, authority.kind, authority.name
        else:
            assert sender is not None  # noqa: S101 - the register of demands was checked
            country, kind, name = sender.country, sender.kind, {}
        yield Rejected(
            id=demand.id,
            at=demand.decided_at,
            reasons=tuple(dict.fromkeys(demand.reasons)),
            country=country,
            kind=kind,
            name=name,
        )
