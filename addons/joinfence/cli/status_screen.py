"""The state of a fence on one screen of a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich import box
from rich.table import Table
from rich.text import Text

from joinfence.cli.shared import printable
from joinfence.monitoring.status.words import facts
from joinfence.text.durations import duration
from joinfence.text.standings import STANDINGS

if TYPE_CHECKING:
    from datetime import datetime

    from rich.console import Console

    from joinfence.monitoring.status.findings import Finding
    from joinfence.monitoring.status.snapshot import Snapshot

_MOST_CHANGES: Final = 4
_MOST_FINDINGS: Final = 4
_MOST_PLACES: Final = 4


def show(snapshot: Snapshot | None, found: list[Finding], now: datetime, out: Console) -> None:
    """Print the fence, its orders and location sources, and what needs attention, in at most 24 lines."""
    if snapshot:
        out.print(_facts(snapshot, now))
        if snapshot.changes:
            out.print(_changes(snapshot, now))
    for finding in found[:_MOST_FINDINGS]:
        out.print(Text.assemble(("needs attention: ", "bold red"), printable(finding.what)))
        out.print(Text(f"  {printable(finding.to_do)}"))
    if len(found) > _MOST_FINDINGS:
        out.print(f"and {len(found) - _MOST_FINDINGS} more; --json shows all")
    if not found:
        out.print(Text("nothing needs attention", "green"))


def _facts(snapshot: Snapshot, now: datetime) -> Table:
    table = Table.grid(padding=(0, 2))
    for name, value, good in facts(snapshot, now):
        table.add_row(Text(name, "bold"), Text(printable(value), "" if good else "bold red"))
    return table


def _changes(snapshot: Snapshot, now: datetime) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("Next to change", "for", "what", "when", "in"):
        table.add_column(name)
    for change in snapshot.changes[:_MOST_CHANGES]:
        places = " ".join(change.territory[:_MOST_PLACES])
        table.add_row(
            f"{printable(change.order)} v{change.version}",
            printable(places) + (" ..." if len(change.territory) > _MOST_PLACES else ""),
            STANDINGS[change.becomes].change,
            change.at.isoformat(sep=" ", timespec="minutes"),
            duration(change.at - now),
        )
    return table
