"""All join rules together: which meetings would a request, or a message, enter?

Rules that need only the head of a request are decided as soon as the head is there. For a rule that reads
the body, `joins` answers `body_needed` while `request.body` is None, and the caller has to ask again with
the body. Until then it must hold the body back: once a body has been forwarded, the join can no longer be
prevented. `body_limit` says how much of it is needed. A body that is announced to be longer than its rule
reads is not waited for; it is a problem at once.

A body that is needed and cannot be inspected (too long, too deep, or compressed in an unknown way) is never
simply passed, since the service may be able to read it. A body that is not in the expected format at all is
up to the rule (`on_unparsable`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from joinfence.engine.joins.bodies import Body
from joinfence.engine.joins.formats.json_msgpack import UninspectableError, UnparsableError
from joinfence.engine.joins.index import PathIndex, possible_methods_and_targets
from joinfence.engine.joins.normalise import normalise
from joinfence.engine.joins.paths import readings
from joinfence.engine.joins.rules import OnProblem, is_websocket_upgrade
from joinfence.engine.values import Join, Request

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from joinfence.engine.joins.extract.context import MatchContext
    from joinfence.engine.joins.rules import Rule


class JoinProblem(StrEnum):
    """Why a request that may be a join is answered with 400; the reason of the decision has the same name."""

    UNPARSABLE = "unparsable"
    NO_MEETING_ID = "no_meeting_id"


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One join, the rule that found it, and the context in which the rule matched."""

    join: Join
    rule: Rule
    context: MatchContext


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchResult:
    """What the rules say about a request: the joins, whether its body is needed first, and any problem.

    `problem` is UNPARSABLE or NO_MEETING_ID if a rule matched that answers 400 to it. It is also UNPARSABLE
    if a body that is needed cannot be inspected.
    """

    joins: tuple[Join, ...] = ()
    body_needed: bool = False
    problem: JoinProblem | None = None
    matches: tuple[Match, ...] = field(default=(), compare=False)


NO_MATCH: Final = MatchResult()


class RuleSet:
    """All join rules, behind an index that rejects most traffic quickly."""

    __slots__ = ("_messages", "_requests", "rules")

    def __init__(self, rules: Iterable[Rule]) -> None:
        """Take rules in any order. All rules that match a request count."""
        self.rules = tuple(rules)
        self._requests = PathIndex(rule for rule in self.rules if rule.in_requests)
        self._messages = PathIndex(rule for rule in self.rules if rule.in_messages)

    def joins(self, request: Request) -> MatchResult:
        """Return the meetings that the request would enter. Never raises.

        `body_needed` is set while `request.body` is None and a matching rule reads the body. `OPTIONS` is
        never a join: browsers send it to ask for permission before the actual request.
        """
        matches = list(self.matching_rules(request))
        return _evaluate(matches, request, None) if matches else NO_MATCH

    def joins_of_message(self, handshake: Request, message: bytes) -> MatchResult:
        """Return the meetings that a message on the WebSocket that the handshake opened would enter."""
        matches = list(self.matching_message_rules(handshake))
        return _evaluate(matches, handshake, message) if matches else NO_MATCH

    def reads_messages(self, handshake: Request) -> bool:
        """Tell whether a message on the WebSocket that the handshake opens can be a join."""
        return next(self.matching_message_rules(handshake), None) is not None

    def body_limit(self, request: Request) -> int:
        """Return how many bytes of the request's body are needed at most; 0 if no rule reads it."""
        return max(
            (rule.max_body_bytes for rule, _groups in self.matching_rules(request) if rule.parts), default=0
        )

    def matching_rules(self, request: Request) -> Iterator[tuple[Rule, Mapping[str, str]]]:
        """Yield the rules that match the head of a request, with the groups of its path."""
        if request.method == "OPTIONS":
            return
        methods, targets = possible_methods_and_targets(request)
        upgrade: bool | None = None  # computed on the first match: most requests match no path at all
        for path in _paths_of(targets):
            for rule, groups in self._requests.matches(path, methods):
                upgrade = is_websocket_upgrade(request) if upgrade is None else upgrade
                if rule.takes_head(request, upgrade=upgrade):
                    yield rule, groups

    def matching_message_rules(self, handshake: Request) -> Iterator[tuple[Rule, Mapping[str, str]]]:
        """Yield the rules for messages that match a WebSocket handshake, with the groups of its path."""
        _methods, targets = possible_methods_and_targets(handshake)
        for path in _paths_of(targets):
            for rule, groups in self._messages.matches(path, None):
                if rule.takes_head(handshake, upgrade=is_websocket_upgrade(handshake)):
                    yield rule, groups


def _paths_of(targets: tuple[bytes, ...]) -> Iterable[str]:
    if len(targets) == 1:
        return readings(targets[0])
    return dict.fromkeys(path for target in targets for path in readings(target))


class _ResultBuilder:
    """Collects matches and problems."""

    def __init__(self) -> None:
        self.matches: list[Match] = []
        self.body_needed = False
        self.problems: list[JoinProblem] = []

    def build(self) -> MatchResult:
        return MatchResult(
            joins=tuple(dict.fromkeys(hit.join for hit in self.matches)),
            body_needed=self.body_needed,
            problem=self.problems[0] if self.problems else None,
            matches=tuple(self.matches),
        )


def _evaluate(
    matches: list[tuple[Rule, Mapping[str, str]]], request: Request, message: bytes | None
) -> MatchResult:
    result = _ResultBuilder()
    body = Body(request, message)
    for rule, groups in matches:
        if message is None and request.body is None and rule.parts:
            if _announced_length(request) > rule.max_body_bytes:
                result.problems.append(JoinProblem.UNPARSABLE)
            else:
                result.body_needed = True
            continue
        try:
            contexts = body.contexts(rule, groups)
        except UnparsableError as error:
            if rule.on_unparsable is OnProblem.BAD_REQUEST or isinstance(error, UninspectableError):
                result.problems.append(JoinProblem.UNPARSABLE)
            continue
        for context in contexts:
            if rule.holds(context):
                _add_matches(result, rule, context)
    return result.build()


def _add_matches(result: _ResultBuilder, rule: Rule, context: MatchContext) -> None:
    meetings = [
        meeting
        for extractor in rule.meeting
        for candidate in extractor.candidates(context)
        if (meeting := normalise(candidate, rule.normalise))
    ]
    if not meetings and rule.on_no_id is OnProblem.BAD_REQUEST:
        result.problems.append(JoinProblem.NO_MEETING_ID)
    result.matches += [
        Match(join=Join(rule.service, meeting), rule=rule, context=context)
        for meeting in dict.fromkeys(meetings)
    ]


def _announced_length(request: Request) -> int:
    """Return the length of the body according to Content-Length, 0 if there is none."""
    lengths = [value.strip() for name, value in request.headers if name.lower() == b"content-length"]
    return max((int(v) for v in lengths if re.fullmatch(rb"[0-9]{1,18}", v)), default=0)
