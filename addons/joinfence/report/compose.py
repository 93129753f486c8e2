"""Facts and a period to the data set of a report. Nothing here reads files or the clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from joinfence.monitoring.status.days import Day
from joinfence.records.tallies.bands import Band, band
from joinfence.report.counts import count_demands, measure_steps, rounded_median
from joinfence.report.data import (
    OperatorPart,
    PeriodPart,
    RedressPart,
    Report,
    SafeguardsPart,
    SourcePart,
    StatementsPart,
)
from joinfence.report.demands import reported_demands
from joinfence.report.orders import missed_reviews, order_lines
from joinfence.report.period import Period

if TYPE_CHECKING:
    from joinfence.config.demands.schema import DemandsFile
    from joinfence.engine.half_year import HalfYear
    from joinfence.report.facts import Facts


def compose(facts: Facts, period: Period) -> Report:
    """Return the report. It depends only on the facts and the period, not on when it is made."""
    demands = tuple(reported_demands(facts))
    return Report(
        operator=OperatorPart(name=facts.operator.name, url=facts.operator.url),
        period=PeriodPart(first_day=period.start.date(), last_day=period.last.last_day),
        demands=count_demands(demands, period),
        times=measure_steps(demands, period),
        orders=order_lines(facts, period),
        redress=[_redress(facts.demands, half_year) for half_year in period.half_years()],
        safeguards=_safeguards(facts, period),
        statements=[_statements(facts.demands, half_year) for half_year in period.half_years()],
    )


def _redress(demands: DemandsFile, half_year: HalfYear) -> RedressPart:
    """Return complaints of one half-year.

    Half-years are never added up: the difference between a year's number and a half-year's could reveal
    individual people.
    """
    period = Period(half_year, half_year)
    complaints = [each for each in demands.complaints if period.holds_day(each.received_on)]
    days = [
        (each.answered_on - each.received_on).days
        for each in complaints
        if each.answered_on is not None and each.answered_on <= period.last.last_day
    ]
    corrected = sum(each.outcome == "corrected" and period.holds_day(each.answered_on) for each in complaints)
    return RedressPart(
        half_year=str(half_year),
        complaints=band(len(complaints)),
        corrected=band(corrected),
        median_days_to_answer=None if band(len(days)) is Band.UNDER_10 else rounded_median(days),
    )


def _safeguards(facts: Facts, period: Period) -> SafeguardsPart:
    watched = [each for days in facts.days for day, each in days.items() if period.holds_day(day)]
    total = sum(watched, start=Day())
    return SafeguardsPart(
        nodes=len(facts.days),
        missed_reviews=missed_reviews(facts, period),
        stale_policy_minutes=round(total.stale_policy_seconds / 60) if watched else None,
        fail_open_minutes=round(total.fail_open_seconds / 60) if watched else None,
        location=[SourcePart(source=source, oldest_days=total.ages[source]) for source in sorted(total.ages)],
    )


def _statements(demands: DemandsFile, half_year: HalfYear) -> StatementsPart:
    found = next((each for each in demands.statements if each.half_year == str(half_year)), None)
    names = StatementsPart.model_fields.keys() - {"half_year"}
    said = {name: getattr(found, name) if found else None for name in names}
    return StatementsPart(half_year=str(half_year), **said)
