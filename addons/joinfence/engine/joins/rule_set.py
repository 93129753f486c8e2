"""The one question that join rules answer: which meetings would this request, or this message, enter?"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from joinfence.engine.joins.bodies import Body
from joinfence.engine.joins.formats.json_msgpack import UnparsableError, UnreadableError
from joinfence.engine.joins.index import PathIndex, other_readings
from joinfence.engine.joins.normalise import normalise
from joinfence.engine.joins.paths import readings
from joinfence.engine.joins.rules import OnProblem, is_websocket_upgrade
from joinfence.engine.values import Join, Request

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from joinfence.engine.joins.extract import MatchContext
    from joinfence.engine.joins.rules import Rule


class JoinProblem(StrEnum):
    """Why a request that may be a join is answered with 400; the decision's reason has the same name."""

    UNPARSABLE = "unparsable"
    NO_MEETING_ID = "no_meeting_id"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One join with the rule that found it and what the rule looked at."""

    join: Join
    rule: Rule
    context: MatchContext


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What the rules say of a request: the joins, whether a body must be seen first, and any problem.

    `problem` is UNPARSABLE or NO_MEETING_ID where a rule that answers 400 to it matched, and UNPARSABLE too
    where the body is more than a rule reads: what nobody has read is not passed on to who may.
    """

    joins: tuple[Join, ...] = ()
    body_needed: bool = False
    problem: JoinProblem | None = None
    hits: tuple[Hit, ...] = field(default=(), compare=False)


NOTHING: Final = Found()


class RuleSet:
    """All join rules, with an index in front that most traffic does not get past."""

    __slots__ = ("_messages", "_requests", "rules")

    def __init__(self, rules: Iterable[Rule]) -> None:
        """Take rules in any order; all that match a request are asked."""
        self.rules = tuple(rules)
        self._requests = PathIndex(rule for rule in self.rules if rule.in_requests)
        self._messages = PathIndex(rule for rule in self.rules if rule.in_messages)

    def joins(self, request: Request) -> Found:
        """Return the meetings that the request would enter. Never raises.

        While `request.body` is None, rules that read the body answer `body_needed`. `OPTIONS` enters
        nothing: it is how a browser asks whether it may.
        """
        matches = list(self.fitting(request))
        return _ask(matches, request, None) if matches else NOTHING

    def joins_of_message(self, handshake: Request, message: bytes) -> Found:
        """Return the meetings that a client's message would enter, on the WebSocket a request opened."""
        matches = list(self.fitting_messages(handshake))
        return _ask(matches, handshake, message) if matches else NOTHING

    def reads_messages(self, handshake: Request) -> bool:
        """Tell whether a message on the WebSocket that the request opens can be a join."""
        return next(self.fitting_messages(handshake), None) is not None

    def body_limit(self, request: Request) -> int:
        """Return how many bytes of the request's body are read at most; 0 if none are."""
        return max((rule.max_body_bytes for rule, _groups in self.fitting(request) if rule.parts), default=0)

    def fitting(self, request: Request) -> Iterator[tuple[Rule, Mapping[str, str]]]:
        """Yield the rules that the head of a request fits, with the groups of its path."""
        if request.method == "OPTIONS":
            return
        methods, targets = other_readings(request)
        upgrade: bool | None = None  # most requests fit no path, and are spared the look
        for path in _paths(targets):
            for rule, groups in self._requests.matches(path, methods):
                upgrade = is_websocket_upgrade(request) if upgrade is None else upgrade
                if rule.takes_head(request, upgrade=upgrade):
                    yield rule, groups

    def fitting_messages(self, handshake: Request) -> Iterator[tuple[Rule, Mapping[str, str]]]:
        """Yield the rules on messages that a WebSocket's handshake fits, with the groups of its path."""
        _methods, targets = other_readings(handshake)
        for path in _paths(targets):
            for rule, groups in self._messages.matches(path, None):
                if rule.takes_head(handshake, upgrade=is_websocket_upgrade(handshake)):
                    yield rule, groups


def _paths(targets: tuple[bytes, ...]) -> Iterable[str]:
    if len(targets) == 1:
        return readings(targets[0])
    return dict.fromkeys(path for target in targets for path in readings(target))


class _Answer:
    """What has been found so far."""

    def __init__(self) -> None:
        self.hits: list[Hit] = []
        self.body_needed = False
        self.problems: list[JoinProblem] = []

    def found(self) -> Found:
        return Found(
            joins=tuple(dict.fromkeys(hit.join for hit in self.hits)),
            body_needed=self.body_needed,
            problem=self.problems[0] if self.problems else None,
            hits=tuple(self.hits),
        )


def _ask(matches: list[tuple[Rule, Mapping[str, str]]], request: Request, message: bytes | None) -> Found:
    answer = _Answer()
    body = Body(request, message)
    for rule, groups in matches:
        if message is None and request.body is None and rule.parts:
            if _announced(request) > rule.max_body_bytes:
                answer.problems.append(JoinProblem.UNPARSABLE)
            else:
                answer.body_needed = True
            continue
        try:
            contexts = body.contexts(rule, groups)
        except UnparsableError as error:
            if rule.on_unparsable is OnProblem.BAD_REQUEST or isinstance(error, UnreadableError):
                answer.problems.append(JoinProblem.UNPARSABLE)
            continue
        for context in contexts:
            if rule.holds(context):
                _note(answer, rule, context)
    return answer.found()


def _note(answer: _Answer, rule: Rule, context: MatchContext) -> None:
    meetings = [
        meeting
        for extractor in rule.meeting
        for candidate in extractor.candidates(context)
        if (meeting := normalise(candidate, rule.normalise))
    ]
    if not meetings and rule.on_no_id is OnProblem.BAD_REQUEST:
        answer.problems.append(JoinProblem.NO_MEETING_ID)
    answer.hits += [
        Hit(join=Join(rule.service, meeting), rule=rule, context=context)
        for meeting in dict.fromkeys(meetings)
    ]


def _announced(request: Request) -> int:
    """Return the body's length as the head announces it, 0 where it does not."""
    lengths = [value.strip() for name, value in request.headers if name.lower() == b"content-length"]
    return max((int(v) for v in lengths if re.fullmatch(rb"[0-9]{1,18}", v)), default=0)
