"""Errors in a service's own format: echoed text cannot break out of its place."""

from __future__ import annotations

import json
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from joinfence.engine.joins.formats.json_msgpack import Number
from joinfence.engine.joins.templates import MAX_ECHO_CHARACTERS, Template, TemplateFormat, escape_xml

HOSTILE = "a\"b'c<d>&e\\f\n{text}\0\ud800"


@pytest.mark.parametrize(
    ("content", "values", "filled"),
    [
        ({"a": "{x}"}, {"x": "1"}, {"a": "1"}),
        ({"a": "{x}"}, {"x": Number("1")}, {"a": 1}),
        ({"a": "{x}"}, {"x": Number("1e5")}, {"a": "1e5"}),
        ({"a": "{x}"}, {"x": Number("9" * 5000)}, {"a": "9" * MAX_ECHO_CHARACTERS}),
        ({"a": "{x}"}, {"x": Number("-0012")}, {"a": "-0012"}),
        ({"a": "{x}", "b": 2}, {}, {"b": 2}),
        (["{x}", "b"], {}, [None, "b"]),
        ({"a": "say {x}!"}, {"x": HOSTILE}, {"a": f"say {HOSTILE}!"}),
        ({"a": "say {x}!"}, {}, {"a": "say !"}),
        ({"a": [{"b": "{x}"}], "c": None, "d": True}, {"x": "y"}, {"a": [{"b": "y"}], "c": None, "d": True}),
    ],
)
def test_a_filled_json_template(content: Any, values: dict[str, str], filled: Any) -> None:
    text = Template(TemplateFormat.JSON, content).fill(values)
    assert text is not None
    assert json.loads(text) == filled
    text.encode("utf-8")


@given(st.text())
def test_echoed_text_cannot_break_out_of_xml(text: str) -> None:
    made = Template(TemplateFormat.XML, "<a b='{x}' c=\"{x}\">{x}</a>").fill({"x": text})
    root = ET.fromstring(made or "")  # noqa: S314 - our own
    assert (root.tag, set(root.attrib), len(root)) == ("a", {"b", "c"}, 0)


def test_xml_text_is_escaped_and_forbidden_characters_are_removed() -> None:
    assert escape_xml(HOSTILE) == "a&quot;b&apos;c&lt;d&gt;&amp;e\\f\n{text}"
    assert Template(TemplateFormat.XML, "<a>{y}</a>").fill({"x": "1"}) == "<a></a>"


def test_a_filled_text_template() -> None:
    assert Template(TemplateFormat.TEXT, "{x} and {y}").fill({"x": "1"}) == "1 and "


@pytest.mark.parametrize(
    ("kind", "values", "packet"),
    [
        (TemplateFormat.EVENT, {}, '42["no", "1"]'),
        (TemplateFormat.EVENT, {"namespace": "/"}, '42["no", "1"]'),
        (TemplateFormat.EVENT, {"namespace": "/x"}, '42/x,["no", "1"]'),
        (TemplateFormat.EVENT, {"namespace": '/x["y"]'}, '42["no", "1"]'),
        (TemplateFormat.EVENT, {"namespace": "/x,1"}, '42["no", "1"]'),
        (TemplateFormat.ACK, {"ack": Number("7")}, '437["no", "1"]'),
        (TemplateFormat.ACK, {"ack": "7", "namespace": "/x"}, '43/x,7["no", "1"]'),
        (TemplateFormat.ACK, {}, None),
        (TemplateFormat.ACK, {"ack": "x"}, None),
    ],
)
def test_a_filled_socketio_template(kind: TemplateFormat, values: dict[str, str], packet: str | None) -> None:
    assert Template(kind, ["no", "{x}"]).fill({"x": "1", **values}) == packet


def test_the_names_in_a_template() -> None:
    assert Template(TemplateFormat.JSON, {"a": ["{x}", {"b": "{y} {z}"}], "c": 1}).names() == {"x", "y", "z"}
