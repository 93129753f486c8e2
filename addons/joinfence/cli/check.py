"""`joinfence check`."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, assert_never

import typer
from rich.text import Text

from joinfence.cli.configuration import load
from joinfence.cli.shared import DEFAULT_CONFIG, AtOption, console, fail, instant, printable
from joinfence.config.demands.reader import read_demands
from joinfence.config.files import beside
from joinfence.config.orders.authorities import read_authorities
from joinfence.config.yaml.problems import ConfigError
from joinfence.engine.approvals import faults_at
from joinfence.engine.order import Mode, Standing, standing
from joinfence.text.language import untranslated_languages
from joinfence.text.standings import NOT_SHOWN
from joinfence.text.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from joinfence.engine.order import Order
    from joinfence.loading.loader import Loaded

_SOON: Final = timedelta(days=14)


def check(
    config: Annotated[
        Path, typer.Argument(help="The configuration's main file.", metavar="CONFIG")
    ] = DEFAULT_CONFIG,
    at: AtOption = None,
) -> None:
    """Read the whole configuration and report every problem with file, line and column."""
    now = instant(at)
    loaded = load(config, now)
    _check_demands(config, loaded)
    out = console()
    for warning in _warnings(loaded, now):
        out.print(Text.assemble(("warning:", "bold yellow"), " ", printable(warning)))
    policy = loaded.policy
    in_force = sum(standing(order, now) is Standing.IN_FORCE for order in policy.orders)
    services = len({rule.service for rule in policy.rules.rules})
    orders = f"{len(policy.orders)} orders ({in_force} in force now)"
    summary = f"policy {policy.revision}, {orders}, {services} services"
    out.print(Text.assemble(f"{printable(str(config))} is ", ("valid", "green"), f": {summary}"))


def _check_demands(config: Path, loaded: Loaded) -> None:
    """Exit if the register of demands is invalid. The fence never reads it, so it would start anyway."""
    if loaded.settings.demands is not None:
        try:
            register = read_authorities(beside(config, loaded.settings.authorities))
            read_demands(beside(config, loaded.settings.demands), register)
        except ConfigError as error:
            fail(*error.problems, f"{len(error.problems)} problem(s) in {config}")


def _warnings(loaded: Loaded, now: datetime) -> Iterator[str]:
    yield from (str(problem) for problem in (*loaded.doubts, *loaded.warnings))
    if not loaded.settings.approvals.required:
        yield "approvals.required is 0: one person alone can put an order in force"
    for order in sorted(loaded.policy.orders, key=lambda order: order.id):
        yield from _order_warnings(order, now)
    yield from _missing_languages(loaded)
    yield from (f"{name} is older than max_age_days allows, so it is not used" for name in loaded.stale(now))


def _missing_languages(loaded: Loaded) -> Iterator[str]:
    """Yield a warning for each official language of the orders' territories that has no translation."""
    english = Words("en")
    codes = {code.partition("-")[0] for order in loaded.policy.orders for code in order.territory}
    for country in sorted(codes):
        for tag in untranslated_languages(country):
            yield (
                f"there is no translation into {english.language_name(tag)} ({tag}), an official language of "
                f"{english.territory(country)}: refusals there use other languages; "
                f"`scripts/translations add {tag}` starts one"
            )


def _order_warnings(order: Order, now: datetime) -> Iterator[str]:
    match standing(order, now):
        case Standing.EXPIRED:
            yield f"order {order.id} expired on {order.expires_at.isoformat()}; its file can be archived"
        case Standing.REVIEW_MISSED:
            yield f"order {order.id} is not in force: its review was due by {order.review_by.isoformat()}"
        case Standing.SUSPENDED:
            by = f" by {' and '.join(order.approvals.suspended_by)}" if order.approvals.suspended_by else ""
            yield f"order {order.id} is suspended{by}"
        case Standing.UNAPPROVED:
            yield f"order {order.id} is not approved"
        case Standing.UNPUBLISHED:
            yield f"order {order.id} is not published: {NOT_SHOWN}"
        case Standing.IN_FORCE | Standing.NOT_YET_EFFECTIVE:
            yield from _ends_soon(order, now)
        case other:
            assert_never(other)
    for fault in faults_at(order.approvals, now):
        yield f"order {order.id}: {fault.message} ({fault.fault})"
    if order.mode is Mode.OBSERVE:
        yield f"order {order.id} only observes: it refuses nobody"


def _ends_soon(order: Order, now: datetime) -> Iterator[str]:
    if order.expires_at - now < _SOON:
        yield f"order {order.id} expires on {order.expires_at.isoformat()}"
    if order.review_by != order.expires_at and order.review_by - now < _SOON:
        yield f"order {order.id} is to be reviewed by {order.review_by.isoformat()}"
