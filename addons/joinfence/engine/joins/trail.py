"""What each rule finds in a request or message, step by step, for people who write or debug rules."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from joinfence.engine.joins.bodies import Body
from joinfence.engine.joins.extract.wrapped import Normalised
from joinfence.engine.joins.formats.json_msgpack import UnparsableError
from joinfence.engine.joins.normalise import normalise
from joinfence.engine.joins.rule_set import RuleSet

if TYPE_CHECKING:
    from collections.abc import Iterable

    from joinfence.engine.joins.extract.context import MatchContext
    from joinfence.engine.joins.normalise import Step
    from joinfence.engine.joins.rules import Rule
    from joinfence.engine.values import Request


class RuleOutcome(StrEnum):
    """How far a rule got."""

    NO_FIT = "no_fit"
    UNPARSABLE = "unparsable"
    CONDITIONS = "conditions"
    RECONNECT = "reconnect"
    NO_ID = "no_id"
    JOIN = "join"


@dataclass(frozen=True, slots=True, kw_only=True)
class IdCandidate:
    """The text that an extractor found, and the text after each step. The last one is the id, or empty."""

    extractor: str
    text: str
    steps: tuple[tuple[Step, str], ...]

    @property
    def meeting(self) -> str:
        """The meeting id, empty if the steps left nothing."""
        return self.steps[-1][1] if self.steps else self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """What one rule found."""

    rule: Rule
    outcome: RuleOutcome
    candidates: tuple[IdCandidate, ...] = ()


def trails(rules: Iterable[Rule], request: Request, message: bytes | None) -> tuple[Trail, ...]:
    """Return what each rule finds in a request, or in a message on the WebSocket that the request opened."""
    return tuple(_trail(rule, request, message) for rule in rules)


def _trail(rule: Rule, request: Request, message: bytes | None) -> Trail:
    one = RuleSet([rule])
    matched = list(one.matching_rules(request) if message is None else one.matching_message_rules(request))
    if not matched:
        return Trail(rule=rule, outcome=RuleOutcome.NO_FIT)
    body = Body(request, message)
    try:
        contexts = [context for _rule, groups in matched for context in body.contexts(rule, groups)]
    except UnparsableError:
        return Trail(rule=rule, outcome=RuleOutcome.UNPARSABLE)
    passing = [context for context in contexts if all(condition.holds(context) for condition in rule.where)]
    if not passing:
        return Trail(rule=rule, outcome=RuleOutcome.CONDITIONS)
    joining = [context for context in passing if rule.holds(context)]
    if not joining:
        return Trail(rule=rule, outcome=RuleOutcome.RECONNECT)
    found = tuple(dict.fromkeys(c for context in joining for c in _candidates(rule, context)))
    outcome = RuleOutcome.JOIN if any(candidate.meeting for candidate in found) else RuleOutcome.NO_ID
    return Trail(rule=rule, outcome=outcome, candidates=found)


def _candidates(rule: Rule, context: MatchContext) -> list[IdCandidate]:
    found = []
    for extractor in rule.meeting:
        own = extractor.chain if isinstance(extractor, Normalised) else ()
        outer = extractor.outer if isinstance(extractor, Normalised) else extractor
        for text in outer.candidates(context):
            steps, result = [], text
            for step in (*own, *rule.normalise):
                result = normalise(result, (step,))
                steps.append((step, result))
            found.append(IdCandidate(extractor=str(extractor), text=text, steps=tuple(steps)))
    return found
