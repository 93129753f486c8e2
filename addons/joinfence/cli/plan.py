"""`joinfence plan`."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from joinfence.cli.configuration import loaded_order
from joinfence.cli.order_words import dates, standing_words
from joinfence.cli.shared import (
    DEFAULT_CONFIG,
    AtOption,
    ConfigOption,
    JsonOption,
    OrderArgument,
    console,
    facts_table,
    instant,
    printable,
)
from joinfence.cli.territory_words import covered, name, not_covered
from joinfence.engine.approvals import NO_APPROVAL_REQUIRED
from joinfence.engine.decide import decide
from joinfence.engine.decision import Verdict
from joinfence.engine.order import Mode
from joinfence.engine.order_index import OrderIndex
from joinfence.engine.values import Location
from joinfence.text.durations import duration
from joinfence.text.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from joinfence.engine.decision import Decision
    from joinfence.engine.order import Order
    from joinfence.engine.policy import Policy


@dataclass(slots=True)
class Refusals:
    """What an order would have done with recorded traffic. `by_territory` is code -> number of refusals."""

    requests: int = 0
    joins: int = 0
    already_refused: int = 0
    by_territory: Counter[str] = field(default_factory=Counter)


def plan(
    order_id: OrderArgument,
    traffic: Annotated[
        list[Path] | None,
        typer.Option(
            "--traffic", help="Recorded traffic: a flow file or HAR file; can be repeated.", metavar="FILE"
        ),
    ] = None,
    config: ConfigOption = DEFAULT_CONFIG,
    at: AtOption = None,
    as_json: JsonOption = False,  # noqa: FBT002 - typer's signature
) -> None:
    """Show what putting an order in force would change: where, for which meetings, and how long.

    With recorded traffic, it counts by territory the joins that the order would have refused if it were in
    force, even if it is not approved, is suspended or only observes. Nothing is sent, and no details of
    requests are printed.
    """
    moment = instant(at)
    loaded, order = loaded_order(config, order_id, moment)
    refusals = would_refuse(order, loaded.policy, moment, traffic) if traffic else None
    if as_json:
        typer.echo(json.dumps(_document(order, refusals), indent=2))
    else:
        print_plan(order, moment, refusals)


def would_refuse(order: Order, policy: Policy, now: datetime, files: Iterable[Path]) -> Refusals:
    """Return what the order would have done with recorded traffic, if in force. Exits on unreadable files."""
    # mitmproxy takes long to import, and most plans are made without recorded traffic.
    from joinfence.cli.replay import requests  # noqa: PLC0415

    at = min(max(now, order.effective_from), order.review_by)
    others = {
        each.id: each
        for join in order.meetings
        for each in policy.orders.for_meeting(join)
        if each.id != order.id
    }
    in_force = replace(order, mode=Mode.ENFORCE, suspended_since=None, approvals=NO_APPROVAL_REQUIRED)
    alone, without = (replace(policy, orders=OrderIndex(each)) for each in ((in_force,), others.values()))
    refusals = Refusals()
    for request in requests(files, at):
        refusals.requests += 1
        decision = decide(request, alone)
        refusals.joins += bool(decision.considered)
        if decision.order is not None:
            refusals.by_territory[_covering_code(decision, order)] += 1
            refusals.already_refused += decide(request, without).verdict is Verdict.REFUSE
    return refusals


def _covering_code(decision: Decision, order: Order) -> str:
    assert isinstance(decision.location, Location)  # noqa: S101 - only located clients are refused by an order
    location = decision.location
    return next(code for code in order.territory if code in (location.country, *location.subdivisions))


def print_plan(order: Order, at: datetime, refusals: Refusals | None) -> None:
    """Print what an order would change, for a person to read."""
    table = facts_table()
    for heading, text in _rows(order, at):
        table.add_row(heading, printable(text))
    for heading, text in _traffic(refusals) if refusals else ():
        table.add_row(heading, text)
    console().print(table)


def _rows(order: Order, at: datetime) -> Iterator[tuple[str, str]]:
    words = Words("en")
    yield f"Order {order.id}", f"version {order.version}, {standing_words(order, at)}"
    yield "By", f"{words.authority(order).text}: {order.instrument}, {order.reference}"
    yield "Effect", "observes but refuses nobody" if order.mode is Mode.OBSERVE else "refuses joins with 451"
    for text in covered(order.territory):
        yield "Covered", text
    for text in not_covered(order.territory):
        yield "Not covered", text
    for meeting in order.meetings:
        yield "Meeting", f"{meeting.service}, {meeting.meeting}"
    yield "Unaffected", "every other meeting, every account, and everybody who is already inside"
    period = duration(order.expires_at - order.effective_from)
    yield "From", words.instant(order.effective_from)
    yield "Until", f"{words.instant(order.expires_at)}, {period} later"
    yield "Review", f"by {words.instant(order.review_by)}, otherwise it ends then"


def _traffic(refusals: Refusals) -> Iterator[tuple[str, str]]:
    yield "Traffic", f"{refusals.requests} recorded requests, {refusals.joins} of them joins to its meetings"
    yield "Would refuse", str(refusals.by_territory.total())
    for code, count in sorted(refusals.by_territory.items()):
        yield "", f"{count} from {name(code)}"
    if refusals.already_refused:
        yield "", f"{refusals.already_refused} of them also refused under other orders"


def _document(order: Order, refusals: Refusals | None) -> dict[str, Any]:
    document: dict[str, Any] = {
        "order": order.id,
        "version": order.version,
        "mode": order.mode.value,
        "covered": covered(order.territory),
        "not_covered": not_covered(order.territory),
        "meetings": [{"service": each.service, "meeting": each.meeting} for each in order.meetings],
        **dates(order),
    }
    if refusals:
        document["traffic"] = {
            "requests": refusals.requests,
            "joins": refusals.joins,
            "refused": refusals.by_territory.total(),
            "already_refused": refusals.already_refused,
            "by_territory": dict(sorted(refusals.by_territory.items())),
        }
    return document
