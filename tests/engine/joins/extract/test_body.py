"""Ids in forms, JSON and XML: every candidate is returned."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from joinfence.engine.joins.extract.body import FromForm, FromJson, FromXml
from joinfence.engine.joins.extract.context import MatchContext
from joinfence.engine.joins.formats.json_msgpack import Pointer, parse_json
from joinfence.engine.joins.formats.xml import ElementPath, parse_element
from tests.factories import make_request


def context(**changes: Any) -> MatchContext:
    return MatchContext(request=make_request(b"/"), **changes)


MULTIPART = (
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
        ((MULTIPART,), ["a b", "c"]),
        ((b'Content-Disposition: form-data; name="id"' * 10_000,), []),
        ((), []),
    ],
)
def test_every_value_of_a_form_field_is_a_candidate(forms: tuple[bytes, ...], values: list[str]) -> None:
    assert FromForm("id").candidates(context(forms=forms)) == values


def test_every_value_of_a_pointer_or_element_path_is_a_candidate() -> None:
    document = parse_json(b'{"id": 1, "id": 2}')
    assert FromJson(Pointer("/id")).candidates(context(document=document)) == ["1", "2"]
    extractor = FromXml(ElementPath("a/b@c"))
    assert extractor.candidates(context(element=parse_element(b"<a><b c='1'/><b c='2'/></a>"))) == ["1", "2"]
    assert extractor.candidates(context()) == []


@given(st.binary(max_size=60))
def test_no_form_raises(raw: bytes) -> None:
    FromForm("a").candidates(context(forms=(raw,)))
