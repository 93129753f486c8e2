from __future__ import annotations

from pathlib import Path
from typing import ClassVar, Literal

import pytest
from pydantic import Field

from joinfence.config.yaml.document import parse_document
from joinfence.config.yaml.problems import ConfigError
from joinfence.config.yaml.validate import Model, validate


class Cat(Model):
    kind: Literal["cat"] = Field(description="cat or dog")
    lives: int = Field(description="a number of lives")


class Dog(Model):
    kind: Literal["dog"] = Field(description="cat or dog")


class Root(Model):
    refused_keys: ClassVar = {"users": "never people"}
    name: str = Field(alias="called", description="a name")
    pets: list[Cat | Dog] = Field([], description="a list of pets")
    notes: dict[str, str] = Field({}, description="name -> note")
    plain: int | None = None


def problems(text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        validate(Root, parse_document(Path("x.yaml"), text))
    return [str(problem) for problem in caught.value.problems]


def test_a_valid_document_becomes_a_model() -> None:
    assert validate(Root, parse_document(Path("x.yaml"), "called: a\npets: [{kind: dog}]")).name == "a"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("pets: []", ["x.yaml:1:1: called: is missing; expected a name"]),
        ("called: 1", ["x.yaml:1:9: called: found 1, expected a name"]),
        ("called: a\nUsers: 1", ["x.yaml:2:1: Users: never people: remove `Users`"]),
        ("called: a\ncaled: b", ["x.yaml:2:1: caled: unknown key; did you mean `called`?"]),
        ("called: a\nname: b", ["x.yaml:2:1: name: unknown key; expected one of called, pets, notes, plain"]),
        ("called: a\nnotes: {x: 1}", ["x.yaml:2:12: notes.x: found 1, expected text"]),
        ("called: a\nplain: x", ['x.yaml:2:8: plain: found "x", expected another value']),
        ("called: a\npets: [1]", ["x.yaml:2:8: pets[0]: found 1, expected a mapping"]),
        ("[]", ["x.yaml:1:1: found a list of 0, expected a mapping"]),
        ("called: a\nnotes: {x: {y: 1}}", ["x.yaml:2:12: notes.x: found a mapping, expected text"]),
    ],
)
def test_problems_are_reported_in_words_with_their_position(text: str, expected: list[str]) -> None:
    assert problems(text) == expected
