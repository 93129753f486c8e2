"""Where meeting ids stand: every candidate comes out."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from joinfence.engine.joins.extract import (
    Extractor,
    FromForm,
    FromHeader,
    FromInside,
    FromJson,
    FromPath,
    FromQuery,
    FromXml,
    Inside,
    MatchContext,
    Part,
    Prepared,
)
from joinfence.engine.joins.formats.json_msgpack import Pointer, parse_json
from joinfence.engine.joins.formats.xml import ElementPath, parse_element
from joinfence.engine.joins.normalise import Step
from tests.factories import make_request


def context(target: bytes = b"/", **changes: Any) -> MatchContext:
    headers = changes.pop("headers", ())
    return MatchContext(request=make_request(target, headers=headers), **changes)


def test_a_path_group_with_its_slashes() -> None:
    assert FromPath("meeting").candidates(context(groups={"meeting": "a\udc2fb"})) == ["a/b"]
    assert FromPath("meeting").candidates(context(groups={"other": "a"})) == []


def test_several_path_groups_in_one() -> None:
    both = FromPath("{tenant}/{room}")
    assert both.candidates(context(groups={"tenant": "t", "room": "r\\1"})) == ["t/r\\1"]
    assert both.candidates(context(groups={"room": "r"})) == []
    assert both.names == ("tenant", "room")


@pytest.mark.parametrize(
    ("target", "values"),
    [
        (b"/join?id=1", ["1"]),
        (b"/join?id=1&x=2&id=3", ["1", "3"]),
        (b"/join?%69d=1", ["1"]),
        (b"/join?id=a+b%20c", ["a b c"]),
        (b"/join?id", [""]),
        (b"/join?id=", [""]),
        (b"/join?ID=1", []),
        (b"/join?a+b=1", []),
        (b"/join", []),
        (b"/join?x=%2b", []),
        (b"/join?id=%ff", ["\udcff"]),
        (b"/join?id=1#x", ["1#x", "1"]),
        (b"/join?id=1%23x", ["1#x"]),
        (b"/join?id=1?id=2", ["1?id=2"]),
        (b"/join?" + b"x=1&" * 50_000 + b"id=1", ["1"]),
    ],
)
def test_every_value_of_a_query_parameter(target: bytes, values: list[str]) -> None:
    assert FromQuery("id").candidates(context(target)) == values


PARTS = (
    b'--b\r\nContent-Disposition: form-data; name="x"\r\n\r\nno\r\n'
    b'--b\r\ncontent-disposition: form-data; name="id"\r\nContent-Type: text/plain\r\n\r\na b\r\n'
    b"--b\nContent-Disposition: form-data; name=id\n\nc\n--b--\n"
)


@pytest.mark.parametrize(
    ("forms", "values"),
    [
        ((b"id=1&id=2",), ["1", "2"]),
        ((b"\r\nid=1\r\n",), ["1"]),
        ((b"x", b"id=1"), ["1"]),
        ((PARTS,), ["a b", "c"]),
        ((b'Content-Disposition: form-data; name="id"' * 10_000,), []),
        ((), []),
    ],
)
def test_every_value_of_a_form_field(forms: tuple[bytes, ...], values: list[str]) -> None:
    assert FromForm("id").candidates(context(forms=forms)) == values


HEADERS = (
    (b"X-Room", b"a"),
    (b"x-room", b"b\xff"),
    (b"Authorization", b" bearer  tok "),
    (b"Authorization", b"Basic x"),
)


def test_every_line_of_a_header() -> None:
    assert FromHeader("X-Room").candidates(context(headers=HEADERS)) == ["a", "b\udcff"]
    assert FromHeader("authorization", bearer=True).candidates(context(headers=HEADERS)) == ["tok"]


def test_every_value_of_a_pointer_and_of_an_element_path() -> None:
    document = parse_json(b'{"id": 1, "id": 2}')
    assert FromJson(Pointer("/id")).candidates(context(document=document)) == ["1", "2"]
    place = FromXml(ElementPath("a/b@c"))
    assert place.candidates(context(element=parse_element(b"<a><b c='1'/><b c='2'/></a>"))) == ["1", "2"]
    assert place.candidates(context()) == []


def coded(text: bytes) -> bytes:
    return base64.urlsafe_b64encode(text).rstrip(b"=")


@pytest.mark.parametrize(
    ("inside", "text", "values"),
    [
        (Inside.JWT, b"x." + coded(b'{"a": "1"}') + b".y", ["1"]),
        (Inside.JWT, b"x." + coded(b'{"a": "1", "a": 2}'), ["1", "2"]),
        (Inside.JWT, b"x." + coded(b'{"a": "1"}') + b"=.y", ["1"]),
        (Inside.JWT, b"x." + base64.b64encode(b'{"a": "\xc3\xbf\xc3\xbe"}').replace(b"+", b"%2B"), ["ÿþ"]),
        (Inside.JWT, b"nothing", []),
        (Inside.JWT, b"x.A.y", []),
        (Inside.BASE64_JSON, coded(b'{"a": "1"}') + b":signature", ["1"]),
        (Inside.BASE64_JSON, coded(b'["a"]'), []),
    ],
)
def test_what_stands_inside_a_token(inside: Inside, text: bytes, values: list[str]) -> None:
    place = FromInside(FromQuery("t"), inside, Pointer("/a"))
    assert place.candidates(context(b"/?t=" + text)) == values


def test_a_place_can_have_steps_of_its_own() -> None:
    place = Prepared(FromQuery("id"), (Step.TRIM, Step.CASEFOLD))
    assert place.candidates(context(b"/?id=+A&id=b")) == ["a", "b"]


@pytest.mark.parametrize(
    ("place", "written", "reads"),
    [
        (FromPath("room"), "path room", set()),
        (FromQuery("q"), "query q", set()),
        (FromForm("f"), "form f", {Part.FORM}),
        (FromHeader("h"), "header h", set()),
        (FromHeader("h", bearer=True), "bearer h", set()),
        (FromJson(Pointer("/a")), "json /a", {Part.DOCUMENT}),
        (FromXml(ElementPath("a@b")), "xml a@b", {Part.ELEMENT}),
        (FromInside(FromQuery("q"), Inside.JWT, Pointer("/a")), "query q, jwt /a", set()),
        (Prepared(FromForm("f"), ()), "form f", {Part.FORM}),
    ],
)
def test_a_place_says_what_it_is_and_what_it_reads(place: Extractor, written: str, reads: set[Part]) -> None:
    assert (str(place), set(place.reads)) == (written, reads)


@given(st.binary(max_size=60))
def test_nothing_is_ever_raised(raw: bytes) -> None:
    for inside in Inside:
        FromInside(FromHeader("t"), inside, Pointer("/a")).candidates(context(headers=((b"t", raw),)))
    FromForm("a").candidates(context(forms=(raw,)))
    FromQuery("a").candidates(context(b"/?" + raw))
