"""Where meeting ids stand: every candidate comes out."""

from __future__ import annotations

import pytest

from joinfence.engine.joins.documents import Pointer, parse_json
from joinfence.engine.joins.extract import FromJson, FromPath, FromQuery


def test_a_path_group_with_its_slashes() -> None:
    assert FromPath("meeting").candidates({"meeting": "a\udc2fb"}) == ["a/b"]
    assert FromPath("meeting").candidates({"other": "a"}) == []


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
        (b"/join?id=%ff", ["\udcff"]),
        (b"/join?id=1#x", ["1#x", "1"]),
        (b"/join?id=1%23x", ["1#x"]),
        (b"/join?id=1?id=2", ["1?id=2"]),
        (b"/join?" + b"x=1&" * 20_000 + b"id=1", ["1"]),
    ],
)
def test_every_value_of_a_query_parameter(target: bytes, values: list[str]) -> None:
    assert FromQuery("id").candidates(target) == values


def test_every_value_of_a_pointer() -> None:
    assert FromJson(Pointer("/id")).candidates(parse_json(b'{"id": 1, "id": 2}')) == ["1", "2"]
