"""What every extractor has in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from joinfence.engine.joins.extract.body import FromForm, FromJson, FromXml
from joinfence.engine.joins.extract.context import BodyPart
from joinfence.engine.joins.extract.head import FromHeader, FromPath, FromQuery
from joinfence.engine.joins.extract.wrapped import FromEncodedJson, JsonEncoding, Normalised
from joinfence.engine.joins.formats.json_msgpack import Pointer
from joinfence.engine.joins.formats.xml import ElementPath

if TYPE_CHECKING:
    from joinfence.engine.joins.extract.context import Extractor


@pytest.mark.parametrize(
    ("extractor", "written", "parts"),
    [
        (FromPath("room"), "path room", set()),
        (FromQuery("q"), "query q", set()),
        (FromForm("f"), "form f", {BodyPart.FORM}),
        (FromHeader("h"), "header h", set()),
        (FromHeader("h", bearer=True), "bearer h", set()),
        (FromJson(Pointer("/a")), "json /a", {BodyPart.DOCUMENT}),
        (FromXml(ElementPath("a@b")), "xml a@b", {BodyPart.ELEMENT}),
        (FromEncodedJson(FromQuery("q"), JsonEncoding.JWT, Pointer("/a")), "query q, jwt /a", set()),
        (Normalised(FromForm("f"), ()), "form f", {BodyPart.FORM}),
    ],
)
def test_an_extractor_shows_its_rule_and_the_parts_it_needs(
    extractor: Extractor, written: str, parts: set[BodyPart]
) -> None:
    assert (str(extractor), set(extractor.parts)) == (written, parts)
