"""Facts for tests of the report: a few orders and demands with single values changed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from joinfence.config.demands.schema import DemandsFile
from joinfence.config.orders.schema import OrderFile
from joinfence.engine.half_year import HalfYear
from joinfence.report.demands import ReportedDemand
from joinfence.report.facts import Facts
from joinfence.report.period import Period
from tests.order_texts import EXAMPLE
from tests.report.example import facts

H2: Final = Period(HalfYear(2026, 2), HalfYear(2026, 2))
YEAR: Final = Period(HalfYear(2026, 1), HalfYear(2026, 2))
BASE: Final = facts()


def at(text: str) -> datetime:
    """Return an instant of 2026 in UTC, from "month-day" or "month-dayThour"."""
    day, _, hour = text.partition("T")
    return datetime.fromisoformat(f"2026-{day}T{hour or '00'}:00:00").replace(tzinfo=UTC)


def make_order(**changes: Any) -> OrderFile:
    """Return the German example order with changes: received 6 Nov, in force 10 Nov 2026 to 8 Feb 2027."""
    return OrderFile.model_validate({**EXAMPLE, **changes})


def make_register(*entries: dict[str, Any], **more: Any) -> DemandsFile:
    """Return a register of demands from the German court, received 1 August, each with changes."""
    filled = [
        {
            "id": f"D-2026-{number:04}",
            "received_at": "2026-08-01T00:00:00Z",
            **({} if "sender" in entry else {"authority": "de-lg-beispielstadt"}),
            **entry,
        }
        for number, entry in enumerate(entries, 1)
    ]
    return DemandsFile.model_validate({"schema": "demands/1", "demands": filled, **more})


def make_facts(*orders: OrderFile, register: DemandsFile | None = None, **more: Any) -> Facts:
    """Return facts about these orders and demands."""
    return Facts(
        operator=BASE.operator,
        register=BASE.register,
        demands=register or make_register(),
        orders=orders,
        **more,
    )


def make_demand(**changes: Any) -> ReportedDemand:
    """Return a demand from a German court, received 1 August, with changes."""
    base = {
        "country": "DE",
        "kind": "court",
        "received_at": at("08-01"),
        "decision": None,
        "decided_at": None,
    }
    return ReportedDemand(**{**base, **changes})
