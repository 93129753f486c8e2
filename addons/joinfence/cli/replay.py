"""`joinfence replay`."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from mitmproxy import http
from mitmproxy.io import FlowReader
from rich.table import Table
from rich.text import Text

from joinfence.cli.configuration import load
from joinfence.cli.shared import (
    DEFAULT_CONFIG,
    REFUSED,
    AtOption,
    ConfigOption,
    JsonOption,
    console,
    fail,
    instant,
)
from joinfence.engine.decide import decide
from joinfence.engine.decision import Decision, Reason, Verdict
from joinfence.gate.ambiguity import is_ambiguous, without_other_upgrades
from joinfence.proxy.flows import read_request

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from joinfence.engine.policy import Policy
    from joinfence.engine.values import Request

type Row = tuple[str | None, Verdict, Reason]

_UNREADABLE: Final = Decision(verdict=Verdict.REFUSE, reason=Reason.UNPARSABLE)


def replay(
    files: Annotated[
        list[Path], typer.Argument(help="mitmproxy flow files or HAR files.", metavar="FILE...")
    ],
    config: ConfigOption = DEFAULT_CONFIG,
    at: AtOption = None,
    as_json: JsonOption = False,  # noqa: FBT002 - typer's signature
) -> None:
    """Count what the fence would do with recorded traffic, by order and verdict.

    A WebSocket message that is a join counts as a request. Nothing is sent, and no details of requests are
    printed. The exit status is 1 if any join would be refused.
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
    for flow in _flows(path):
        # As the gate does, which answers 400 to a request that the service could read differently.
        request = without_other_upgrades(_request(flow, at))
        yield _row(_UNREADABLE if is_ambiguous(request) else decide(request, policy))
        for message in flow.websocket.messages if flow.websocket else ():
            if message.from_client and not message.injected:
                decision = decide(request, policy, message.content)
                if decision.reason is not Reason.NO_JOIN:
                    yield _row(decision)


def _row(decision: Decision) -> Row:
    return decision.order.id if decision.order else None, decision.verdict, decision.reason


def requests(paths: Iterable[Path], at: datetime) -> Iterator[Request]:
    """Yield the requests in files as if received at an aware instant, except those answered with 400.

    Exits if a file cannot be read.
    """
    for path in paths:
        for flow in _flows(path):
            request = _request(flow, at)
            if not is_ambiguous(request):
                yield request


def _flows(path: Path) -> Iterator[http.HTTPFlow]:
    """Yield the HTTP flows in a file. Exits if it cannot be read."""
    try:
        with path.open("rb") as file:
            for flow in FlowReader(file).stream():
                if isinstance(flow, http.HTTPFlow):
                    yield flow
    except OSError as error:
        fail(f"{path} cannot be read: {error.strerror}")
    except Exception:  # noqa: BLE001 - the file may hold anything; messages are not shown, they may quote it
        fail(f"{path} is not a flow file or HAR file, or is incomplete")


def _request(flow: http.HTTPFlow, at: datetime) -> Request:
    # A body that was streamed was not recorded.
    request = read_request(flow, at=at, with_body=flow.request.raw_content is not None)
    # In HAR files, browsers list HTTP/2's replacement for Host among the headers.
    named = (value.decode("latin-1") for name, value in request.headers if name == b":authority")
    return replace(request, hosts=(*request.hosts, *named))


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
    total = rows.total()
    table = Table(title=f"{total} request{'' if total == 1 else 's'}")
    for heading in ("Order", "Verdict", "Reason"):
        table.add_column(heading, overflow="fold")
    table.add_column("Requests", justify="right", overflow="fold")
    for (order, verdict, reason), count in _sorted(rows):
        colour = "bold red" if verdict is Verdict.REFUSE else "green"
        table.add_row(order or "-", Text(verdict, style=colour), reason, str(count))
    console().print(table)
