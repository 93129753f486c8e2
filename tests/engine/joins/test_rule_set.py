"""Which meetings a request or message would enter."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from joinfence.engine.joins.extract.body import FromJson
from joinfence.engine.joins.extract.head import FromPath, FromQuery
from joinfence.engine.joins.formats.json_msgpack import Pointer
from joinfence.engine.joins.normalise import Step
from joinfence.engine.joins.paths import PathTemplate
from joinfence.engine.joins.rule_set import NO_MATCH, JoinProblem, MatchResult, RuleSet
from joinfence.engine.joins.rules import Condition, OnProblem, Phase, Rule
from joinfence.engine.values import Join
from tests.factories import make_request


def rule(**changes: Any) -> Rule:
    given = {"paths": (PathTemplate("/j/{meeting}"),), "meeting": (FromPath("meeting"),), **changes}
    return Rule(service="zoom", name="r", **given)


def body_rule(**changes: Any) -> Rule:
    return rule(paths=(PathTemplate("/janus/**"),), meeting=(FromJson(Pointer("/body/room")),), **changes)


def meetings(found: MatchResult) -> list[str]:
    return [join.meeting for join in found.joins]


@pytest.mark.parametrize(
    ("changes", "request_", "expected"),
    [
        pytest.param({}, make_request("/j/123"), ["123"], id="path"),
        pytest.param({}, make_request("//j/%31%32%33/"), ["123"], id="an encoded path"),
        pytest.param({}, make_request("/j/1%2F2"), ["1/2"], id="a slash inside the id"),
        pytest.param({}, make_request("/j/"), [], id="no id"),
        pytest.param({}, make_request("/k/123"), [], id="another path"),
        pytest.param({}, make_request("/j/123", method="OPTIONS"), [], id="OPTIONS"),
        pytest.param({"methods": frozenset({"POST"})}, make_request("/j/123"), [], id="another method"),
        pytest.param(
            {"methods": frozenset({"GET"})}, make_request("/j/123", method="get"), ["123"], id="method case"
        ),
        pytest.param({"hosts": ("z.example",)}, make_request("/j/1", hosts=("z.example",)), ["1"], id="host"),
        pytest.param({"websocket": True}, make_request("/j/1"), [], id="not a WebSocket"),
        pytest.param({"normalise": (Step.DIGITS,)}, make_request("/j/1-2"), ["12"], id="normalised"),
        pytest.param({"normalise": (Step.DIGITS,)}, make_request("/j/x"), [], id="empty after normalisation"),
        pytest.param(
            {"meeting": (FromPath("meeting"), FromQuery("m"))},
            make_request("/j/1?m=2&m=1"),
            ["1", "2"],
            id="several candidates",
        ),
        pytest.param(
            {}, make_request("/", headers=((b"X-Original-URL", b"/j/7"),)), ["7"], id="a target in a header"
        ),
        pytest.param(
            {}, make_request("/j/7", headers=((b"X-Original-URL", b"/j/7"),)), ["7"], id="the same id twice"
        ),
        pytest.param({"phase": Phase.MESSAGE}, make_request("/j/1"), [], id="a rule for messages"),
    ],
)
def test_the_meetings_that_a_rule_finds(changes: dict[str, Any], request_: Any, expected: list[str]) -> None:
    found = RuleSet([rule(**changes)]).joins(request_)
    assert meetings(found) == expected
    assert [match.join for match in found.matches] == list(found.joins)


JOINING = Condition(
    extractor=FromJson(Pointer("/body/request")),
    values=frozenset({"join", "joinandconfigure"}),
    ignore_case=True,
)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"body": {"request": "join", "room": 1234}}', ["1234"]),
        (b'{"body": {"request": "JOIN", "room": 1234}}', ["1234"]),
        (b'{"body": {"request": "leave", "request": "join", "room": 1}}', ["1"]),
        (b'{"body": {"request": "leave", "room": 1234}}', []),
        (b'{"body": {"room": 1234}}', []),
        (b"{", []),
        (b"", []),
    ],
)
def test_a_condition_on_the_body_decides(body: bytes, expected: list[str]) -> None:
    rules = RuleSet([body_rule(where=(JOINING,))])
    assert meetings(rules.joins(make_request("/janus/1/2", method="POST", body=body))) == expected


@pytest.mark.parametrize(
    ("changes", "body", "problem"),
    [
        ({"on_unparsable": OnProblem.BAD_REQUEST}, b"{", JoinProblem.UNPARSABLE),
        ({"max_body_bytes": 3}, b'{"a": 1}', JoinProblem.UNPARSABLE),
        ({"on_no_id": OnProblem.BAD_REQUEST}, b"{}", JoinProblem.NO_MEETING_ID),
        ({}, b"{", None),
        ({}, b"{}", None),
    ],
)
def test_the_problem_with_a_body(changes: dict[str, Any], body: bytes, problem: JoinProblem | None) -> None:
    found = RuleSet([body_rule(**changes)]).joins(make_request("/janus", body=body))
    assert found == MatchResult(problem=problem)


def test_only_rules_that_read_the_body_need_it() -> None:
    rules = RuleSet([body_rule(), rule(paths=(PathTemplate("/janus/{meeting}"),))])
    assert rules.joins(make_request("/janus/7", body=None)) == MatchResult(
        joins=(Join("zoom", "7"),), body_needed=True
    )


@pytest.mark.parametrize(
    ("lengths", "found"),
    [
        ((b"65536",), MatchResult(body_needed=True)),
        ((b"65537",), MatchResult(problem=JoinProblem.UNPARSABLE)),
        ((b" 65537 ", b"1"), MatchResult(problem=JoinProblem.UNPARSABLE)),
        ((b"x",), MatchResult(body_needed=True)),
        ((b"9" * 5000,), MatchResult(body_needed=True)),
        ((), MatchResult(body_needed=True)),
    ],
)
def test_a_body_announced_to_be_too_long_is_not_waited_for(
    lengths: tuple[bytes, ...], found: MatchResult
) -> None:
    headers = tuple((b"Content-Length", length) for length in lengths)
    assert RuleSet([body_rule()]).joins(make_request("/janus", body=None, headers=headers)) == found


def test_the_body_limit_is_that_of_the_rule_that_reads_most() -> None:
    rules = RuleSet([body_rule(max_body_bytes=5), body_rule(max_body_bytes=9), rule(max_body_bytes=99)])
    assert [rules.body_limit(make_request(path)) for path in ("/janus", "/j/1", "/")] == [9, 0, 0]


SOCKET = rule(
    phase=Phase.MESSAGE,
    paths=(PathTemplate("/ws"),),
    meeting=(FromJson(Pointer("/room")),),
    subprotocol="x",
    on_unparsable=OnProblem.BAD_REQUEST,
)
HANDSHAKE = make_request("/ws", headers=((b"Sec-WebSocket-Protocol", b"x"),))


@pytest.mark.parametrize(
    ("message", "found"),
    [
        (b'{"room": 1, "room": 2}', MatchResult(joins=(Join("zoom", "1"), Join("zoom", "2")))),
        (b'{"room": ""}', NO_MATCH),
        (b"{", MatchResult(problem=JoinProblem.UNPARSABLE)),
        (b'{"room": 1' + b" " * 65_536 + b"}", MatchResult(problem=JoinProblem.UNPARSABLE)),
    ],
)
def test_the_joins_of_a_message_on_a_matching_websocket(message: bytes, found: MatchResult) -> None:
    assert RuleSet([SOCKET]).joins_of_message(HANDSHAKE, message) == found


def test_a_message_on_another_websocket_is_ignored() -> None:
    rules = RuleSet([SOCKET, rule()])
    for other in (make_request("/ws"), make_request("/j/1")):
        assert not rules.reads_messages(other)
        assert rules.joins_of_message(other, b'{"room": 1}') is NO_MATCH
    assert rules.reads_messages(HANDSHAKE)


@given(st.binary(max_size=60), st.binary(max_size=60))
def test_joins_never_raises(target: bytes, body: bytes) -> None:
    phases = [
        rule(phase=phase, paths=(PathTemplate("/**"),), meeting=(FromJson(Pointer("/a")),)) for phase in Phase
    ]
    rules = RuleSet(phases)
    rules.joins(make_request(b"/" + target, body=body, method="POST"))
    rules.joins_of_message(make_request(b"/" + target), body)
