"""What every extractor has in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from joinfence.engine.joins.extract.body import FromForm, FromJson, FromXml
from joinfence.engine.joins.extract.context import Part
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
        (FromForm("f"), "form f", {Part.FORM}),
        (FromHeader("h"), "header h", set()),
        (FromHeader("h", bearer=True), "bearer h", set()),
        (FromJson(Pointer("/a")), "json /a", {Part.DOCUMENT}),
        (FromXml(ElementPath("a@b")), "xml a@b", {Part.ELEMENT}),
        (FromEncodedJson(FromQuery("q"), JsonEncoding.JWT, Pointer("/a")), "query q, jwt /a", set()),
        (Normalised(FromForm("f"), ()), "form f", {Part.FORM}),
    ],
)
def test_an_extractor_shows_its_rule_and_the_parts_it_needs(
    extractor: Extractor, written: str, parts: set[Part]
) -> None:
    assert (str(extractor), set(extractor.parts)) == (written, parts)
