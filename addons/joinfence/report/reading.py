"""Reads the facts of a report: configuration, register of demands, orders, and state folders of nodes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from joinfence.config.branding import PLAIN, read_branding
from joinfence.config.demands.reader import read_demands
from joinfence.config.demands.schema import DemandsFile
from joinfence.config.files import beside, matching
from joinfence.config.orders.authorities import read_authorities
from joinfence.config.orders.schema import OrderFile
from joinfence.config.settings import read_settings
from joinfence.config.yaml.document import read_document
from joinfence.config.yaml.problems import Collector, ConfigError, Problem
from joinfence.config.yaml.validate import validate
from joinfence.monitoring.status.days import read_days
from joinfence.records.log.events import EventError, EventKind
from joinfence.records.log.files import EVENTS, TALLIES, read_events
from joinfence.records.tallies.bands import published
from joinfence.records.tallies.database import TallyError, added_up
from joinfence.report.facts import Facts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from joinfence.config.branding import Branding
    from joinfence.config.settings import SettingsFile
    from joinfence.engine.order import Authority
    from joinfence.records.log.events import Event
    from joinfence.records.tallies.bands import Bands
    from joinfence.records.tallies.database import TallyKey


def read_facts(
    main: Path, *, archive: Sequence[str], states: Sequence[Path], today: date, named: bool = False
) -> Facts:
    """Return everything that a report is made from. Raises ConfigError with all problems of all files.

    `archive` are order files that were moved away after they ended, `states` the state folders of all
    nodes. If a person `named` them, each must contain tallies: without those of a node, the sums would be
    too low.
    """
    if named:
        _check_named(states)
    settings, _document = read_settings(main)
    register = read_authorities(beside(main, settings.authorities))
    collect = Collector()
    paths = dict.fromkeys([*matching(main, settings.orders), *matching(main, archive)])
    orders = collect.run(lambda: _orders(paths, register))
    demands = collect.run(lambda: _demands(main, settings, register, orders))
    branding = collect.run(lambda: _branding(main, settings))
    if orders is None or demands is None or branding is None or collect.problems:
        raise ConfigError(collect.problems)
    events = [(folder, event) for folder in states for event in _events(folder)]
    _check_complete(orders, events)
    return Facts(
        operator=settings.operator,
        register=register,
        demands=demands,
        orders=orders,
        bands=_bands(states, today),
        days=tuple(days for folder in states if (days := read_days(folder)) is not None),
        missed_reviews=frozenset(
            (event.time, event.order)
            for _folder, event in events
            if event.kind is EventKind.SUSPENDED and event.reason == "review_missed" and event.order
        ),
        branding=branding,
    )


def _check_named(states: Iterable[Path]) -> None:
    message = (
        "there are no tallies here, and a fence creates them when it starts; name the state folder of a node"
    )
    if missing := [folder / TALLIES for folder in states if not (folder / TALLIES).is_file()]:
        raise ConfigError(Problem(path, 1, 1, message) for path in missing)


def _branding(main: Path, settings: SettingsFile) -> Branding:
    return read_branding(beside(main, settings.notices))[0] if settings.notices else PLAIN


def _demands(
    main: Path,
    settings: SettingsFile,
    register: Mapping[str, Authority],
    orders: Sequence[OrderFile] | None,
) -> DemandsFile:
    if settings.demands is None:
        return DemandsFile.model_validate({"schema": "demands/1", "demands": []})
    return read_demands(beside(main, settings.demands), register, orders)


def _orders(paths: Iterable[str], register: Mapping[str, Authority]) -> tuple[OrderFile, ...]:
    orders: dict[tuple[str, int], OrderFile] = {}
    problems: list[Problem] = []
    for path in paths:
        try:
            document = read_document(Path(path))
            order = validate(OrderFile, document)
        except ConfigError as error:
            problems += error.problems
            continue
        if order.authority.id not in register:
            message = f'found "{order.authority.id}", expected the id of an authority in the register'
            problems.append(document.problem(("authority", "id"), message))
        if (order.id, order.version) in orders:
            message = f"there is another file for version {order.version} of {order.id}; keep one of them"
            problems.append(document.problem(("id",), message))
        orders[order.id, order.version] = order
    if problems:
        raise ConfigError(problems)
    return tuple(orders.values())


def _events(folder: Path) -> list[Event]:
    try:
        return [entry.event for entry in read_events(folder)]
    except (EventError, OSError) as error:
        raise ConfigError([Problem(folder / EVENTS, 1, 1, f"{error}; see joinfence log verify")]) from None


def _bands(states: Sequence[Path], today: date) -> Mapping[TallyKey, Bands] | None:
    databases = [folder / TALLIES for folder in states if (folder / TALLIES).exists()]
    try:
        return published(added_up(databases), today) if databases else None
    except TallyError as error:
        raise ConfigError([Problem(databases[0], 1, 1, str(error))]) from None


def _check_complete(orders: Iterable[OrderFile], events: Iterable[tuple[Path, Event]]) -> None:
    """Raise ConfigError for orders that were in force according to the logs and whose file is missing."""
    known = {order.id for order in orders}
    problems = {
        f"the order {event.order} was in force but its file is missing; name it with --archive": folder
        for folder, event in events
        if event.kind is EventKind.ACTIVATED and event.order not in known
    }
    if problems:
        raise ConfigError(Problem(folder / EVENTS, 1, 1, message) for message, folder in problems.items())
