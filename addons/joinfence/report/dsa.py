"""Orders from authorities of EU member states, in the format of the European Union's template."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Final

from joinfence.report.csv_form import table
from joinfence.report.demands import reported_demands
from joinfence.report.dsa_template import CATEGORIES, COLUMNS, MEMBER_STATES, OTHER, TOTAL, UNSPECIFIED

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from joinfence.report.demands import ReportedDemand
    from joinfence.report.facts import Facts
    from joinfence.report.period import Period

FILE_NAME: Final = "3_member_states_orders.csv"
"""The file name of part 3 in the template."""

_PURPOSES: Final = {
    "copyright": ("INTELLECTUAL_PROPERTY_INFRINGEMENTS", "COPYRIGHT_INFRINGEMENT"),
    "other_ip": ("INTELLECTUAL_PROPERTY_INFRINGEMENTS", OTHER),
    "privacy": ("DATA_PROTECTION_AND_PRIVACY_VIOLATIONS", OTHER),
    "data_residency": ("DATA_PROTECTION_AND_PRIVACY_VIOLATIONS", OTHER),
    "defamation": ("ILLEGAL_OR_HARMFUL_SPEECH", "DEFAMATION"),
    "consumer_protection": ("CONSUMER_INFORMATION", OTHER),
    "minors": ("PROTECTION_OF_MINORS", OTHER),
}
_OTHER_DESCRIPTIONS: Final = {
    "INTELLECTUAL_PROPERTY_INFRINGEMENTS": "Other rights of intellectual property.",
    "DATA_PROTECTION_AND_PRIVACY_VIOLATIONS": "Privacy, and where data may be kept.",
    "CONSUMER_INFORMATION": "Protection of consumers.",
    "PROTECTION_OF_MINORS": "Protection of minors.",
}
_ITEMS: Final = (
    "Meetings that orders name. Meetings in orders that were rejected or withdrawn are not counted."
)
_TIME: Final = "Hours."


def to_dsa(facts: Facts, period: Period) -> str:
    """Return part 3 of the template: all rows for the total, and again for each member state with orders.

    Orders count if an authority or court of a member state sent them in the period. The fence has nothing
    to do with orders to provide information, so their columns stay empty.
    """
    received = [
        demand
        for demand in reported_demands(facts)
        if period.holds(demand.received_at) and demand.country in MEMBER_STATES and demand.kind != "private"
    ]
    scopes = [TOTAL, *(state for state in MEMBER_STATES if any(c.country == state for c in received))]
    head = ("All", facts.operator.name, f"{period.start.date()}/{period.last.last_day}")
    rows = (
        (*head, *labels, scope, *_measures(chosen, period.end))
        for scope in scopes
        for labels, chosen in _rows([c for c in received if scope in {TOTAL, c.country}])
    )
    return table(COLUMNS, rows)


def _rows(received: Sequence[ReportedDemand]) -> Iterator[tuple[tuple[str, str], list[ReportedDemand]]]:
    """Yield the labels (category, description of "other") of each row with the demands counted in it."""
    yield (TOTAL, ""), list(received)
    for category, keywords in CATEGORIES.items():
        inside = [demand for demand in received if _category(demand)[0] == category]
        yield (f"STATEMENT_CATEGORY_{category}", ""), inside
        for keyword in keywords:
            described = _OTHER_DESCRIPTIONS.get(category, "") if keyword == OTHER else ""
            yield (f"KEYWORD_{keyword}", described), [c for c in inside if _category(c)[1] == keyword]


def _category(demand: ReportedDemand) -> tuple[str, str]:
    return _PURPOSES.get(demand.purpose or "", (UNSPECIFIED, ""))


def _measures(chosen: Sequence[ReportedDemand], end: datetime) -> tuple[object, ...]:
    acknowledged = [(demand.received_at, demand.acknowledged_at) for demand in chosen]
    effected = [(demand.received_at, demand.effect_at) for demand in chosen]
    times = (_median_hours(acknowledged, end), _median_hours(effected, end))
    items = sum(demand.meetings for demand in chosen)
    no_information = ("", "", "")
    context = ("", _ITEMS, _TIME, _TIME, "", "", "") if chosen else ("",) * 7
    return (len(chosen), items, *times, *no_information, *context)


def _median_hours(spans: Sequence[tuple[datetime, datetime | None]], end: datetime) -> str:
    hours = [(to - since).total_seconds() / 3600 for since, to in spans if to is not None and to < end]
    return f"{median(hours):.1f}" if hours else ""
