"""`services/*.yaml`: how the joins of one meeting service are told from its other traffic."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from joinfence.config.fields import Identifier, Text
from joinfence.config.problems import ConfigError
from joinfence.config.validate import Model, validate
from joinfence.engine.joins.documents import Pointer
from joinfence.engine.joins.extract import Extractor, FromJson, FromPath, FromQuery
from joinfence.engine.joins.normalise import Step
from joinfence.engine.joins.paths import PathTemplate
from joinfence.engine.joins.rules import BodyCondition, OnProblem, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from joinfence.config.document import Document, Loc


def _path(value: str) -> str:
    PathTemplate(value)
    return value


def _pointer(value: str) -> str:
    Pointer(value)
    return value


def _host(value: str) -> str:
    if not re.fullmatch(r"(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)*", value):
        message = "a host name in lower case such as meet.example or *.meet.example"
        raise ValueError(message)
    return value


PathText = Annotated[str, AfterValidator(_path)]
PointerText = Annotated[str, AfterValidator(_pointer)]
HostText = Annotated[str, AfterValidator(_host)]
Method = Annotated[str, Field(pattern=r"^[A-Z]+$", description="a method in capital letters such as POST")]


class ExtractorEntry(Model):
    """Where a meeting id stands: exactly one of the keys."""

    path: Text | None = Field(None, description="the name of a {name} in `paths`")
    query: Text | None = Field(None, description="the name of a query parameter")
    json_: PointerText | None = Field(None, alias="json", description="a JSON pointer into the body")

    @model_validator(mode="after")
    def _one(self) -> ExtractorEntry:
        if sum(value is not None for value in (self.path, self.query, self.json_)) != 1:
            message = "exactly one of `path`, `query` and `json`"
            raise ValueError(message)
        return self

    def extractor(self) -> Extractor:
        """Return the extractor this entry stands for."""
        if self.path is not None:
            return FromPath(self.path)
        if self.query is not None:
            return FromQuery(self.query)
        return FromJson(Pointer(self.json_ or ""))


class ConditionEntry(Model):
    """A value in the body that must be one of a set."""

    json_: PointerText = Field(alias="json", description="a JSON pointer into the body")
    in_: Annotated[list[Text], Field(min_length=1)] = Field(alias="in", description="a list of values")
    ignore_case: bool = Field(False, description="true or false")  # noqa: FBT003 - pydantic's signature

    def condition(self) -> BodyCondition:
        """Return the condition this entry stands for."""
        values = (value.casefold() if self.ignore_case else value for value in self.in_)
        return BodyCondition(
            pointer=Pointer(self.json_), values=frozenset(values), ignore_case=self.ignore_case
        )


class RuleEntry(Model):
    """One way to enter a meeting."""

    name: Identifier
    methods: list[Method] = Field([], description="a list of methods in capital letters; none means any")
    hosts: list[HostText] = Field([], description="a list of host names; none means any")
    paths: Annotated[list[PathText], Field(min_length=1)] = Field(
        description="a list of path templates such as /meet/{meeting}"
    )
    ignore_case: bool = Field(False, description="true or false")  # noqa: FBT003 - pydantic's signature
    websocket: bool | None = Field(None, description="true or false")
    where: list[ConditionEntry] = Field([], description="a list of conditions on the body")
    meeting: Annotated[list[ExtractorEntry], Field(min_length=1)] = Field(
        description="a list of places where the meeting's id may stand"
    )
    on_unparsable: Literal["pass", 400] = Field("pass", description="pass or 400")
    on_no_id: Literal["pass", 400] = Field("pass", description="pass or 400")
    max_body_bytes: Annotated[int, Field(ge=1, le=16 << 20)] = Field(
        1 << 20, description="a number of bytes from 1 to 16777216"
    )


class MeetingIds(Model):
    """How two spellings of one meeting id become one."""

    normalise: list[Literal[*(step.value for step in Step)]] = Field(  # type: ignore[valid-type]
        description=f"a list of {', '.join(step.value for step in Step)}"
    )


class ServiceFile(Model):
    """One meeting service."""

    schema_: Literal["service/1"] = Field(alias="schema", description="service/1")
    name: Identifier = Field(description="the service's name, as orders state it")
    title: Text = Field(description="the service's name for people")
    meeting_ids: MeetingIds = Field(description="normalise: a list of steps")
    rules: Annotated[list[RuleEntry], Field(min_length=1)] = Field(description="a list of rules")


def read_service(document: Document) -> tuple[str, tuple[Step, ...], list[Rule]]:
    """Return the service's name, the normaliser chain of its ids, and its rules. Raises ConfigError."""
    file = validate(ServiceFile, document)
    problems = [document.problem(loc, message) for loc, message in _breaches(file)]
    if problems:
        raise ConfigError(problems)
    chain = tuple(Step(step) for step in file.meeting_ids.normalise)
    return file.name, chain, [_rule(file.name, chain, entry) for entry in file.rules]


def _breaches(file: ServiceFile) -> Iterator[tuple[Loc, str]]:
    for number, rule in enumerate(file.rules):
        names = {group for path in rule.paths for group in PathTemplate(path).groups}
        for index, entry in enumerate(rule.meeting):
            if entry.path is not None and entry.path not in names:
                yield (
                    ("rules", number, "meeting", index, "path"),
                    f'found "{entry.path}", expected a name in braces in `paths`',
                )
        if any(earlier.name == rule.name for earlier in file.rules[:number]):
            yield ("rules", number, "name"), f'"{rule.name}" stands twice; give each rule its own name'


def _rule(service: str, chain: tuple[Step, ...], entry: RuleEntry) -> Rule:
    return Rule(
        service=service,
        name=entry.name,
        paths=tuple(PathTemplate(path, ignore_case=entry.ignore_case) for path in entry.paths),
        meeting=tuple(place.extractor() for place in entry.meeting),
        methods=frozenset(entry.methods),
        hosts=tuple(entry.hosts),
        websocket=entry.websocket,
        where=tuple(condition.condition() for condition in entry.where),
        normalise=chain,
        on_unparsable=OnProblem(str(entry.on_unparsable)),
        on_no_id=OnProblem(str(entry.on_no_id)),
        max_body_bytes=entry.max_body_bytes,
    )
