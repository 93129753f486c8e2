"""Places, conditions and steps in rule files, and what is said of those that mean nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError

from joinfence.config.services.places import (
    ConditionEntry,
    MeetingPlaceEntry,
    PlaceEntry,
    chain_of,
    place_violations,
)
from joinfence.engine.joins.extract.body import FromForm, FromJson, FromXml
from joinfence.engine.joins.extract.head import FromHeader, FromPath, FromQuery
from joinfence.engine.joins.extract.wrapped import FromEncodedJson, JsonEncoding, Normalised
from joinfence.engine.joins.formats.json_msgpack import Pointer
from joinfence.engine.joins.formats.xml import ElementPath
from joinfence.engine.joins.normalise import Step
from joinfence.engine.joins.rules import Condition, ConditionTest

if TYPE_CHECKING:
    from joinfence.engine.joins.extract.context import Extractor


@pytest.mark.parametrize(
    ("entry", "extractor"),
    [
        ({"path": "room"}, FromPath("room")),
        ({"query": "room"}, FromQuery("room")),
        ({"form": "room"}, FromForm("room")),
        ({"header": "x-room"}, FromHeader("x-room")),
        ({"bearer": "authorization"}, FromHeader("authorization", bearer=True)),
        ({"json": "/room"}, FromJson(Pointer("/room"))),
        ({"json": "/room", "keys_ignore_case": True}, FromJson(Pointer("/room", ignore_case=True))),
        ({"xml": "presence@to"}, FromXml(ElementPath("presence@to"))),
        ({"xml": "presence/x", "xmlns": "urn:x"}, FromXml(ElementPath("presence/x", "urn:x"))),
        ({"query": "t", "jwt": "/room"}, FromEncodedJson(FromQuery("t"), JsonEncoding.JWT, Pointer("/room"))),
        (
            {"query": "t", "base64_json": "/a"},
            FromEncodedJson(FromQuery("t"), JsonEncoding.BASE64_JSON, Pointer("/a")),
        ),
        ({"query": "t", "normalise": ["trim"]}, Normalised(FromQuery("t"), (Step.TRIM,))),
    ],
)
def test_a_place(entry: dict[str, Any], extractor: Extractor) -> None:
    assert MeetingPlaceEntry.model_validate(entry).extractor() == extractor


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({}, "exactly one of `path`"),
        ({"path": "a", "query": "b"}, "exactly one of `path`"),
        ({"query": "t", "jwt": "/a", "base64_json": "/b"}, "at most one of `jwt` and `base64_json`"),
        ({"query": "t", "xmlns": "urn:x"}, "`xmlns` only together with `xml`"),
        ({"json": "a"}, "a JSON pointer that starts with /"),
        ({"xml": "//a"}, "such as presence@to"),
        ({"query": "t", "normalise": [{"strip": "a"}]}, "strip takes one class of characters"),
        ({"query": "t", "normalise": [{"trim": "a"}]}, "trim takes no argument"),
        ({"query": "t", "normalise": [{"trim": "a", "nfkc": "b"}]}, "one of percent-decode, trim"),
        ({"query": "t", "normalise": ["strip"]}, "strip takes one class of characters"),
        ({"query": "t", "normalise": ["strip [a]"]}, "one of percent-decode, trim"),
    ],
)
def test_what_is_no_place(entry: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError) as caught:
        MeetingPlaceEntry.model_validate(entry)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("entry", "every", "condition"),
    [
        ({"in": ["A"]}, False, Condition(extractor=FromQuery("q"), values=frozenset({"A"}))),
        (
            {"in": ["A"], "ignore_case": True},
            False,
            Condition(extractor=FromQuery("q"), values=frozenset({"a"}), ignore_case=True),
        ),
        (
            {"in": ["A"]},
            True,
            Condition(extractor=FromQuery("q"), values=frozenset({"A"}), test=ConditionTest.ALL_OF),
        ),
        ({"present": True}, True, Condition(extractor=FromQuery("q"), test=ConditionTest.PRESENT)),
        ({"absent": True}, False, Condition(extractor=FromQuery("q"), test=ConditionTest.ABSENT)),
    ],
)
def test_a_condition(entry: dict[str, Any], every: bool, condition: Condition) -> None:
    assert ConditionEntry.model_validate({"query": "q", **entry}).condition(every=every) == condition


@pytest.mark.parametrize("entry", [{}, {"in": ["a"], "absent": True}, {"present": True, "absent": True}])
def test_a_condition_asks_one_thing(entry: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="exactly one of `in`"):
        ConditionEntry.model_validate({"query": "q", **entry})


def test_the_names_in_an_alias_table_go_through_the_steps_before_it() -> None:
    chain = chain_of(["casefold", {"alias": {"Town": "Hall"}}, {"jid": ["a.b"]}])
    assert chain == ("casefold", 'alias {"town": "hall"}', 'jid ["a.b"]')


def test_a_place_in_the_path_must_be_a_name_of_the_paths() -> None:
    places = [PlaceEntry.model_validate({"path": text}) for text in ("a", "{a}/{b}", "c")]
    assert list(place_violations(places, {"a", "b"})) == [
        ((2, "path"), 'found "c", expected a name that `paths` has in braces')
    ]
