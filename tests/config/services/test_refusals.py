"""How a refusal is answered, as a rule file describes it."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from joinfence.config.services.refusals import RefusalEntry, TemplateEntry
from joinfence.engine.joins.extract.head import FromQuery
from joinfence.engine.joins.refusals import Refusal
from joinfence.engine.joins.templates import Template, TemplateFormat


@pytest.mark.parametrize(
    ("entry", "refusal"),
    [
        ({}, Refusal()),
        ({"status": 451}, Refusal()),
        ({"status": 403, "form": "text"}, Refusal(status=403, form="text/plain")),
        ({"form": "problem"}, Refusal(form="application/problem+json")),
        ({"body": {"json": {"a": "{text}"}}}, Refusal(body=Template(TemplateFormat.JSON, {"a": "{text}"}))),
        (
            {"messages": [{"xml": "<a>{x}</a>"}, {"socketio_ack": [1]}], "echo": {"x": {"query": "x"}}, "close": True},
            Refusal(
                messages=(Template(TemplateFormat.XML, "<a>{x}</a>"), Template(TemplateFormat.ACK, [1])),
                echo={"x": FromQuery("x")},
                close=True,
            ),
        ),
    ],
)  # fmt: skip
def test_a_refusal_entry_becomes_a_refusal(entry: dict[str, Any], refusal: Refusal) -> None:
    made = RefusalEntry.model_validate(entry)
    assert list(made.violations()) == []
    assert made.refusal() == refusal


@pytest.mark.parametrize("entry", [{}, {"text": "a", "xml": "b"}])
def test_a_template_has_exactly_one_kind(entry: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="exactly one of `json`, `xml`"):
        TemplateEntry.model_validate(entry)


@pytest.mark.parametrize("entry", [{"socketio_event": ["a"]}, {"text": "a"}])
def test_the_content_of_a_template_is_kept(entry: dict[str, Any]) -> None:
    assert TemplateEntry.model_validate(entry).template().content == next(iter(entry.values()))


def test_a_name_in_a_message_needs_a_value_and_must_not_be_one_of_the_fence_s() -> None:
    made = RefusalEntry.model_validate(
        {"body": {"text": "{a} {text}"}, "messages": [{"json": ["{b}"]}], "echo": {"url": {"query": "x"}}}
    )
    known = "authority, order, status, text, url"
    assert list(made.violations()) == [
        (("echo", "url"), "is a name whose value the fence sets; choose another"),
        (("messages", 0), f"{{b}} has no value; expected one of {known}"),
        (("body",), f"{{a}} has no value; expected one of {known}"),
    ]


def test_a_status_that_hides_the_refusal_is_not_allowed() -> None:
    with pytest.raises(ValidationError):
        RefusalEntry.model_validate({"status": 404})  # LiveKit's client would ask for ever
