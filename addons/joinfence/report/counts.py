"""Counting demands: outcomes, authorities, reasons, contests, and how long each step took."""

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

    from joinfence.report.cases import Case
    from joinfence.report.data import DemandStep
    from joinfence.report.period import Period

_STEPS: Final[Mapping[DemandStep, str]] = {
    "acknowledge": "acknowledged_at",
    "decide": "decided_at",
    "give_effect": "effect_at",
    "tell_host": "host_told_at",
}
_OUTCOMES: Final = tuple(name for name in Outcomes.model_fields if name != "received")


def count_demands(all_cases: Sequence[Case], period: Period) -> DemandsPart:
    """Return the demands received in a period as they stood at its end, and what was contested in it."""
    received = [case for case in all_cases if period.holds(case.received_at)]
    groups = sorted({(case.country, case.kind) for case in received})
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
        contested=_contested(all_cases, period),
    )


def measure_steps(all_cases: Sequence[Case], period: Period) -> list[StepPart]:
    """Return the median hours from receipt to each step, for demands received in a period."""
    received = [case for case in all_cases if period.holds(case.received_at)]
    parts = []
    for step, field in _STEPS.items():
        instants = ((case.received_at, getattr(case, field)) for case in received)
        hours = [
            (at - received_at).total_seconds() / 3600
            for received_at, at in instants
            if at is not None and at < period.end
        ]
        parts.append(StepPart(step=step, median_hours=rounded_median(hours), of=len(hours)))
    return parts


def rounded_median(values: Sequence[float]) -> float | None:
    """Return the median with one decimal, None of nothing."""
    return round(median(values), 1) if values else None


def _outcomes(received: Sequence[Case], end: datetime) -> dict[str, int]:
    found = Counter(case.decision_at(end) for case in received)
    return {"received": len(received), **{name: found[name] for name in _OUTCOMES}}


def _reasons(received: Sequence[Case], end: datetime) -> list[ReasonLine]:
    counts = {
        decision: Counter(
            reason for case in received if case.decision_at(end) == decision for reason in case.reasons
        )
        for decision in ("rejected", "narrowed")
    }
    return [
        ReasonLine(reason=reason, rejected=counts["rejected"][reason], narrowed=counts["narrowed"][reason])
        for reason in sorted(counts["rejected"].keys() | counts["narrowed"].keys())
    ]


def _contested(all_cases: Sequence[Case], period: Period) -> list[ContestLine]:
    found: Counter[tuple[str, str]] = Counter(
        (contest.by, contest.outcome)
        for case in all_cases
        for contest in case.contested
        if period.holds_day(contest.on)
    )
    return [_contest_line(by, found) for by in get_args(Contestant)]


def _contest_line(by: Contestant, found: Counter[tuple[str, str]]) -> ContestLine:
    outcomes = {outcome: found[by, outcome] for outcome in get_args(ContestOutcome)}
    return ContestLine(by=by, contested=sum(outcomes.values()), **outcomes)
