from __future__ import annotations

from typing import Any

import pytest

from joinfence.cli.service_words import OUTCOMES, rule_rows
from joinfence.engine.joins.extract.head import FromPath, FromQuery
from joinfence.engine.joins.paths import PathTemplate
from joinfence.engine.joins.refusals import Refusal
from joinfence.engine.joins.rules import Condition, ConditionTest, Rule
from joinfence.engine.joins.templates import Template, TemplateFormat
from joinfence.engine.joins.trail import RuleOutcome

QUERY = FromQuery("q")
TEXT = Template(TemplateFormat.TEXT, "{text}")


@pytest.mark.parametrize(
    ("changes", "row"),
    [
        ({}, ("r", "a request")),
        ({"websocket": True}, ("r", "a request, asking for a WebSocket")),
        ({}, ("paths", "/a/{m}")),
        ({"methods": frozenset({"POST", "GET"})}, ("methods", "GET, POST")),
        ({"hosts": ("a.example",)}, ("hosts", "a.example")),
        ({"subprotocol": "xmpp"}, ("subprotocol", "xmpp")),
        (
            {"where": (Condition(extractor=QUERY, values=frozenset({"b", "a"})),)},
            ("where", "query q one of a, b"),
        ),
        ({"where": (Condition(extractor=QUERY, test=ConditionTest.ABSENT),)}, ("where", "query q absent")),
        (
            {"reconnect": (Condition(extractor=QUERY, values=frozenset({"1"}), test=ConditionTest.ALL_OF),)},
            ("reconnect", "query q one of 1 (new)"),
        ),
        ({}, ("refusal", "451")),
        (
            {"refusal": Refusal(status=403, form="text/plain", body=TEXT, messages=(TEXT,), close=True)},
            ("refusal", "403, text/plain, the service's own text, messages: text, then closed with 1008"),
        ),
    ],
)
def test_a_rule_is_described_in_words(changes: dict[str, Any], row: tuple[str, str]) -> None:
    rule = Rule(service="s", name="r", paths=(PathTemplate("/a/{m}"),), meeting=(FromPath("m"),), **changes)
    assert row in list(rule_rows(rule))


def test_every_outcome_is_described() -> None:
    assert set(OUTCOMES) == set(RuleOutcome)
