"""Reads the register of demands and checks the rules between its fields."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from joinfence.config.demands.schema import DemandsFile
from joinfence.config.yaml.document import read_document
from joinfence.config.yaml.problems import ConfigError
from joinfence.config.yaml.validate import validate
from joinfence.engine.half_year import HalfYear

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator
    from pathlib import Path

    from joinfence.config.demands.schema import ComplaintEntry, DemandEntry, StatementsEntry
    from joinfence.config.orders.schema import OrderFile
    from joinfence.config.yaml.document import Violation

_LARGEST_FILE = 16 << 20


def read_demands(
    path: Path, register: Container[str], orders: Iterable[OrderFile] | None = None
) -> DemandsFile:
    """Return the register of demands. Raises ConfigError with all problems.

    `register` holds the ids of the known authorities. If `orders` is given, each order that a demand became
    must be among them and have the same authority and time of receipt.
    """
    document = read_document(path, largest=_LARGEST_FILE)
    file = validate(DemandsFile, document)
    violations = [*_violations(file, register), *(_disagreements(file, orders) if orders is not None else ())]
    problems = [document.problem(loc, message) for loc, message in violations]
    if problems:
        raise ConfigError(problems)
    return file


def _violations(file: DemandsFile, register: Container[str]) -> Iterator[Violation]:
    yield from _repeated("demands", "id", [demand.id for demand in file.demands])
    yield from _repeated("statements", "half_year", [each.half_year for each in file.statements])
    for index, demand in enumerate(file.demands):
        for loc, message in _in_demand(demand, register):
            yield ("demands", index, *loc), message
    for index, complaint in enumerate(file.complaints):
        for loc, message in _in_complaint(complaint):
            yield ("complaints", index, *loc), message
    for index, statements in enumerate(file.statements):
        for loc, message in _in_statements(statements):
            yield ("statements", index, *loc), message


def _disagreements(file: DemandsFile, orders: Iterable[OrderFile]) -> Iterator[Violation]:
    versions: defaultdict[str, list[OrderFile]] = defaultdict(list)
    for order in orders:
        versions[order.id].append(order)
    for index, demand in enumerate(file.demands):
        if demand.order is None:
            continue
        if not versions[demand.order]:
            yield (
                ("demands", index, "order"),
                f"the file of {demand.order} is missing; if it was archived, pass its path with --archive",
            )
        elif (demand.authority, demand.received_at) not in {
            (order.authority.id, order.received_at) for order in versions[demand.order]
        }:
            yield (
                ("demands", index, "order"),
                f"{demand.order} has another authority or received_at; correct the one that is wrong",
            )


def _repeated(section: str, key: str, values: Iterable[str | None]) -> Iterator[Violation]:
    seen: set[str | None] = {None}
    for index, value in enumerate(values):
        if value in seen and value is not None:
            yield (section, index, key), f"{value} is listed twice; keep one"
        seen.add(value)


def _in_demand(demand: DemandEntry, register: Container[str]) -> Iterator[Violation]:
    if demand.authority is not None and demand.authority not in register:
        yield (
            ("authority",),
            (
                f'found "{demand.authority}", expected the id of an authority in the register; for any other '
                "sender, use `sender` instead"
            ),
        )
    yield from _in_decision(demand)
    for name in ("acknowledged_at", "decided_at", "effect_at", "host_told_at"):
        at = getattr(demand, name)
        if at is not None and at < demand.received_at:
            yield (name,), "is before received_at; check both"
    for index, contest in enumerate(demand.contested):
        if contest.on < demand.received_at.date():
            yield ("contested", index, "on"), "is before received_at; check both"


def _in_decision(demand: DemandEntry) -> Iterator[Violation]:
    decision = demand.decision
    if (decision is None) != (demand.decided_at is None):
        missing, given = ("decision", "decided_at") if decision is None else ("decided_at", "decision")
        yield (given,), f"is given without `{missing}`; give both or neither"
    became_order = decision in {"accepted", "narrowed"}
    if became_order and demand.order is None:
        yield ("decision",), "`order` is missing; expected the id of the order it became"
    if not became_order and demand.order is not None:
        yield (
            ("order",),
            "is allowed only if the decision is accepted or narrowed; remove it, or correct the decision",
        )
    if decision in {"narrowed", "rejected"} and not demand.reasons:
        yield ("decision",), "`reasons` is missing; expected a list of what was wrong with the demand"
    if decision not in {"narrowed", "rejected"} and demand.reasons:
        yield (
            ("reasons",),
            "are allowed only if the decision is narrowed or rejected; remove them, or correct the decision",
        )


def _in_complaint(complaint: ComplaintEntry) -> Iterator[Violation]:
    if (complaint.answered_on is None) != (complaint.outcome is None):
        yield (), "found one of `answered_on` and `outcome`; give both or neither"
    if complaint.answered_on is not None and complaint.answered_on < complaint.received_on:
        yield ("answered_on",), "is before received_on; check both"


def _in_statements(statements: StatementsEntry) -> Iterator[Violation]:
    if HalfYear.of(statements.signed_on) <= HalfYear.parse(statements.half_year):
        yield (
            ("signed_on",),
            f"is before the end of {statements.half_year}; only a half-year that is over can be signed",
        )
