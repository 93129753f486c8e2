"""A short version of a report for the terminal, in a few tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.table import Table

from joinfence.cli.shared import printable
from joinfence.report.data import Outcomes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console

    from joinfence.report.data import BandLine, Report

_OUTCOMES = tuple(Outcomes.model_fields)


def summary(report: Report, out: Console) -> None:
    """Print what a report says about demands, steps, orders and safeguards."""
    period = report.period
    out.print(f"{printable(report.operator.name)}, {period.first_day} to {period.last_day}")
    rows = [(f"{line.country} {line.kind}", line) for line in report.demands.by_authority]
    out.print(
        _table(("Demands", *_OUTCOMES), [*map(_outcomes, rows), _outcomes(("all", report.demands.total))])
    )
    steps = [(step.step.replace("_", " "), _number(step.median_hours), step.of) for step in report.times]
    out.print(_table(("Step", "median hours", "of"), steps))
    orders = [
        (f"{order.id} v{order.version}", order.country, " ".join(order.territory), *_bands(order.joins))
        for order in report.orders
    ]
    out.print(_table(("Order", "by", "for", "joins refused", "observed"), orders))
    guards = report.safeguards
    out.print(
        _table(
            ("Safeguards", ""),
            [
                ("reviews missed", guards.missed_reviews),
                ("minutes under a stale policy", _number(guards.stale_policy_minutes)),
                ("minutes failing open", _number(guards.fail_open_minutes)),
                *(
                    (f"maximum age of {printable(line.source)} in days", _number(line.oldest_days))
                    for line in guards.location
                ),
            ],
        )
    )


def _outcomes(row: tuple[str, Outcomes]) -> tuple[object, ...]:
    return row[0], *(getattr(row[1], name) for name in _OUTCOMES)


def _bands(joins: Iterable[BandLine]) -> tuple[str, str]:
    lines = list(joins)
    return (
        ", ".join(line.refused or "not counted" for line in lines),
        ", ".join(line.observed or "not counted" for line in lines),
    )


def _number(value: float | None) -> str:
    return "not known" if value is None else f"{value:g}"


def _table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for index, name in enumerate(head):
        table.add_column(name, justify="right" if index else "left")
    for row in rows:
        table.add_row(*map(str, row))
    return table
