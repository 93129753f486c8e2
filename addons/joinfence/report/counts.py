"""Statistics on demands: outcomes, authorities, reasons, contests, and how long each step took."""

from __future__ import annotations

from collections import Counter
from statistics import median
from typing import TYPE_CHECKING, Final, get_args

from joinfence.config.demands.schema import Contestant, ContestOutcome
from joinfence.report.data import (
    AuthorityLine,
    ContestLine,
    DemandsPart,
    Outcomes,
    ReasonLine,
    StepPart,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from joinfence.report.data import DemandStep
    from joinfence.report.demands import ReportedDemand
    from joinfence.report.period import Period

_STEPS: Final[Mapping[DemandStep, str]] = {
    "acknowledge": "acknowledged_at",
    "decide": "decided_at",
    "give_effect": "effect_at",
    "tell_host": "host_told_at",
}
_OUTCOMES: Final = tuple(name for name in Outcomes.model_fields if name != "received")


def count_demands(demands: Sequence[ReportedDemand], period: Period) -> DemandsPart:
    """Return the demands received in a period, with outcomes at its end, and the contests in the period."""
    received = [demand for demand in demands if period.holds(demand.received_at)]
    groups = sorted({(demand.country, demand.kind) for demand in received})
    return DemandsPart(
        total=Outcomes(**_outcomes(received, period.end)),
        by_authority=[
            AuthorityLine(
                country=country,
                kind=kind,
                **_outcomes([c for c in received if (c.country, c.kind) == (country, kind)], period.end),
            )
            for country, kind in groups
        ],
        reasons=_reasons(received, period.end),
        contested=_contested(demands, period),
    )


def measure_steps(demands: Sequence[ReportedDemand], period: Period) -> list[StepPart]:
    """Return the median hours from receipt to each step, for demands received in a period."""
    received = [demand for demand in demands if period.holds(demand.received_at)]
    parts = []
    for step, field in _STEPS.items():
        instants = ((demand.received_at, getattr(demand, field)) for demand in received)
        hours = [
            (at - received_at).total_seconds() / 3600
            for received_at, at in instants
            if at is not None and at < period.end
        ]
        parts.append(StepPart(step=step, median_hours=rounded_median(hours), of=len(hours)))
    return parts


def rounded_median(values: Sequence[float]) -> float | None:
    """Return the median with one decimal, None if there are no values."""
    return round(median(values), 1) if values else None


def _outcomes(received: Sequence[ReportedDemand], end: datetime) -> dict[str, int]:
    found = Counter(demand.decision_at(end) for demand in received)
    return {"received": len(received), **{name: found[name] for name in _OUTCOMES}}


def _reasons(received: Sequence[ReportedDemand], end: datetime) -> list[ReasonLine]:
    counts = {
        decision: Counter(
            reason for demand in received if demand.decision_at(end) == decision for reason in demand.reasons
        )
        for decision in ("rejected", "narrowed")
    }
    return [
        ReasonLine(reason=reason, rejected=counts["rejected"][reason], narrowed=counts["narrowed"][reason])
        for reason in sorted(counts["rejected"].keys() | counts["narrowed"].keys())
    ]


def _contested(demands: Sequence[ReportedDemand], period: Period) -> list[ContestLine]:
    found: Counter[tuple[str, str]] = Counter(
        (contest.by, contest.outcome)
        for demand in demands
        for contest in demand.contested
        if period.holds_day(contest.on)
    )
    return [_contest_line(by, found) for by in get_args(Contestant)]


def _contest_line(by: Contestant, found: Counter[tuple[str, str]]) -> ContestLine:
    outcomes = {outcome: found[by, outcome] for outcome in get_args(ContestOutcome)}
    return ContestLine(by=by, contested=sum(outcomes.values()), **outcomes)
