"""Join rules and the one question they answer: which meetings would this request enter?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, assert_never

from joinfence.engine.joins.codings import decoded
from joinfence.engine.joins.documents import Document, Pointer, UnparsableError, parse_json
from joinfence.engine.joins.extract import Extractor, FromJson, FromPath, FromQuery
from joinfence.engine.joins.normalise import Step, normalise
from joinfence.engine.joins.paths import PathTemplate, any_of, readings
from joinfence.engine.values import Join, Reason, Request

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from joinfence.engine.values import HeaderFields


class OnProblem(StrEnum):
    """What happens when a rule matches and no meeting id can be had."""

    PASS = "pass"  # noqa: S105 - a verb, no password
    BAD_REQUEST = "400"


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyCondition:
    """A value in the JSON body that must be one of a set for the rule to match."""

    pointer: Pointer
    values: frozenset[str]
    ignore_case: bool = False

    def holds(self, document: Document) -> bool:
        """Tell whether any value at the pointer is one of the set."""
        found = self.pointer.values(document)
        if self.ignore_case:
            return any(value.casefold() in self.values for value in found)
        return any(value in self.values for value in found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One way to enter a meeting of a service.

    No `methods`, `hosts` or `upgrade` means any. Methods are upper case; hosts are lower case, `*.` in
    front stands for one or more labels. A `normalise` chain belongs to the service: every rule of one
    service has the same.
    """

    service: str
    name: str
    paths: tuple[PathTemplate, ...]
    meeting: tuple[Extractor, ...]
    methods: frozenset[str] = frozenset()
    hosts: tuple[str, ...] = ()
    websocket: bool | None = None
    where: tuple[BodyCondition, ...] = ()
    normalise: tuple[Step, ...] = ()
    on_unparsable: OnProblem = OnProblem.PASS
    on_no_id: OnProblem = OnProblem.PASS
    max_body_bytes: int = 1 << 20

    @property
    def needs_body(self) -> bool:
        """Tell whether the head alone cannot answer for this rule."""
        return bool(self.where) or any(isinstance(e, FromJson) for e in self.meeting)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What the rules say of a request: the joins, whether a body must be seen first, and any problem.

    `problem` is UNPARSABLE or NO_MEETING_ID where a rule that answers 400 to it matched.
    """

    joins: tuple[Join, ...] = ()
    body_needed: bool = False
    problem: Reason | None = None


NOTHING: Final = Found()
LARGEST_DECODED: Final = 1 << 20
"""What comes out of a compressed body is read up to this size: a bomb costs no more than an honest body."""


class RuleSet:
    """All join rules, with one expression in front that most traffic does not get past."""

    __slots__ = ("_any_path", "_matchers", "rules")

    def __init__(self, rules: Iterable[Rule]) -> None:
        """Take rules in any order; all that match a request are asked."""
        self.rules = tuple(rules)
        self._matchers = [
            (re.compile(template.pattern(named=True)), rule) for rule in self.rules for template in rule.paths
        ]
        self._any_path = any_of(template for rule in self.rules for template in rule.paths)

    def joins(self, request: Request) -> Found:
        """Return the meetings that the request would enter. Never raises.

        While `request.body` is None, rules that read the body answer `body_needed`. `OPTIONS` enters
        nothing: it is how a browser asks whether it may.
        """
        paths = [path for path in readings(request.path) if self._any_path.fullmatch(path)]
        if not paths or request.method == "OPTIONS":
            return NOTHING
        return _ask(self._matching(request, paths), request)

    def _matching(self, request: Request, paths: list[str]) -> Iterator[tuple[Rule, Mapping[str, str]]]:
        for path in paths:
            for pattern, rule in self._matchers:
                match = pattern.fullmatch(path)
                if match and _head_matches(rule, request):
                    yield rule, match.groupdict()


def _head_matches(rule: Rule, request: Request) -> bool:
    return (
        (not rule.methods or request.method.upper() in rule.methods)
        and (not rule.hosts or any(_host_matches(rule.hosts, host) for host in request.hosts))
        and (rule.websocket is None or rule.websocket == is_websocket_upgrade(request))
    )


def _host_matches(patterns: tuple[str, ...], host: str) -> bool:
    name = re.sub(r":\d*\Z", "", host).rstrip(".").lower()
    return any(name.endswith(p[1:]) if p.startswith("*.") else name == p for p in patterns)


def is_websocket_upgrade(request: Request) -> bool:
    """Tell whether the request asks for a WebSocket (RFC 6455 section 4.1; RFC 8441 for HTTP/2)."""
    return request.method == "CONNECT" or any(
        name.lower() == b"upgrade" and b"websocket" in value.lower() for name, value in request.headers
    )


def _ask(matches: Iterator[tuple[Rule, Mapping[str, str]]], request: Request) -> Found:
    joins: dict[Join, None] = {}
    body_needed = False
    problems: list[Reason] = []
    body = _Body(request)
    for rule, groups in matches:
        if rule.needs_body and request.body is None:
            body_needed = True
            continue
        try:
            document = body.document(rule)
        except UnparsableError:
            if rule.on_unparsable is OnProblem.BAD_REQUEST:
                problems.append(Reason.UNPARSABLE)
            continue
        if not all(condition.holds(document) for condition in rule.where):
            continue
        found = [Join(rule.service, meeting) for meeting in _meetings(rule, request, groups, document)]
        if not found and rule.on_no_id is OnProblem.BAD_REQUEST:
            problems.append(Reason.NO_MEETING_ID)
        joins.update(dict.fromkeys(found))
    return Found(joins=tuple(joins), body_needed=body_needed, problem=problems[0] if problems else None)


class _Body:
    """The body of one request, parsed at most once however many rules ask for it."""

    __slots__ = ("_headers", "_parsed", "_raw")

    def __init__(self, request: Request) -> None:
        self._raw = request.body
        self._headers = request.headers
        self._parsed: Document | UnparsableError = None

    def document(self, rule: Rule) -> Document:
        """Return what a rule may read: None for one that reads no body. Raises UnparsableError."""
        if self._raw is None or not rule.needs_body:
            return None
        if len(self._raw) > rule.max_body_bytes:
            raise UnparsableError
        if self._parsed is None:
            self._parsed = _parsed(self._raw, self._headers)
        if isinstance(self._parsed, UnparsableError):
            raise self._parsed
        return self._parsed


def _parsed(raw: bytes, headers: HeaderFields) -> Document | UnparsableError:
    # As it was sent, whatever it calls itself; then as a server has it that undoes what was done to it.
    try:
        return parse_json(raw)
    except UnparsableError as error:
        plain = decoded(raw, headers, LARGEST_DECODED)
        if plain is None:
            return error
    try:
        return parse_json(plain)
    except UnparsableError as error:
        return error


def _meetings(rule: Rule, request: Request, groups: Mapping[str, str], document: Document) -> Iterator[str]:
    for extractor in rule.meeting:
        for candidate in _candidates(extractor, request, groups, document):
            if meeting := normalise(candidate, rule.normalise):
                yield meeting


def _candidates(
    extractor: Extractor, request: Request, groups: Mapping[str, str], document: Document
) -> list[str]:
    match extractor:
        case FromPath():
            return extractor.candidates(groups)
        case FromQuery():
            return extractor.candidates(request.path)
        case FromJson():
            return extractor.candidates(document)
        case _:
            assert_never(extractor)
