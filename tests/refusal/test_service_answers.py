"""Refusals in the form of a service, which still say openly that an order is the reason."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from joinfence.engine.decision import Decision, Reason, Verdict
from joinfence.engine.joins.refusals import EchoedRefusal, Refusal
from joinfence.engine.joins.templates import Template, TemplateFormat
from joinfence.engine.values import Location
from joinfence.refusal.service_answers import MAX_MESSAGES, service_answer, socket_answer
from joinfence.text.operator import Operator
from tests.factories import ORDER, make_request
from tests.refusal.samples import answered

OPERATOR = Operator(name="Example", url="https://meet.example/legal/", contact="legal@meet.example")
DECISION = Decision(
    verdict=Verdict.REFUSE,
    reason=Reason.ORDER,
    order=ORDER,
    location=Location(country="DE", sources=("test",)),
)
BROWSER = make_request(headers=((b"Accept", b"text/html"), (b"Origin", b"https://app.example")))


def decided(*values: dict[str, str], reason: Reason = Reason.ORDER, **refusal: Any) -> Decision:
    made = Refusal(**refusal)
    refusals = tuple(EchoedRefusal(refusal=made, values=each) for each in values or ({},))
    return replace(DECISION, reason=reason, refusals=refusals)


def head(decision: Decision, request: Any = BROWSER) -> dict[str, str]:
    return dict(service_answer(decision, request, OPERATOR).headers)


def test_if_the_rule_says_nothing_the_answer_is_the_usual_one() -> None:
    usual = answered(DECISION, BROWSER, OPERATOR)
    assert service_answer(DECISION, BROWSER, OPERATOR) == usual
    assert service_answer(decided(), BROWSER, OPERATOR) == usual


@pytest.mark.parametrize("form", ["text/plain", "text/html", "application/json", "application/problem+json"])
def test_a_form_in_the_rule_overrides_accept(form: str) -> None:
    assert head(decided(form=form))["Content-Type"].partition(";")[0] == form


@pytest.mark.parametrize("status", [200, 401, 403])
def test_with_another_status_the_links_remain(status: int) -> None:
    made = service_answer(decided(status=status), BROWSER, OPERATOR)
    assert made.status == status
    assert any('rel="blocked-by"' in value for name, value in made.headers if name == "Link")


@pytest.mark.parametrize(
    ("template", "kind", "body"),
    [
        (
            Template(TemplateFormat.JSON, {"e": "{order} {x} {status}"}),
            "application/json",
            b'{"e": "DE-2026-0001 1 451"}',
        ),
        (Template(TemplateFormat.XML, "<e>{x}</e>"), "application/xml; charset=utf-8", b"<e>1</e>"),
        (Template(TemplateFormat.TEXT, "{x}"), "text/plain; charset=utf-8", b"1"),
        (Template(TemplateFormat.ACK, ["{x}"]), "text/plain; charset=utf-8", b""),
    ],
)
def test_the_body_can_be_the_service_s_own_error(template: Template, kind: str, body: bytes) -> None:
    made = service_answer(decided({"x": "1"}, body=template), BROWSER, OPERATOR)
    assert (made.body, dict(made.headers)["Content-Type"]) == (body, kind)
    assert dict(made.headers)["Access-Control-Allow-Origin"] == "https://app.example"
    assert service_answer(decided(body=template), make_request(method="HEAD"), OPERATOR).body == b""


def test_the_text_is_in_the_reader_s_language_and_names_the_order_s_page() -> None:
    template = Template(TemplateFormat.TEXT, "{text} | {url} | {authority}")
    german = make_request(headers=((b"Accept-Language", b"de"),))
    text = service_answer(decided(body=template), german, OPERATOR).body.decode()
    assert "https://meet.example/legal/orders/DE-2026-0001" in text
    assert text.startswith("Von hier aus ") or "Gericht" in text


def test_a_refusal_without_an_order_ignores_the_rule_s_form() -> None:
    decision = decided(reason=Reason.UNDETERMINED, status=403, body=Template(TemplateFormat.TEXT, "no"))
    assert service_answer(decision, BROWSER, OPERATOR).status == 503


def test_values_from_the_message_cannot_replace_our_own() -> None:
    made = socket_answer(
        decided({"order": "forged"}, messages=(Template(TemplateFormat.TEXT, "{order}"),)), BROWSER, OPERATOR
    )
    assert made.messages == ("DE-2026-0001",)


def test_equal_answers_to_one_message_are_sent_once() -> None:
    templates = (Template(TemplateFormat.JSON, {"a": "{x}"}), Template(TemplateFormat.ACK, []))
    made = socket_answer(decided({"x": "1"}, {"x": "2"}, {"x": "1"}, messages=templates), BROWSER, OPERATOR)
    assert [json.loads(text) for text in made.messages] == [{"a": "1"}, {"a": "2"}]
    assert made.close is None


def test_the_number_of_answers_to_one_message_is_limited() -> None:
    many = decided(
        *({"x": str(n)} for n in range(1000)), messages=(Template(TemplateFormat.TEXT, "{x}"),) * 2
    )
    assert len(socket_answer(many, BROWSER, OPERATOR).messages) == MAX_MESSAGES


@pytest.mark.parametrize(
    ("decision", "close"),
    [
        (decided(close=True), 1008),
        (decided(), None),
        (replace(DECISION, reason=Reason.UNPARSABLE), 1007),
        (replace(DECISION, reason=Reason.NO_MEETING_ID), None),
    ],
)
def test_when_the_socket_is_closed(decision: Decision, close: int | None) -> None:
    made = socket_answer(decision, BROWSER, OPERATOR)
    assert (made.messages, made.close) == ((), close)


def test_a_refused_message_without_an_order_claims_none() -> None:
    made = socket_answer(
        decided(
            reason=Reason.UNDETERMINED,
            messages=(Template(TemplateFormat.JSON, {"t": "{text}", "o": "{order}", "s": "{status}"}),),
        ),
        BROWSER,
        OPERATOR,
    )
    (text,) = made.messages
    assert "451" not in text
    assert (json.loads(text)["s"], "o" in json.loads(text)) == (503, False)
