"""Which meetings a request would enter."""

from __future__ import annotations

import gzip
from typing import Any

import pytest

from joinfence.engine.joins.documents import Pointer, parse_json
from joinfence.engine.joins.extract import FromJson, FromPath, FromQuery
from joinfence.engine.joins.normalise import Step
from joinfence.engine.joins.paths import PathTemplate
from joinfence.engine.joins.rules import NOTHING, BodyCondition, Found, OnProblem, Rule, RuleSet
from joinfence.engine.values import Join, Reason
from tests.factories import make_request

UPGRADE = ((b"Upgrade", b"WebSocket"),)


def rule(**changes: Any) -> Rule:
    given = {"paths": (PathTemplate("/j/{meeting}"),), "meeting": (FromPath("meeting"),), **changes}
    return Rule(service="zoom", name="r", **given)


def body_rule(**changes: Any) -> Rule:
    return rule(paths=(PathTemplate("/janus/**"),), meeting=(FromJson(Pointer("/body/room")),), **changes)


def meetings(found: Found) -> list[str]:
    return [join.meeting for join in found.joins]


@pytest.mark.parametrize(
    ("changes", "request_", "expected"),
    [
        pytest.param({}, make_request("/j/123"), ["123"], id="path"),
        pytest.param({}, make_request("//j/%31%32%33/"), ["123"], id="another spelling"),
        pytest.param({}, make_request("/j/1%2F2"), ["1/2"], id="a slash inside the id"),
        pytest.param({}, make_request("/j/"), [], id="no id"),
        pytest.param({}, make_request("/k/123"), [], id="another path"),
        pytest.param({}, make_request("/j/123", method="OPTIONS"), [], id="OPTIONS"),
        pytest.param({"methods": frozenset({"POST"})}, make_request("/j/123"), [], id="another method"),
        pytest.param(
            {"methods": frozenset({"GET"})}, make_request("/j/123", method="get"), ["123"], id="method case"
        ),
        pytest.param(
            {"hosts": ("zoom.example",)}, make_request("/j/1", hosts=("zoom.example",)), ["1"], id="host"
        ),
        pytest.param(
            {"hosts": ("zoom.example",)}, make_request("/j/1", hosts=("ZOOM.example.:80",)), ["1"], id="dot"
        ),
        pytest.param(
            {"hosts": ("zoom.example",)}, make_request("/j/1", hosts=("a", "zoom.example")), ["1"], id="any"
        ),
        pytest.param(
            {"hosts": ("zoom.example",)}, make_request("/j/1", hosts=("x.zoom.example",)), [], id="below"
        ),
        pytest.param(
            {"hosts": ("*.z.example",)}, make_request("/j/1", hosts=("a.b.z.example",)), ["1"], id="labels"
        ),
        pytest.param(
            {"hosts": ("*.z.example",)}, make_request("/j/1", hosts=("z.example",)), [], id="itself"
        ),
        pytest.param({"websocket": True}, make_request("/j/1", headers=UPGRADE), ["1"], id="upgrade"),
        pytest.param({"websocket": True}, make_request("/j/1"), [], id="no upgrade"),
        pytest.param({"websocket": False}, make_request("/j/1", headers=UPGRADE), [], id="upgrade unwanted"),
        pytest.param({"websocket": True}, make_request("/j/1", method="CONNECT"), ["1"], id="RFC 8441"),
        pytest.param({"normalise": (Step.DIGITS,)}, make_request("/j/1-2"), ["12"], id="normalised"),
        pytest.param({"normalise": (Step.DIGITS,)}, make_request("/j/x"), [], id="nothing left of it"),
        pytest.param(
            {"meeting": (FromPath("meeting"), FromQuery("m"))},
            make_request("/j/1?m=2&m=1"),
            ["1", "2"],
            id="several",
        ),
    ],
)
def test_a_rule_finds_meetings(changes: dict[str, Any], request_: Any, expected: list[str]) -> None:
    assert meetings(RuleSet([rule(**changes)]).joins(request_)) == expected


JOINING = BodyCondition(
    pointer=Pointer("/body/request"), values=frozenset({"join", "joinandconfigure"}), ignore_case=True
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
def test_a_condition_on_the_body(body: bytes, expected: list[str]) -> None:
    found = RuleSet([body_rule(where=(JOINING,))]).joins(make_request("/janus/1/2", method="POST", body=body))
    assert meetings(found) == expected


def test_a_condition_minds_case_unless_told_otherwise() -> None:
    strict = BodyCondition(pointer=Pointer("/body/request"), values=frozenset({"join"}))
    request = make_request("/janus", body=b'{"body": {"request": "JOIN", "room": 1}}')
    assert RuleSet([body_rule(where=(strict,))]).joins(request) == NOTHING


@pytest.mark.parametrize(
    ("changes", "body", "problem"),
    [
        ({"on_unparsable": OnProblem.BAD_REQUEST}, b"{", Reason.UNPARSABLE),
        ({"on_unparsable": OnProblem.BAD_REQUEST, "max_body_bytes": 3}, b'{"a": 1}', Reason.UNPARSABLE),
        ({"on_no_id": OnProblem.BAD_REQUEST}, b"{}", Reason.NO_MEETING_ID),
        ({}, b"{", None),
        ({}, b"{}", None),
    ],
)
def test_a_problem_with_the_body(changes: dict[str, Any], body: bytes, problem: Reason | None) -> None:
    found = RuleSet([body_rule(**changes)]).joins(make_request("/janus", body=body))
    assert found == Found(problem=problem)


def test_a_body_is_read_as_sent_and_as_a_server_has_it_that_undoes_its_coding() -> None:
    rules = RuleSet([body_rule(on_unparsable=OnProblem.BAD_REQUEST)])
    plain = b'{"body": {"request": "join", "room": 7}}'
    labelled = {"headers": ((b"Content-Encoding", b"gzip"),)}
    for body in (gzip.compress(plain), plain):
        assert meetings(rules.joins(make_request("/janus", body=body, **labelled))) == ["7"]
    for body in (gzip.compress(b"{"), b"{"):
        found = rules.joins(make_request("/janus", body=body, **labelled))
        assert found == Found(problem=Reason.UNPARSABLE)


def test_a_rule_that_reads_the_body_waits_for_it_and_the_others_do_not() -> None:
    rules = RuleSet([body_rule(), rule(paths=(PathTemplate("/janus/{meeting}"),))])
    assert rules.joins(make_request("/janus/7", body=None)) == Found(
        joins=(Join("zoom", "7"),), body_needed=True
    )


def test_a_body_is_parsed_once_however_many_rules_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed = []

    def parse(body: bytes) -> object:
        parsed.append(body)
        return parse_json(body)

    monkeypatch.setattr("joinfence.engine.joins.rules.parse_json", parse)
    RuleSet([body_rule(), body_rule(), body_rule()]).joins(make_request("/janus", body=b"{}"))
    assert parsed == [b"{}"]
