"""`joinfence explain`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

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
from joinfence.cli.trail import sentences, trail
from joinfence.engine.decide import decide
from joinfence.engine.values import ClientAddress, Location, Request, Undetermined, Unlocated, Verdict

if TYPE_CHECKING:
    from datetime import datetime

    from joinfence.engine.values import Decision


def explain(
    url: Annotated[str, typer.Option(help="The address the client asks for.", metavar="URL")],
    peer: Annotated[str, typer.Option(help="The address the connection comes from.", metavar="IP")],
    header: Annotated[
        list[str] | None, typer.Option("-H", "--header", help="A header line.", metavar="'Name: value'")
    ] = None,
    method: Annotated[
        str | None, typer.Option(help="The method; POST if there is a body, GET if not.", metavar="M")
    ] = None,
    body: Annotated[
        str | None, typer.Option(help="A file with the body; - for standard input.", metavar="FILE")
    ] = None,
    at: AtOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,  # noqa: FBT002 - typer's signature
) -> None:
    """Say what the fence does with a request, and why.

    The same call that the proxy makes; nothing is sent anywhere.
    """
    moment = instant(at)
    request = _request(url, peer, header or [], method, _body(body), moment)
    policy = load(config, moment).policy
    decision = decide(request, policy)
    if as_json:
        typer.echo(json.dumps(_document(decision, policy.revision), indent=2))
    else:
        _print(decision, policy.revision)
    raise typer.Exit(REFUSED if decision.verdict is Verdict.REFUSE else 0)


def _body(source: str | None) -> bytes | None:
    if source is None:
        return None
    if source == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(source).read_bytes()
    except OSError as error:
        fail(f"--body: {source} cannot be read: {error.strerror}")


def _request(
    url: str, peer: str, lines: list[str], method: str | None, body: bytes | None, at: datetime
) -> Request:
    scheme, separator, rest = url.partition("://")
    if not separator or scheme.lower() not in ("http", "https", "ws", "wss"):
        fail(f'--url: found "{url}", expected an address such as https://meet.example/j/123')
    # Split by hand: a URL library would repair the very spellings that matter here.
    end = min((i for i in (rest.find("/"), rest.find("?")) if i >= 0), default=len(rest))
    authority, target = rest[:end], rest[end:]
    fields = [(b"host", authority.encode())]
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or not name.strip():
            fail(f"--header: found \"{line}\", expected 'Name: value'")
        fields.append((name.strip().encode(), value.strip(" \t").encode("utf-8", "surrogateescape")))
    return Request(
        method=method or ("GET" if body is None else "POST"),
        scheme=scheme.lower(),
        hosts=tuple(value.decode("latin-1") for name, value in fields if name.lower() == b"host"),
        path=(target if target.startswith("/") else f"/{target}").encode("utf-8", "surrogateescape"),
        headers=tuple(fields),
        body=body or b"",
        peer=peer,
        at=at,
    )


def _document(decision: Decision, revision: str) -> dict[str, Any]:
    client, location = decision.client, decision.location
    return {
        "verdict": decision.verdict.value,
        "reason": decision.reason.value,
        "order": {"id": decision.order.id} if decision.order else None,
        "joins": [{"service": join.service, "meeting": join.meeting} for join in decision.joins],
        "client": {"address": str(client.address), "basis": client.basis.value}
        if isinstance(client, ClientAddress)
        else None,
        "undetermined": {"reason": client.reason.value, "detail": client.detail}
        if isinstance(client, Undetermined)
        else None,
        "location": {
            "country": location.country,
            "subdivisions": list(location.subdivisions),
            "sources": list(location.sources),
        }
        if isinstance(location, Location)
        else None,
        "unlocated": {"reason": location.reason.value} if isinstance(location, Unlocated) else None,
        "policy": {"revision": revision},
        "trail": trail(decision),
    }


def _print(decision: Decision, revision: str) -> None:
    table = Table(show_header=False, box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    lines = sentences(decision)
    for heading, sentence in lines:
        table.add_row(heading, sentence)
    table.add_row("Policy", revision)
    console().print(table)
