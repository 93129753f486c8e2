"""XML as XMPP servers parse it, within limits."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from joinfence.engine.joins.formats.json_msgpack import UninspectableError, UnparsableError
from joinfence.engine.joins.formats.xml import (
    MAX_DEPTH,
    MAX_ELEMENTS,
    MAX_STANZAS,
    ElementPath,
    parse_element,
    stanzas,
)

BOSH = b"<body xmlns='http://jabber.org/protocol/httpbind'>%s</body>"


@pytest.mark.parametrize(
    ("body", "path", "namespace", "values"),
    [
        (b"<presence to='a'/>", "presence@to", None, ["a"]),
        (b"<p:presence xmlns:p='jabber:client' to='a'/>", "presence@to", "jabber:client", ["a"]),
        (b"<presence xmlns='other' to='a'/>", "presence@to", "jabber:client", []),
        (b"<presence/>", "presence@to", None, []),
        (b"<message to='a'/>", "presence@to", None, []),
        (b"<iq><c room='a'/><c room='b'/><d room='c'/></iq>", "iq/c@room", None, ["a", "b"]),
        (b"<iq><c>a<d/>b</c></iq>", "iq/c", None, ["ab"]),
        (b"<iq><c/></iq>", "iq/c", None, [""]),
        (b"<a to='&#x72;oom&amp;'/>", "a@to", None, ["room&"]),
        (b"<a xml:lang='en'/>", "a@xml:lang", None, ["en"]),
        (b"<a xmlns:f='urn:f' f:type='x' xml:type='y'/>", "a@type", None, []),
        (b"<a xmlns:f='urn:f' to='x' f:to='decoy'/>", "a@to", None, ["x"]),
        ("<?xml version='1.0' encoding='UTF-16'?><a to='b'/>".encode("utf-16"), "a@to", None, ["b"]),
    ],
)
def test_every_value_at_a_path_is_found(
    body: bytes, path: str, namespace: str | None, values: list[str]
) -> None:
    assert ElementPath(path, namespace).values(parse_element(body)) == values


@pytest.mark.parametrize("text", ["", "/a", "a//b", "a@", "a@b@c", "{x}a"])
def test_text_that_is_not_a_path_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match=re.escape("such as presence@to")):
        ElementPath(text)


@pytest.mark.parametrize(
    ("body", "in_stream", "names"),
    [
        (b"<a/><b/>", True, ["a", "b"]),
        (b"<?xml version='1.0'?><a/>", True, ["a"]),
        (b" ", True, []),
        (b"<stream:x/>", True, ["x"]),
        (BOSH % b"<a/><b/>", False, ["a", "b"]),
        (BOSH % b"<a/><b/>", True, ["a", "b"]),
        (b"<body><a/></body>", True, ["body"]),
        (b"<a/>", False, ["a"]),
    ],
)
def test_stanzas_are_found_in_messages_and_bodies(body: bytes, in_stream: bool, names: list[str]) -> None:
    assert [element.name for element in stanzas(body, in_stream=in_stream)] == names


def test_a_stanza_in_a_message_has_the_client_namespace_by_default() -> None:
    assert stanzas(b"<a/>", in_stream=True)[0].namespace == "jabber:client"


BOMB = (
    b"<!DOCTYPE a [<!ENTITY a '"
    + b"x" * 1000
    + b"'><!ENTITY b '"
    + b"&a;" * 1000
    + b"'>]><a to='"
    + b"&b;" * 1000
    + b"'/>"
)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"<a", id="cut short"),
        pytest.param(b"<a></b>", id="not well-formed"),
        pytest.param(b"</s><s>", id="the end of the stream"),
        pytest.param(b"<x:a/>", id="an undeclared prefix"),
        pytest.param(b"<a to='\xff'/>", id="not UTF-8"),
        pytest.param(b"<a>&undeclared;</a>", id="an undeclared entity"),
        pytest.param(BOMB, id="an entity that expands"),
        pytest.param(b"<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>", id="an external DTD"),
    ],
)
@pytest.mark.parametrize("in_stream", [True, False])
def test_what_is_not_a_stanza_is_unparsable(body: bytes, in_stream: bool) -> None:
    with pytest.raises(UnparsableError) as caught:
        stanzas(body, in_stream=in_stream)
    assert caught.type is UnparsableError


def test_an_empty_message_has_no_stanzas_and_an_empty_body_is_unparsable() -> None:
    assert stanzas(b"", in_stream=True) == []
    with pytest.raises(UnparsableError):
        stanzas(b"", in_stream=False)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"<a>" * (MAX_DEPTH + 2), id="nested too deeply"),
        pytest.param(b"<a>" + b"<b/>" * MAX_ELEMENTS + b"</a>", id="too many elements"),
        pytest.param(BOSH % (b"<b/>" * (MAX_STANZAS + 1)), id="too many stanzas"),
    ],
)
@pytest.mark.parametrize("in_stream", [True, False])
def test_stanzas_beyond_the_limits_are_uninspectable(body: bytes, in_stream: bool) -> None:
    with pytest.raises(UninspectableError):
        stanzas(body, in_stream=in_stream)


@given(st.binary(max_size=60))
def test_parsing_raises_only_unparsable_error(body: bytes) -> None:
    for in_stream in (True, False):
        try:
            stanzas(body, in_stream=in_stream)
        except UnparsableError:
            continue
