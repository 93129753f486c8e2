"""`joinfence explain`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from joinfence.cli.configuration import load
from joinfence.cli.request import make_request, read_body
from joinfence.cli.shared import (
    DEFAULT_CONFIG,
    REFUSED,
    AtOption,
    ConfigOption,
    JsonOption,
    console,
    facts_table,
    instant,
)
from joinfence.cli.trail import CLIENT, VERDICT, sentences, trail
from joinfence.cli.walk import walk_document, walk_sentences
from joinfence.engine.client.walk import walk
from joinfence.engine.decide import decide
from joinfence.engine.decision import Verdict
from joinfence.engine.values import ClientAddress, Location, Undetermined, Unlocated

if TYPE_CHECKING:
    from joinfence.engine.client.walk import WalkStep
    from joinfence.engine.decision import Decision


def explain(
    url: Annotated[
        str,
        typer.Option(help="The URL the client requests; ws and wss request a WebSocket.", metavar="URL"),
    ],
    peer: Annotated[str, typer.Option(help="The address that the connection comes from.", metavar="IP")],
    header: Annotated[
        list[str] | None,
        typer.Option("-H", "--header", help="A header line; may be repeated.", metavar="'Name: value'"),
    ] = None,
    method: Annotated[
        str | None, typer.Option(help="The method; by default POST with a body, else GET.", metavar="M")
    ] = None,
    body: Annotated[
        str | None, typer.Option(help="A file with the body, or - for standard input.", metavar="FILE")
    ] = None,
    at: AtOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,  # noqa: FBT002 - typer's signature
) -> None:
    """Show what the fence does with a request, and why.

    The decision is made by the same code as in the proxy. Nothing is sent anywhere.
    """
    moment = instant(at)
    request = make_request(
        url=url, peer=peer, lines=header or [], method=method, body=read_body(body), at=moment
    )
    policy = load(config, moment).policy
    decision = decide(request, policy)
    steps: tuple[WalkStep, ...] = ()
    if decision.client:  # otherwise the decision needed no client address, and the header was not read
        steps = walk(peer=request.peer, headers=request.headers, policy=policy.client_address)
    if as_json:
        typer.echo(json.dumps(_document(decision, steps, policy.revision), indent=2))
    else:
        _print(decision, steps, policy.revision)
    raise typer.Exit(REFUSED if decision.verdict is Verdict.REFUSE else 0)


def _document(decision: Decision, steps: tuple[WalkStep, ...], revision: str) -> dict[str, Any]:
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
        "claim": {"address": str(decision.claim)} if decision.claim else None,
        "walk": walk_document(steps),
        "policy": {"revision": revision},
        "trail": trail(decision),
    }


def _print(decision: Decision, steps: tuple[WalkStep, ...], revision: str) -> None:
    table = facts_table()
    colour = "bold red" if decision.verdict is Verdict.REFUSE else "green"
    for heading, sentence in (*sentences(decision), ("Policy", revision)):
        if heading == CLIENT:
            for label, entry in walk_sentences(steps):
                table.add_row(label, entry)
        table.add_row(heading, Text(sentence, style=colour if heading == VERDICT else ""))
    console().print(table)
