"""The conditions of one rule on a request."""

from __future__ import annotations

from typing import Any

import pytest

from joinfence.engine.joins.extract.body import FromForm, FromJson
from joinfence.engine.joins.extract.context import BodyPart, MatchContext
from joinfence.engine.joins.extract.head import FromPath, FromQuery
from joinfence.engine.joins.formats.json_msgpack import Pointer
from joinfence.engine.joins.paths import PathTemplate
from joinfence.engine.joins.rules import (
    AppliesTo,
    Condition,
    ConditionTest,
    Phase,
    Rule,
    is_websocket_upgrade,
)
from tests.factories import make_request

UPGRADE = ((b"Upgrade", b"WebSocket"),)


def rule(**changes: Any) -> Rule:
    given = {"paths": (PathTemplate("/j/{meeting}"),), "meeting": (FromPath("meeting"),), **changes}
    return Rule(service="zoom", name="r", **given)


@pytest.mark.parametrize(
    ("own", "methods", "taken"),
    [
        (set(), {"GET"}, True),
        ({"POST"}, {"GET"}, False),
        ({"POST"}, {"GET", "POST"}, True),
        ({"GET"}, {"HEAD"}, True),
        ({"POST"}, {"HEAD"}, False),
    ],
)
def test_the_methods_that_a_rule_takes(own: set[str], methods: set[str], taken: bool) -> None:
    assert rule(methods=frozenset(own)).takes_method(frozenset(methods)) is taken


def test_stanzas_and_packets_are_sent_with_post() -> None:
    for phase in (Phase.XMPP, Phase.SOCKETIO):
        assert [rule(phase=phase).takes_method(frozenset({m})) for m in ("POST", "GET")] == [True, False]


@pytest.mark.parametrize(
    ("changes", "request_", "taken"),
    [
        ({}, make_request(), True),
        ({"hosts": ("z.example",)}, make_request(hosts=("z.example",)), True),
        ({"hosts": ("z.example",)}, make_request(hosts=("Z.example.:80",)), True),
        ({"hosts": ("z.example",)}, make_request(hosts=("a", "z.example")), True),
        ({"hosts": ("z.example",)}, make_request(hosts=("x.z.example",)), False),
        ({"hosts": ("*.z.example",)}, make_request(hosts=("a.b.z.example",)), True),
        ({"hosts": ("*.z.example",)}, make_request(hosts=("z.example",)), False),
        ({"websocket": True}, make_request(headers=UPGRADE), True),
        ({"websocket": True}, make_request(), False),
        ({"websocket": False}, make_request(headers=UPGRADE), False),
        ({"websocket": True}, make_request(method="CONNECT"), True),
        ({"subprotocol": "x"}, make_request(headers=((b"Sec-WebSocket-Protocol", b"y, x"),)), True),
        ({"subprotocol": "X"}, make_request(headers=((b"Sec-WebSocket-Protocol", b"x;y"),)), True),
        ({"subprotocol": "x"}, make_request(headers=((b"sec-websocket-protocol", b"X"),)), True),
        ({"subprotocol": "x"}, make_request(headers=((b"Sec-WebSocket-Protocol", b"y"),)), False),
        ({"subprotocol": "x"}, make_request(), False),
    ],
)
def test_the_hosts_upgrades_and_subprotocols_that_a_rule_takes(
    changes: dict[str, Any], request_: Any, taken: bool
) -> None:
    takes = rule(**changes).takes_head(request_, upgrade=is_websocket_upgrade(request_))
    assert takes is taken


JOIN = Condition(extractor=FromQuery("a"), values=frozenset({"join"}))
ANY_CASE = Condition(extractor=FromQuery("a"), values=frozenset({"join"}), ignore_case=True)
ONLY = Condition(extractor=FromQuery("a"), values=frozenset({"join"}), test=ConditionTest.ALL_OF)


@pytest.mark.parametrize(
    ("condition", "query", "holds"),
    [
        (JOIN, "a=join", True),
        (JOIN, "a=x&a=join", True),
        (JOIN, "a=JOIN", False),
        (JOIN, "", False),
        (ANY_CASE, "a=JOIN", True),
        (ONLY, "a=join&a=join", True),
        (ONLY, "a=join&a=x", False),
        (ONLY, "", False),
        (Condition(extractor=FromQuery("a"), test=ConditionTest.PRESENT), "a=", True),
        (Condition(extractor=FromQuery("a"), test=ConditionTest.PRESENT), "b=", False),
        (Condition(extractor=FromQuery("a"), test=ConditionTest.ABSENT), "a=", False),
        (Condition(extractor=FromQuery("a"), test=ConditionTest.ABSENT), "b=", True),
    ],
)
def test_when_a_condition_holds(condition: Condition, query: str, holds: bool) -> None:
    assert condition.holds(MatchContext(request=make_request(f"/?{query}"))) is holds
    assert rule(where=(condition,)).holds(MatchContext(request=make_request(f"/?{query}"))) is holds


@pytest.mark.parametrize(
    ("applies_to", "query", "holds"),
    [
        (AppliesTo.NEW, "a=join", False),
        (AppliesTo.NEW, "a=join&a=x", True),
        (AppliesTo.NEW, "", True),
        (AppliesTo.NEW_AND_RECONNECT, "a=join", True),
    ],
)
def test_a_reconnect_counts_only_if_the_rule_says_so(applies_to: AppliesTo, query: str, holds: bool) -> None:
    made = rule(reconnect=(ONLY,), applies_to=applies_to)
    assert made.holds(MatchContext(request=make_request(f"/?{query}"))) is holds


@pytest.mark.parametrize(
    ("changes", "parts"),
    [
        ({}, set()),
        ({"meeting": (FromJson(Pointer("/a")),)}, {BodyPart.DOCUMENT}),
        ({"where": (Condition(extractor=FromForm("a")),)}, {BodyPart.FORM}),
        ({"reconnect": (Condition(extractor=FromForm("a")),)}, {BodyPart.FORM}),
        ({"phase": Phase.XMPP}, {BodyPart.ELEMENT}),
        ({"phase": Phase.MESSAGE}, {BodyPart.DOCUMENT}),
        ({"phase": Phase.SOCKETIO}, {BodyPart.DOCUMENT}),
    ],
)
def test_the_parts_of_a_body_that_a_rule_needs(changes: dict[str, Any], parts: set[BodyPart]) -> None:
    assert rule(**changes).parts == parts


def test_the_phases_that_are_matched_in_requests_and_in_messages() -> None:
    assert {p: (rule(phase=p).in_requests, rule(phase=p).in_messages) for p in Phase} == {
        Phase.HTTP: (True, False),
        Phase.MESSAGE: (False, True),
        Phase.XMPP: (True, True),
        Phase.SOCKETIO: (True, True),
    }
