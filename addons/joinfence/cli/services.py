"""`joinfence services`: lists rule files, shows their rules, and tries these on a request or message."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from joinfence.cli.request import make_request, read_body
from joinfence.cli.service_words import OUTCOMES, rule_rows
from joinfence.cli.shared import DEFAULT_CONFIG, ConfigOption, console, facts_table, fail, printable
from joinfence.config.files import matching
from joinfence.config.services.reader import ServiceFile, json_schema, read_service
from joinfence.config.settings import read_settings
from joinfence.config.yaml.document import read_document
from joinfence.config.yaml.problems import ConfigError
from joinfence.config.yaml.validate import validate
from joinfence.engine.joins.trail import trails

if TYPE_CHECKING:
    from joinfence.config.yaml.problems import Problem
    from joinfence.engine.joins.normalise import Step
    from joinfence.engine.joins.rules import Rule
    from joinfence.engine.joins.trail import Trail

services = typer.Typer(
    name="services",
    help="List the meeting services, show their rules, and try these on a request or message.",
    no_args_is_help=True,
)

NameArgument = Annotated[str, typer.Argument(help="The service's name, as used in orders.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Service:
    name: str
    title: str
    path: Path
    in_use: bool
    chain: tuple[Step, ...]
    rules: tuple[Rule, ...]


@services.command(name="list")
def list_(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """List the rule files that the configuration names, and those in the folder `services` next to it."""
    table = Table("Service", "In use", "Rules", "Title")
    for service in _read_services(config):
        table.add_row(service.name, "yes" if service.in_use else "", str(len(service.rules)), service.title)
    console().print(table)


@services.command()
def show(name: NameArgument, config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Show what a service's rules treat as a join, where they find the meeting id, and how they refuse."""
    service = _find(name, config)
    out = console()
    out.print(f"{service.name}: {service.title} ({service.path})")
    out.print(f"ids: {', '.join(service.chain) or 'used as they are'}")
    for rule in service.rules:
        table = facts_table()
        for label, text in rule_rows(rule):
            table.add_row(label, printable(text))
        out.print()
        out.print(table)


@services.command(name="try")
def try_(
    name: NameArgument,
    url: Annotated[
        str,
        typer.Option(help="The URL the client requests; ws and wss request a WebSocket.", metavar="URL"),
    ],
    body: Annotated[
        str | None, typer.Option(help="A file with the body, or - for standard input.", metavar="FILE")
    ] = None,
    message: Annotated[
        str | None, typer.Option(help="A message on the WebSocket that the URL opens.", metavar="TEXT")
    ] = None,
    header: Annotated[
        list[str] | None,
        typer.Option("-H", "--header", help="A header line; may be repeated.", metavar="'Name: value'"),
    ] = None,
    method: Annotated[
        str | None, typer.Option(help="The method; by default POST with a body, else GET.", metavar="M")
    ] = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Show which rules of a service match a request or message, and how each step changes the meeting id."""
    service = _find(name, config)
    request = make_request(
        url=url if message is None else url.replace("http", "ws", 1) if url.startswith("http") else url,
        peer="192.0.2.1",  # rules do not use it
        lines=header or [],
        method=method,
        body=read_body(body),
        at=datetime.now(UTC),
    )
    text = None if message is None else message.encode("utf-8", "surrogateescape")
    found = trails(service.rules, request, text)
    for trail in found:
        _print(trail)
    meetings = dict.fromkeys(c.meeting for trail in found for c in trail.candidates if c.meeting)
    joins = ", ".join(f"{service.name} {printable(meeting)}" for meeting in meetings)
    typer.echo(f"joins: {joins or 'none'}")


@services.command()
def schema() -> None:
    """Print the JSON Schema of a rule file, with which editors check it as you type."""
    typer.echo(json_schema(), nl=False)


def _print(trail: Trail) -> None:
    typer.echo(f"{trail.rule.name}: {OUTCOMES[trail.outcome]}")
    for candidate in trail.candidates:
        typer.echo(f"  {candidate.extractor}: {_quoted(candidate.text)}")
        for step, text in candidate.steps:
            typer.echo(f"    {printable(step)}: {_quoted(text)}")


def _quoted(text: str) -> str:
    return printable(json.dumps(text, ensure_ascii=False))


def _find(name: str, config: Path) -> _Service:
    known = _read_services(config)
    for service in known:
        if service.name == name:
            return service
    return fail(f'there is no service "{name}"; expected one of {", ".join(each.name for each in known)}')


def _read_services(config: Path) -> list[_Service]:
    try:
        settings, _document = read_settings(config)
        in_use = {Path(path) for path in matching(config, settings.services)}
        in_folder = {Path(path) for path in matching(config, ["services/*.yaml"])}
    except ConfigError as error:
        fail(*error.problems)
    found: list[_Service] = []
    problems: list[Problem] = []
    for path in sorted(in_use | in_folder):
        try:
            document = read_document(path)
            name, chain, rules = read_service(document)
        except ConfigError as error:
            problems += error.problems
            continue
        title = validate(ServiceFile, document).title
        found.append(
            _Service(
                name=name, title=title, path=path, in_use=path in in_use, chain=chain, rules=tuple(rules)
            )
        )
    if problems:
        fail(*problems)
    return sorted(found, key=lambda service: service.name)
