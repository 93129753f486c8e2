"""Ids in the path, query and headers: every candidate is returned."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from joinfence.engine.joins.extract.context import MatchContext
from joinfence.engine.joins.extract.head import FromHeader, FromPath, FromQuery
from tests.factories import make_request


def context(target: bytes = b"/", **changes: Any) -> MatchContext:
    headers = changes.pop("headers", ())
    return MatchContext(request=make_request(target, headers=headers), **changes)


def test_encoded_slashes_in_a_path_group_are_restored() -> None:
    assert FromPath("meeting").candidates(context(groups={"meeting": "a\udc2fb"})) == ["a/b"]
    assert FromPath("meeting").candidates(context(groups={"other": "a"})) == []


def test_several_path_groups_make_one_candidate() -> None:
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
def test_every_value_of_a_query_parameter_is_a_candidate(target: bytes, values: list[str]) -> None:
    assert FromQuery("id").candidates(context(target)) == values


HEADERS = (
    (b"X-Room", b"a"),
    (b"x-room", b"b\xff"),
    (b"Authorization", b" bearer  tok "),
    (b"Authorization", b"Basic x"),
)


def test_every_line_of_a_header_is_a_candidate() -> None:
    assert FromHeader("X-Room").candidates(context(headers=HEADERS)) == ["a", "b\udcff"]
    assert FromHeader("authorization", bearer=True).candidates(context(headers=HEADERS)) == ["tok"]


@given(st.binary(max_size=60))
def test_no_query_raises(raw: bytes) -> None:
    FromQuery("a").candidates(context(b"/?" + raw))
