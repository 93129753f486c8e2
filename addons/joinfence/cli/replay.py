"""`joinfence replay`."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from mitmproxy import http
from mitmproxy.exceptions import FlowReadException
from mitmproxy.io import FlowReader
from rich.table import Table

from joinfence.adapters.mitm_flow import read_request
from joinfence.cli.shared import (
    DEFAULT_CONFIG,
    REFUSED,
    AtOption,
    ConfigOption,
    JsonOption,
    console,
    fail,
    instant,
    load,
)
from joinfence.engine.decide import decide
from joinfence.engine.values import Reason, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from joinfence.engine.policy import Policy

type Row = tuple[str | None, Verdict, Reason]


def replay(
    files: Annotated[
        list[Path], typer.Argument(help="mitmproxy flow files or HAR files.", metavar="FILE...")
    ],
    config: ConfigOption = DEFAULT_CONFIG,
    at: AtOption = None,
    as_json: JsonOption = False,  # noqa: FBT002 - typer's signature
) -> None:
    """Count what the fence would do with recorded traffic, by order and verdict.

    Nothing is sent, and nothing of a request is printed. The exit status is 1 if any join would be refused.
    """
    moment = instant(at)
    policy = load(config, moment).policy
    rows = Counter(row for path in files for row in _rows(path, policy, moment))
    if as_json:
        typer.echo(json.dumps(_document(rows, policy.revision), indent=2))
    else:
        _print(rows)
    raise typer.Exit(REFUSED if any(row[1] is Verdict.REFUSE for row in rows) else 0)


def _rows(path: Path, policy: Policy, at: datetime) -> Iterator[Row]:
    try:
        with path.open("rb") as file:
            for flow in FlowReader(file).stream():
                if isinstance(flow, http.HTTPFlow):
                    decision = decide(read_request(flow, at=at, with_body=True), policy)
                    order = decision.order.id if decision.order else None
                    yield order, decision.verdict, decision.reason
    except OSError as error:
        fail(f"{path} cannot be read: {error.strerror}")
    except FlowReadException as error:
        fail(f"{path} is no flow file or HAR file: {error}")


def _sorted(rows: Counter[Row]) -> list[tuple[Row, int]]:
    return sorted(rows.items(), key=lambda item: (item[0][0] is None, item[0]))


def _document(rows: Counter[Row], revision: str) -> dict[str, object]:
    return {
        "requests": rows.total(),
        "policy": {"revision": revision},
        "rows": [
            {"order": order, "verdict": verdict.value, "reason": reason.value, "count": count}
            for (order, verdict, reason), count in _sorted(rows)
        ],
    }


def _print(rows: Counter[Row]) -> None:
    table = Table(title=f"{rows.total()} requests")
    for heading in ("Order", "Verdict", "Reason"):
        table.add_column(heading)
    table.add_column("Requests", justify="right")
    for (order, verdict, reason), count in _sorted(rows):
        table.add_row(order or "-", verdict.value, reason.value, str(count))
    console().print(table)
