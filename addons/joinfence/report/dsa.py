"""Orders of the member states' authorities, in the form that the European Union's template asks for."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Final

from joinfence.report.cases import cases
from joinfence.report.csv_form import table
from joinfence.report.dsa_template import CATEGORIES, COLUMNS, MEMBER_STATES, OTHER, TOTAL, UNSPECIFIED

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from joinfence.report.cases import Case
    from joinfence.report.facts import Facts
    from joinfence.report.period import Period

FILE: Final = "3_member_states_orders.csv"
"""The name that the template gives to its third part."""

_PURPOSES: Final = {
    "copyright": ("INTELLECTUAL_PROPERTY_INFRINGEMENTS", "COPYRIGHT_INFRINGEMENT"),
    "other_ip": ("INTELLECTUAL_PROPERTY_INFRINGEMENTS", OTHER),
    "privacy": ("DATA_PROTECTION_AND_PRIVACY_VIOLATIONS", OTHER),
    "data_residency": ("DATA_PROTECTION_AND_PRIVACY_VIOLATIONS", OTHER),
    "defamation": ("ILLEGAL_OR_HARMFUL_SPEECH", "DEFAMATION"),
    "consumer_protection": ("CONSUMER_INFORMATION", OTHER),
    "minors": ("PROTECTION_OF_MINORS", OTHER),
}
_OTHER: Final = {
    "INTELLECTUAL_PROPERTY_INFRINGEMENTS": "Other rights of intellectual property.",
    "DATA_PROTECTION_AND_PRIVACY_VIOLATIONS": "Privacy, and where data may be kept.",
    "CONSUMER_INFORMATION": "Protection of consumers.",
    "PROTECTION_OF_MINORS": "Protection of minors.",
}
_ITEMS: Final = (
    "Meetings that an order names; of orders that were rejected or withdrawn they are not counted."
)
_TIME: Final = "Hours."


def to_dsa(facts: Facts, period: Period) -> str:
    """Return part 3 of the template: every row in total, and again for each member state with orders.

    Counted is what a member state's authority or court sent in the period. Orders to provide information are
    none of the fence's business: their columns stay empty.
    """
    received = [
        case
        for case in cases(facts)
        if period.holds(case.received_at) and case.country in MEMBER_STATES and case.kind != "private"
    ]
    scopes = [TOTAL, *(state for state in MEMBER_STATES if any(c.country == state for c in received))]
    head = ("All", facts.operator.name, f"{period.start.date()}/{period.last.last_day}")
    rows = (
        (*head, *labels, scope, *_measures(chosen, period.end))
        for scope in scopes
        for labels, chosen in _rows([c for c in received if scope in {TOTAL, c.country}])
    )
    return table(COLUMNS, rows)


def _rows(received: Sequence[Case]) -> Iterator[tuple[tuple[str, str], list[Case]]]:
    """Yield the labels (category, description of "other") of each row with what is counted in it."""
    yield (TOTAL, ""), list(received)
    for category, keywords in CATEGORIES.items():
        inside = [case for case in received if _category(case)[0] == category]
        yield (f"STATEMENT_CATEGORY_{category}", ""), inside
        for keyword in keywords:
            described = _OTHER.get(category, "") if keyword == OTHER else ""
            yield (f"KEYWORD_{keyword}", described), [c for c in inside if _category(c)[1] == keyword]


def _category(case: Case) -> tuple[str, str]:
    return _PURPOSES.get(case.purpose or "", (UNSPECIFIED, ""))


def _measures(chosen: Sequence[Case], end: datetime) -> tuple[object, ...]:
    acknowledged = [(case.received_at, case.acknowledged_at) for case in chosen]
    effected = [(case.received_at, case.effect_at) for case in chosen]
    times = (_median_hours(acknowledged, end), _median_hours(effected, end))
    items = sum(case.meetings for case in chosen)
    no_information = ("", "", "")
    context = ("", _ITEMS, _TIME, _TIME, "", "", "") if chosen else ("",) * 7
    return (len(chosen), items, *times, *no_information, *context)


def _median_hours(spans: Sequence[tuple[datetime, datetime | None]], end: datetime) -> str:
    hours = [(to - since).total_seconds() / 3600 for since, to in spans if to is not None and to < end]
    return f"{median(hours):.1f}" if hours else ""
