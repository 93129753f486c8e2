"""What each rule makes of a request or message, step by step, for whoever writes or mends a rule."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from joinfence.engine.joins.bodies import Body
from joinfence.engine.joins.extract import Prepared
from joinfence.engine.joins.formats.json_msgpack import UnparsableError
from joinfence.engine.joins.normalise import normalise
from joinfence.engine.joins.rule_set import RuleSet

if TYPE_CHECKING:
    from collections.abc import Iterable

    from joinfence.engine.joins.extract import MatchContext
    from joinfence.engine.joins.normalise import Step
    from joinfence.engine.joins.rules import Rule
    from joinfence.engine.values import Request


class Outcome(StrEnum):
    """How far a rule came."""

    NO_FIT = "no_fit"
    UNPARSABLE = "unparsable"
    CONDITIONS = "conditions"
    RECONNECT = "reconnect"
    NO_ID = "no_id"
    JOIN = "join"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """What stood at a place, and what each step made of it. The last text is the id; empty is none."""

    place: str
    text: str
    steps: tuple[tuple[Step, str], ...]

    @property
    def meeting(self) -> str:
        """The id."""
        return self.steps[-1][1] if self.steps else self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """What one rule makes of it."""

    rule: Rule
    outcome: Outcome
    candidates: tuple[Candidate, ...] = ()


def trails(rules: Iterable[Rule], request: Request, message: bytes | None) -> tuple[Trail, ...]:
    """Return what each rule in turn makes of a request, or of a message on the WebSocket that it opens."""
    return tuple(_trail(rule, request, message) for rule in rules)


def _trail(rule: Rule, request: Request, message: bytes | None) -> Trail:
    one = RuleSet([rule])
    fits = list(one.fitting(request) if message is None else one.fitting_messages(request))
    if not fits:
        return Trail(rule=rule, outcome=Outcome.NO_FIT)
    body = Body(request, message)
    try:
        contexts = [context for fit, groups in fits for context in body.contexts(fit, groups)]
    except UnparsableError:
        return Trail(rule=rule, outcome=Outcome.UNPARSABLE)
    meant = [context for context in contexts if all(condition.holds(context) for condition in rule.where)]
    if not meant:
        return Trail(rule=rule, outcome=Outcome.CONDITIONS)
    joining = [context for context in meant if rule.holds(context)]
    if not joining:
        return Trail(rule=rule, outcome=Outcome.RECONNECT)
    found = tuple(dict.fromkeys(c for context in joining for c in _candidates(rule, context)))
    outcome = Outcome.JOIN if any(candidate.meeting for candidate in found) else Outcome.NO_ID
    return Trail(rule=rule, outcome=outcome, candidates=found)


def _candidates(rule: Rule, context: MatchContext) -> list[Candidate]:
    found = []
    for extractor in rule.meeting:
        own = extractor.chain if isinstance(extractor, Prepared) else ()
        outer = extractor.outer if isinstance(extractor, Prepared) else extractor
        for text in outer.candidates(context):
            steps, now = [], text
            for step in (*own, *rule.normalise):
                now = normalise(now, (step,))
                steps.append((step, now))
            found.append(Candidate(place=str(extractor), text=text, steps=tuple(steps)))
    return found
