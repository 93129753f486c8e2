"""The state of a fence as an HTML page for a local browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from joinfence.monitoring.status.words import facts
from joinfence.text.durations import duration
from joinfence.text.layout import environment, stylesheet
from joinfence.text.operator import Operator
from joinfence.text.standings import STANDINGS
from joinfence.text.words import Words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from joinfence.monitoring.status.findings import Finding
    from joinfence.monitoring.status.snapshot import Snapshot


def to_html(snapshot: Snapshot | None, found: Sequence[Finding], now: datetime) -> str:
    """Return the page for an aware instant. It contains no script and loads nothing."""
    operator = Operator(name="joinfence", url="", contact="")
    changes = snapshot.changes if snapshot else ()
    return (
        environment("en")
        .get_template("status.html.j2")
        .render(
            words=Words("en"),
            title="Status of the fence",
            operator=operator,
            style=stylesheet(operator.branding, "report.css"),
            now=now.replace(microsecond=0),
            findings=found,
            facts=[(name, value) for name, value, _good in facts(snapshot, now)] if snapshot else [],
            changes=[
                (change, STANDINGS[change.becomes].change, duration(change.at - now)) for change in changes
            ],
        )
    )
