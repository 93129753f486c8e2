"""A join rule in words, and how far a request matched it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from joinfence.engine.joins.rules import ConditionTest, Phase
from joinfence.engine.joins.trail import RuleOutcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from joinfence.engine.joins.refusals import Refusal
    from joinfence.engine.joins.rules import Condition, Rule

OUTCOMES: Final = {
    RuleOutcome.NO_FIT: "does not match: the path, method, host, upgrade or subprotocol differs",
    RuleOutcome.UNPARSABLE: "matches so far, but the body or message cannot be parsed",
    RuleOutcome.CONDITIONS: "matches so far, but a condition does not hold",
    RuleOutcome.RECONNECT: "matches, but is a reconnect, which the rule does not apply to",
    RuleOutcome.NO_ID: "matches, but finds no meeting id",
    RuleOutcome.JOIN: "matches",
}
_PHASES: Final = {
    Phase.HTTP: "a request",
    Phase.MESSAGE: "a WebSocket message",
    Phase.XMPP: "a stanza in a WebSocket message or a BOSH body",
    Phase.SOCKETIO: "a Socket.IO packet in a WebSocket message or a polling body",
}
_WEBSOCKET: Final = {None: "", True: ", asking for a WebSocket", False: ", not asking for a WebSocket"}


def rule_rows(rule: Rule) -> Iterator[tuple[str, str]]:
    """Yield label and text for everything a rule says, its name first."""
    yield rule.name, _PHASES[rule.phase] + _WEBSOCKET[rule.websocket]
    yield "paths", ", ".join(path.text for path in rule.paths)
    if rule.methods:
        yield "methods", ", ".join(sorted(rule.methods))
    if rule.hosts:
        yield "hosts", ", ".join(rule.hosts)
    if rule.subprotocol:
        yield "subprotocol", rule.subprotocol
    for condition in rule.where:
        yield "where", _condition(condition)
    for place in rule.meeting:
        yield "meeting", str(place)
    for condition in rule.reconnect:
        yield "reconnect", f"{_condition(condition)} ({rule.applies_to})"
    yield "problems", f"if unparsable: {rule.on_unparsable}, if no id is found: {rule.on_no_id}"
    yield "refusal", ", ".join(_refusal(rule.refusal))


def _condition(condition: Condition) -> str:
    match condition.test:
        case ConditionTest.PRESENT | ConditionTest.ABSENT:
            return f"{condition.extractor} {condition.test}"
        case ConditionTest.ANY_OF | ConditionTest.ALL_OF:
            folded = ", ignoring case" if condition.ignore_case else ""
            return f"{condition.extractor} one of {', '.join(sorted(condition.values))}{folded}"


def _refusal(refusal: Refusal) -> Iterator[str]:
    yield str(refusal.status or 451)
    if refusal.form:
        yield refusal.form
    if refusal.body:
        yield f"the service's own {refusal.body.kind}"
    if refusal.messages:
        yield f"messages: {', '.join(template.kind for template in refusal.messages)}"
    if refusal.messages or refusal.close:
        yield "then closed with 1008" if refusal.close else "the socket stays open"
