"""Ids in encoded JSON, and extractors with steps of their own."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from joinfence.engine.joins.extract.context import MatchContext
from joinfence.engine.joins.extract.head import FromHeader, FromQuery
from joinfence.engine.joins.extract.wrapped import FromEncodedJson, JsonEncoding, Normalised
from joinfence.engine.joins.formats.json_msgpack import Pointer
from joinfence.engine.joins.normalise import Step
from tests.factories import make_request


def context(target: bytes = b"/", headers: tuple[tuple[bytes, bytes], ...] = ()) -> MatchContext:
    return MatchContext(request=make_request(target, headers=headers))


def encoded(text: bytes) -> bytes:
    return base64.urlsafe_b64encode(text).rstrip(b"=")


@pytest.mark.parametrize(
    ("encoding", "text", "values"),
    [
        (JsonEncoding.JWT, b"x." + encoded(b'{"a": "1"}') + b".y", ["1"]),
        (JsonEncoding.JWT, b"x." + encoded(b'{"a": "1", "a": 2}'), ["1", "2"]),
        (JsonEncoding.JWT, b"x." + encoded(b'{"a": "1"}') + b"=.y", ["1"]),
        (
            JsonEncoding.JWT,
            b"x." + base64.b64encode(b'{"a": "\xc3\xbf\xc3\xbe"}').replace(b"+", b"%2B"),
            ["ÿþ"],
        ),
        (JsonEncoding.JWT, b"nothing", []),
        (JsonEncoding.JWT, b"x.A.y", []),
        (JsonEncoding.BASE64_JSON, encoded(b'{"a": "1"}') + b":signature", ["1"]),
        (JsonEncoding.BASE64_JSON, encoded(b'["a"]'), []),
    ],
)
def test_ids_in_encoded_json_are_candidates(encoding: JsonEncoding, text: bytes, values: list[str]) -> None:
    extractor = FromEncodedJson(FromQuery("t"), encoding, Pointer("/a"))
    assert extractor.candidates(context(b"/?t=" + text)) == values


def test_an_extractor_can_have_steps_of_its_own() -> None:
    extractor = Normalised(FromQuery("id"), (Step.TRIM, Step.CASEFOLD))
    assert extractor.candidates(context(b"/?id=+A&id=b")) == ["a", "b"]


@given(st.binary(max_size=60))
def test_no_token_raises(raw: bytes) -> None:
    for encoding in JsonEncoding:
        FromEncodedJson(FromHeader("t"), encoding, Pointer("/a")).candidates(context(headers=((b"t", raw),)))
