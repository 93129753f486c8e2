"""`joinfence orders show`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import typer
from rich.text import Text

from joinfence.cli.configuration import loaded_order
from joinfence.cli.order_words import COLOUR, next_event, standing_words, state
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
from joinfence.config.order_store.search import find_order
from joinfence.config.orders.schema import OrderFile
from joinfence.config.yaml.validate import validate
from joinfence.engine.approvals import counted_signatures, faults_at
from joinfence.engine.order import standing
from joinfence.text.durations import duration
from joinfence.text.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from joinfence.engine.order import Order


def show(
    order_id: OrderArgument,
    config: ConfigOption = DEFAULT_CONFIG,
    at: AtOption = None,
    as_json: JsonOption = False,  # noqa: FBT002 - typer's signature
) -> None:
    """Show everything an order says, and its standing."""
    moment = instant(at)
    loaded, order = loaded_order(config, order_id, moment)
    document = find_order(config, loaded.settings, order_id)[0]
    record = validate(OrderFile, document)
    if as_json:
        whole = {**state(order, moment), "file": str(document.path), "order": document.data}
        typer.echo(json.dumps(whole, indent=2))
    else:
        _print(order, record, document.path, moment)


def _print(order: Order, record: OrderFile, path: Path, at: datetime) -> None:
    table = facts_table()
    colour = COLOUR[standing(order, at)]
    table.add_row(f"Order {order.id}", Text(standing_words(order, at), style=colour))
    for heading, text in _rows(order, record, path, at):
        table.add_row(heading, printable(text))
    console().print(table)


def _rows(order: Order, record: OrderFile, path: Path, at: datetime) -> Iterator[tuple[str, str]]:
    words = Words("en")
    if event := next_event(order, at):
        yield "Next", f"{event[0]} {words.instant(event[1])}, in {duration(event[2])}"
    yield "Version", str(order.version)
    yield "Purpose", order.purpose
    yield "Authority", f"{words.authority(order).text}, {order.authority.official_url}"
    yield "Decision", f"{order.instrument}, {order.reference}, of {words.day(order.issued_on)}"
    if record.authority.ecli:
        yield "", record.authority.ecli
    yield "Document", record.document.url
    yield "SHA-256", record.document.sha256
    for basis in order.legal_basis:
        yield "Legal basis", f"{basis.citation} ({basis.value})"
    for language, text in sorted(order.reasons.items()):
        yield f"Reasons ({language})", text
    yield "Aim", f"{record.necessity.aim}: {record.necessity.least_restrictive}"
    for alternative in record.necessity.alternatives:
        yield "Considered", alternative
    yield "Territory", ", ".join(words.territory(code) for code in order.territory)
    if record.narrowed_from:
        yield "Narrowed from", record.narrowed_from
    for meeting in order.meetings:
        yield "Meeting", f"{meeting.service}, {meeting.meeting}"
    yield "Received", words.instant(record.received_at)
    yield "From", words.instant(order.effective_from)
    yield "Review by", words.instant(order.review_by)
    yield "Until", words.instant(order.expires_at)
    yield "To contest", f"{order.redress.how} ({order.redress.url})"
    yield "Operator", f"{order.redress.operator_contact}, within {order.redress.answer_within_days} days"
    yield "Host", _notice(record, words)
    yield from _approvals_and_suspension(order, record, at)
    yield "File", str(path)


def _approvals_and_suspension(order: Order, record: OrderFile, at: datetime) -> Iterator[tuple[str, str]]:
    for signature in counted_signatures(order.approvals.signatures, at):
        yield "Approved by", f"{signature.signer} ({signature.role}), {signature.key}"
    for fault in faults_at(order.approvals, at):
        yield "Approvals", fault.message
    if record.suspended:
        yield "Suspended", f"since {Words('en').instant(record.suspended.since)}: {record.suspended.reason}"


def _notice(record: OrderFile, words: Words) -> str:
    notice = record.host_notice
    parts = [notice.state.replace("_", " ")]
    if notice.at:
        parts.append(f"on {words.instant(notice.at)}")
    if notice.until:
        parts.append(f"until {words.instant(notice.until)}")
    return " ".join(parts) + (f": {notice.reason}" if notice.reason else "")
