"""`services/*.yaml`: the rules by which the joins of one meeting service are recognised in its traffic."""

from __future__ import annotations

import json
import re
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple

from pydantic import AfterValidator, Field

from joinfence.config.services.places import (
    ConditionEntry,
    MeetingPlaceEntry,
    StepEntry,
    chain_of,
    place_violations,
)
from joinfence.config.services.refusals import RefusalEntry
from joinfence.config.yaml.document import read_document
from joinfence.config.yaml.fields import Identifier, Text
from joinfence.config.yaml.problems import Collector, ConfigError
from joinfence.config.yaml.validate import Model, validate
from joinfence.engine.joins.paths import PathTemplate
from joinfence.engine.joins.rules import AppliesTo, MessageFormat, OnProblem, Phase, Rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from joinfence.config.yaml.document import Document, Violation
    from joinfence.engine.joins.normalise import Step


def _path(value: str) -> str:
    PathTemplate(value)
    return value


def _host(value: str) -> str:
    if not re.fullmatch(r"(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)*", value):
        message = "a host name in lower case such as meet.example or *.meet.example"
        raise ValueError(message)
    return value


PathText = Annotated[str, AfterValidator(_path)]
HostText = Annotated[str, AfterValidator(_host)]
Method = Annotated[str, Field(pattern=r"^[A-Z]+$", description="a method in capital letters such as POST")]


class RuleEntry(Model):
    """One way to enter a meeting."""

    name: Identifier
    phase: Literal["http", "ws-message", "xmpp", "socketio"] = Field(
        "http", description="http, ws-message, xmpp or socketio"
    )
    methods: list[Method] = Field(
        [], description="a list of methods in capital letters; if empty, any method matches"
    )
    hosts: list[HostText] = Field([], description="a list of host names; if empty, any host matches")
    paths: Annotated[list[PathText], Field(min_length=1)] = Field(
        description="a list of path templates such as /meet/{meeting}"
    )
    ignore_case: bool = Field(False, description="true or false")  # noqa: FBT003 - pydantic's signature
    websocket: bool | None = Field(None, description="true or false")
    subprotocol: Text | None = Field(None, description="the WebSocket subprotocol the client asks for")
    reads: Annotated[list[Literal["json", "msgpack"]], Field(min_length=1)] = Field(
        ["json"], description="a list of json and msgpack"
    )
    where: list[ConditionEntry] = Field([], description="a list of conditions on the request or message")
    meeting: Annotated[list[MeetingPlaceEntry], Field(min_length=1)] = Field(
        description="a list of places that may hold the meeting's id"
    )
    reconnect: list[ConditionEntry] = Field(
        [], description="a list of conditions by which a reconnect is recognised"
    )
    applies_to: Literal["new", "new_and_reconnect"] = Field("new", description="new or new_and_reconnect")
    on_unparsable: Literal["pass", 400] = Field("pass", description="pass or 400")
    on_no_id: Literal["pass", 400] = Field("pass", description="pass or 400")
    max_body_bytes: Annotated[int, Field(ge=1, le=16 << 20)] = Field(
        1 << 16, description="a number of bytes from 1 to 16777216"
    )
    refusal: RefusalEntry = Field(
        default_factory=lambda: RefusalEntry.model_validate({}), description="how the client is notified"
    )


class MeetingIds(Model):
    """How different spellings of the same meeting id are made equal."""

    normalise: list[StepEntry] = Field(description="a list of steps")


class ServiceFile(Model):
    """One meeting service."""

    schema_: Literal["service/1"] = Field(alias="schema", description="service/1")
    name: Identifier = Field(description="the service's name, as used in orders")
    title: Text = Field(description="the service's name, as people read it")
    meeting_ids: MeetingIds = Field(description="normalise: a list of steps")
    rules: Annotated[list[RuleEntry], Field(min_length=1)] = Field(description="a list of rules")


def json_schema() -> str:
    """Return the JSON Schema of a rule file as indented text, for editors."""
    schema = ServiceFile.model_json_schema(by_alias=True)
    return json.dumps({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}, indent=2) + "\n"


class Service(NamedTuple):
    """The normaliser chain of a service's meeting ids, and its rules."""

    chain: tuple[Step, ...]
    rules: list[Rule]


def read_services(paths: Iterable[str]) -> dict[str, Service]:
    """Return name -> service, in the order of the paths. Raises ConfigError: the problems of all files."""
    collect = Collector()
    services: dict[str, Service] = {}
    for path in paths:
        document = collect.run(partial(read_document, Path(path)))
        read = collect.run(partial(read_service, document)) if document else None
        if document is None or read is None:
            continue
        name, chain, rules = read
        if name in services:
            collect.problems.append(document.problem(("name",), f'"{name}" has another file; keep one'))
        services[name] = Service(chain, rules)
    if collect.problems:
        raise ConfigError(collect.problems)
    return services


def read_service(document: Document) -> tuple[str, tuple[Step, ...], list[Rule]]:
    """Return the service's name, the steps that normalise its ids, and its rules. Raises ConfigError."""
    file = validate(ServiceFile, document)
    problems = [document.problem(loc, message) for loc, message in _violations(file)]
    if problems:
        raise ConfigError(problems)
    chain = chain_of(file.meeting_ids.normalise)
    return file.name, chain, [_rule(file.name, chain, entry) for entry in file.rules]


def _violations(file: ServiceFile) -> Iterator[Violation]:
    for number, rule in enumerate(file.rules):
        names = {group for path in rule.paths for group in PathTemplate(path).groups}
        for loc, message in place_violations(rule.meeting, names):
            yield ("rules", number, "meeting", *loc), message
        for loc, message in rule.refusal.violations():
            yield ("rules", number, "refusal", *loc), message
        if rule.phase == "http" and (rule.refusal.messages or rule.refusal.close):
            yield (
                ("rules", number, "refusal"),
                (
                    "`messages` and `close` need a socket, which a rule with phase http does not have; "
                    "remove them, or set another `phase`"
                ),
            )
        if any(earlier.name == rule.name for earlier in file.rules[:number]):
            yield ("rules", number, "name"), f'"{rule.name}" is listed twice; give each rule its own name'


def _rule(service: str, chain: tuple[Step, ...], entry: RuleEntry) -> Rule:
    return Rule(
        service=service,
        name=entry.name,
        phase=Phase(entry.phase),
        paths=tuple(PathTemplate(path, ignore_case=entry.ignore_case) for path in entry.paths),
        meeting=tuple(place.extractor() for place in entry.meeting),
        methods=frozenset(entry.methods),
        hosts=tuple(entry.hosts),
        websocket=entry.websocket,
        subprotocol=entry.subprotocol,
        message_formats=tuple(map(MessageFormat, entry.reads)),
        where=tuple(condition.condition() for condition in entry.where),
        reconnect=tuple(condition.condition(every=True) for condition in entry.reconnect),
        applies_to=AppliesTo(entry.applies_to),
        normalise=chain,
        on_unparsable=OnProblem(str(entry.on_unparsable)),
        on_no_id=OnProblem(str(entry.on_no_id)),
        max_body_bytes=entry.max_body_bytes,
        refusal=entry.refusal.refusal(),
    )
