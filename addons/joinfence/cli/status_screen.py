"""The state of a fence on one screen of a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich import box
from rich.table import Table
from rich.text import Text

from joinfence.cli.shared import printable
from joinfence.status.findings import ago, is_alive

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from rich.console import Console

    from joinfence.status.findings import Finding
    from joinfence.status.snapshot import Snapshot

_MOST_CHANGES: Final = 4
_MOST_FINDINGS: Final = 4
CHANGES: Final = {
    "effective": "takes effect",
    "review_due": "review due",
    "expiry": "expires",
    "suspension": "is suspended",
}
STANDINGS: Final = {
    "in_force": "in force",
    "not_yet_effective": "not yet effective",
    "review_missed": "review missed",
    "suspended": "suspended",
    "expired": "expired",
}


def show(snapshot: Snapshot | None, found: list[Finding], now: datetime, out: Console) -> None:
    """Print the fence, its orders and location sources, and what needs a person."""
    if snapshot:
        out.print(_facts(snapshot, now))
        if snapshot.changes:
            out.print(_changes(snapshot, now))
    for finding in found[:_MOST_FINDINGS]:
        out.print(Text.assemble(("needs a person: ", "bold red"), printable(finding.what)))
        out.print(Text(f"  {printable(finding.to_do)}"))
    if len(found) > _MOST_FINDINGS:
        out.print(f"and {len(found) - _MOST_FINDINGS} more; --json shows all")
    if not found:
        out.print(Text("nothing needs a person", "green"))


def _facts(snapshot: Snapshot, now: datetime) -> Table:
    table = Table.grid(padding=(0, 2))
    for name, value in _lines(snapshot, now):
        table.add_row(Text(name, "bold"), value)
    return table


def _lines(snapshot: Snapshot, now: datetime) -> Iterable[tuple[str, Text]]:
    if is_alive(snapshot, now):
        life = Text.assemble(("running", "green"), f" for {ago(now - snapshot.started)}, ")
        life.append(f"process {snapshot.pid}, joinfence {printable(snapshot.engine)}")
    else:
        life = Text.assemble(
            ("not running", "bold red"), f", last sign of life {ago(now - snapshot.beat)} ago"
        )
    yield "Fence", life
    yield "Configuration", Text(printable(snapshot.config))
    age = f"{printable(snapshot.revision)}, loaded {ago(now - snapshot.loaded)} ago"
    yield "Policy", Text.assemble(age, (", stale" if snapshot.problems else "", "bold red"))
    counts = [
        f"{snapshot.orders.get(key, 0)} {word}"
        for key, word in STANDINGS.items()
        if key == "in_force" or snapshot.orders.get(key)
    ]
    yield "Orders", Text(", ".join(counts))
    for source in snapshot.sources:
        age = "no date" if source.age_days is None else f"{source.age_days} days old"
        stale = (", too old: it locates nobody" if source.stale else "", "bold red")
        yield "Location", Text.assemble(f"{printable(source.name)}, {age}", stale)


def _changes(snapshot: Snapshot, now: datetime) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("Next to change", "for", "what", "when", "in"):
        table.add_column(name)
    for change in snapshot.changes[:_MOST_CHANGES]:
        places = " ".join(change.territory[:4]) + (" ..." if len(change.territory) > 4 else "")  # noqa: PLR2004
        name = f"{printable(change.order)} v{change.version}"
        when = change.at.isoformat(sep=" ", timespec="minutes")
        table.add_row(name, printable(places), CHANGES[change.what], when, ago(change.at - now))
    return table
