"""What rules see of a body or message."""

from __future__ import annotations

import gzip
from typing import Any

import pytest

from joinfence.engine.joins import bodies
from joinfence.engine.joins.bodies import Body
from joinfence.engine.joins.extract.body import FromForm, FromJson, FromXml
from joinfence.engine.joins.extract.head import FromPath
from joinfence.engine.joins.formats.json_msgpack import (
    Pointer,
    UninspectableError,
    UnparsableError,
    parse_json,
)
from joinfence.engine.joins.formats.xml import ElementPath
from joinfence.engine.joins.paths import PathTemplate
from joinfence.engine.joins.rules import MessageFormat, Phase, Rule
from tests.factories import make_request


def rule(**changes: Any) -> Rule:
    return Rule(service="s", name="r", paths=(PathTemplate("/"),), **{"meeting": (FromPath("x"),), **changes})


JSON = rule(meeting=(FromJson(Pointer("/a")),))


def values(body: Body, asked: Rule) -> list[str]:
    return [
        value
        for context in body.contexts(asked, {})
        for place in asked.meeting
        for value in place.candidates(context)
    ]


def sent(raw: bytes, *headers: tuple[bytes, bytes]) -> Body:
    return Body(make_request(body=raw, headers=headers))


def test_a_rule_that_needs_only_the_head_does_not_see_the_body() -> None:
    ((context),) = sent(b"{").contexts(rule(), {"x": "1"})
    assert (context.groups, context.document, context.forms) == ({"x": "1"}, None, ())


@pytest.mark.parametrize(
    ("asked", "raw", "found"),
    [
        (JSON, b'{"a": 1}', ["1"]),
        (rule(meeting=(FromForm("a"),)), b"a=1", ["1"]),
        (rule(meeting=(FromXml(ElementPath("x@a")),)), b"<x a='1'/>", ["1"]),
        (
            rule(phase=Phase.XMPP, meeting=(FromXml(ElementPath("x@a")),)),
            b"<body><x a='1'/><x a='2'/></body>",
            ["1", "2"],
        ),
        (
            rule(phase=Phase.SOCKETIO, meeting=(FromJson(Pointer("/args/0")),)),
            b'42["a","1"]\x1e42["a","2"]',
            ["1", "2"],
        ),
    ],
)
@pytest.mark.parametrize("compressed", [False, True])
def test_a_body_is_parsed_as_sent_and_decompressed(
    asked: Rule, raw: bytes, found: list[str], compressed: bool
) -> None:
    body = (
        sent(gzip.compress(raw), (b"Content-Encoding", b"gzip"))
        if compressed
        else sent(raw, (b"Content-Encoding", b"gzip"))
    )
    if asked.phase is Phase.SOCKETIO and compressed:
        found = []  # compressed bytes are text without packets
    assert values(body, asked) == found


def test_an_empty_xmpp_body_has_no_stanzas() -> None:
    assert sent(b"").contexts(rule(phase=Phase.XMPP, meeting=(FromXml(ElementPath("x@a")),)), {}) == []


@pytest.mark.parametrize(
    ("asked", "message", "found"),
    [
        (rule(phase=Phase.MESSAGE, meeting=(FromJson(Pointer("/a")),)), b'{"a": 1}', ["1"]),
        (
            rule(
                phase=Phase.MESSAGE,
                meeting=(FromJson(Pointer("/a")),),
                message_formats=(MessageFormat.MSGPACK,),
            ),
            b"\x81\xa1a\xa11",
            ["1"],
        ),
        (
            rule(
                phase=Phase.MESSAGE, meeting=(FromJson(Pointer("/a")),), message_formats=tuple(MessageFormat)
            ),
            b"\x81\xa1a\xa11",
            ["1"],
        ),
        (rule(phase=Phase.XMPP, meeting=(FromXml(ElementPath("x@a")),)), b"<x a='1'/><x a='2'/>", ["1", "2"]),
        (rule(phase=Phase.SOCKETIO, meeting=(FromJson(Pointer("/args/0")),)), b'42["a","1"]', ["1"]),
    ],
)
def test_a_message_is_parsed_according_to_the_phase(asked: Rule, message: bytes, found: list[str]) -> None:
    assert values(Body(make_request(), message), asked) == found


@pytest.mark.parametrize(
    ("raw", "headers", "error"),
    [
        (b"{", (), UnparsableError),
        (gzip.compress(b"{", mtime=0), ((b"Content-Encoding", b"gzip"),), UnparsableError),
        (b"{", ((b"Content-Encoding", b"identity"),), UnparsableError),
        (b"\x0b", ((b"Content-Encoding", b"br"),), UninspectableError),
        (
            gzip.compress(b" " * 100_000 + b"{}", mtime=0),
            ((b"Content-Encoding", b"gzip"),),
            UninspectableError,
        ),
        (b'{"a": 1}' + b" " * 65_536, (), UninspectableError),
        (b"[" + b"," * 20_000, (), UninspectableError),
    ],
)
def test_bodies_that_are_unparsable_or_uninspectable(
    raw: bytes, headers: tuple[tuple[bytes, bytes], ...], error: type[Exception]
) -> None:
    with pytest.raises(UnparsableError) as caught:
        sent(raw, *headers).contexts(JSON, {})
    assert type(caught.value) is error


@pytest.mark.parametrize(
    ("message", "error"), [(b"\xc1", UnparsableError), (b"\x91" * 9999, UninspectableError)]
)
def test_a_message_in_none_of_the_formats_is_unparsable(message: bytes, error: type[Exception]) -> None:
    asked = rule(phase=Phase.MESSAGE, message_formats=tuple(MessageFormat))
    with pytest.raises(UnparsableError) as caught:
        Body(make_request(), message).contexts(asked, {})
    assert caught.type is error


def test_a_body_is_parsed_once_however_many_rules_read_it(monkeypatch: pytest.MonkeyPatch) -> None:
    read = []

    def parse(body: bytes) -> object:
        read.append(body)
        return parse_json(body)

    monkeypatch.setattr(bodies, "parse_json", parse)
    body, broken = sent(b"{}"), sent(b"{")
    for _ in range(3):
        body.contexts(JSON, {})
        with pytest.raises(UnparsableError):
            broken.contexts(JSON, {})
    assert read == [b"{}", b"{"]
