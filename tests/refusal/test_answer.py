from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from joinfence.config.branding import Branding
from joinfence.engine.decision import Decision, Reason, Verdict
from joinfence.engine.values import ClientAddress, Join, Unlocated, UnlocatedReason
from joinfence.refusal import answer as module
from joinfence.refusal import pages
from joinfence.refusal.answer import Answer, unavailable, warm
from joinfence.text import layout
from tests.refusal.samples import (
    CLIENT,
    DECISION,
    HOST,
    MEETING,
    OPERATOR,
    ORDER,
    OTHER,
    TOKEN,
    answered,
    request,
)

FORMS = ["text/html", "text/plain", "application/json", "application/problem+json"]
NEVER = {
    "set-cookie",
    "nel",
    "report-to",
    "reporting-endpoints",
    "server-timing",
    "retry-after",
    "location",
    "refresh",
    "x-request-id",
    "etag",
    "age",
}
RELATION = "https://meet.example/rel/blocking-authority"
LINKS = [
    ("Link", '<https://meet.example/legal/>; rel="blocked-by"'),
    ("Link", f'<https://lg-beispielstadt.example/>; rel="blocking-authority {RELATION}"'),
    ("Link", '<https://meet.example/legal/orders/DE-2026-0001>; rel="describedby"'),
]
SECURITY = [
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Robots-Tag", "noindex"),
]
CORS = [
    ("Access-Control-Allow-Origin", "https://app.example"),
    ("Access-Control-Allow-Credentials", "true"),
    ("Access-Control-Expose-Headers", "Link, Content-Language"),
]


def _refuse(*headers: tuple[str, str | bytes], decision: Decision = DECISION, **kwargs: Any) -> Answer:
    return answered(decision, request(*headers, **kwargs))


def _without_order(reason: Reason) -> Decision:
    return Decision(verdict=Verdict.REFUSE, reason=reason, joins=(Join("demo", MEETING),))


def test_all_headers_of_a_page() -> None:
    made = _refuse(("Accept", "text/html"), ("Accept-Language", "de"), ("Origin", "https://app.example"))
    assert made.status == 451
    assert list(made.headers) == [
        ("Content-Type", "text/html; charset=utf-8"),
        ("Content-Language", "de, en"),
        ("Vary", "Accept, Accept-Language, Origin"),
        ("Cache-Control", "no-store"),
        *LINKS,
        ("Geo-Scope-Block", "DE"),
        *SECURITY,
        (
            "Content-Security-Policy",
            f"default-src 'none'; style-src {layout.style_source(layout.stylesheet())}; img-src data:; base-uri 'none'; form-action 'none'",
        ),
        *CORS,
    ]


def test_all_headers_of_a_document_for_programs() -> None:
    made = _refuse(("Accept-Language", "en"))
    assert list(made.headers) == [
        ("Content-Type", "application/problem+json"),
        ("Content-Language", "en"),
        ("Vary", "Accept, Accept-Language, Origin"),
        ("Cache-Control", "no-store"),
        *LINKS,
        ("Geo-Scope-Block", "DE"),
        *SECURITY,
    ]


@pytest.mark.parametrize("form", FORMS)
def test_head_gets_the_same_headers_and_no_body(form: str) -> None:
    headers = (("Accept", form), ("Origin", "https://app.example"))
    head = _refuse(*headers, method="HEAD")
    assert head.headers == _refuse(*headers).headers
    assert (head.status, head.body) == (451, b"")


@pytest.mark.parametrize("form", FORMS)
def test_each_form_has_its_content_type(form: str) -> None:
    made = _refuse(("Accept", form))
    assert dict(made.headers)["Content-Type"].partition(";")[0] == form
    assert len(made.body) < 30_000
    assert (made.body.startswith(b"{")) == ("json" in form)
    assert (made.body.startswith(b"<!doctype html>")) == ("html" in form)


def test_both_json_types_carry_the_same_document() -> None:
    assert _refuse(("Accept", FORMS[2])).body == _refuse(("Accept", FORMS[3])).body


def test_without_accept_language_the_territory_decides_the_language() -> None:
    assert json.loads(_refuse().body)["title"].startswith("Von hier aus")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "decision",
    [
        replace(DECISION, other_orders=(OTHER,)),
        *map(_without_order, (Reason.UNDETERMINED, Reason.UNPARSABLE, Reason.NO_MEETING_ID)),
    ],
    ids=lambda decision: decision.reason,
)
def test_no_answer_contains_anything_of_the_request(decision: Decision, form: str) -> None:
    made = _refuse(
        ("Accept", form),
        ("Host", HOST),
        ("Cookie", f"s={TOKEN}"),
        ("Authorization", f"Bearer {TOKEN}"),
        ("X-Forwarded-For", CLIENT),
        ("Referer", f"https://{HOST}/j/{MEETING}"),
        decision=replace(decision, client=ClientAddress(address=CLIENT, basis="peer")),  # type: ignore[arg-type]
    )
    whole = repr(made)
    for secret in (MEETING, CLIENT, HOST, TOKEN, "/j/", "demo"):
        assert secret not in whole
    names = {name.lower() for name, _ in made.headers}
    assert not names & NEVER
    assert len(names) == len(made.headers) - (2 if decision.order else 0), "only Link may repeat"


@pytest.mark.parametrize("form", FORMS)
def test_the_answer_is_the_same_for_every_meeting(form: str) -> None:
    other = replace(DECISION, joins=(Join("demo", "11111111111"),))
    assert _refuse(("Accept", form)) == _refuse(("Accept", form), decision=other, meeting="11111111111")


@pytest.mark.parametrize(
    ("reason", "status"),
    [
        (Reason.UNDETERMINED, 503),
        (Reason.UNPARSABLE, 400),
        (Reason.NO_MEETING_ID, 400),
        (Reason.UNLOCATED, 503),
    ],
)
@pytest.mark.parametrize("form", FORMS)
def test_a_refusal_without_an_order_claims_none(form: str, reason: Reason, status: int) -> None:
    made = _refuse(("Accept", form), ("Origin", "https://app.example"), decision=_without_order(reason))
    names = [name for name, _ in made.headers]
    assert made.status == status
    assert "Link" not in names
    assert "Geo-Scope-Block" not in names
    assert [*SECURITY, *CORS] == [item for item in made.headers if item in SECURITY + CORS]
    assert dict(made.headers)["Cache-Control"] == "no-store"
    assert b"meet.example/legal" not in made.body


@pytest.mark.parametrize(
    "decision",
    [
        pytest.param(replace(DECISION, order=None), id="no order"),
        pytest.param(replace(DECISION, location=None), id="no location"),
        pytest.param(replace(DECISION, location=Unlocated(UnlocatedReason.DISPUTED)), id="unlocated"),
    ],
)
def test_a_refusal_by_order_without_order_or_location_is_503(decision: Decision) -> None:
    assert _refuse(decision=decision) == unavailable(request(), OPERATOR)


@pytest.mark.parametrize("form", FORMS)
def test_unavailable_is_a_503_in_the_reader_s_language(form: str) -> None:
    made = unavailable(request(("Accept", form), ("Accept-Language", "de")), OPERATOR)
    assert made.status == 503
    assert b"Der Fehler liegt bei uns" in made.body
    assert unavailable(request(("Accept", form), method="HEAD"), OPERATOR).body == b""


HOSTILE = [
    pytest.param(b"x" * 10_240, id="10 KB"),
    pytest.param(b"text/html;q=99,de;q=99", id="q=99"),
    pytest.param(b"\x00\x1b\r\n\x7f", id="control characters"),
    pytest.param(bytes(range(128, 256)), id="non-ASCII bytes"),
    pytest.param(b",;=" * 1000, id="nothing but separators"),
]


@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_request_headers_get_an_ordinary_refusal(value: bytes) -> None:
    made = _refuse(*((name, value) for name in ("Accept", "Accept-Language", "Origin")))
    assert made.status == 451
    assert all(
        text.isascii() and text.isprintable() and len(text) <= 512 for pair in made.headers for text in pair
    )


@given(st.binary(max_size=600), st.binary(max_size=600), st.binary(max_size=600))
def test_any_request_headers_get_a_valid_refusal(accept: bytes, language: bytes, origin: bytes) -> None:
    made = _refuse(("accept", accept), ("accept-language", language), ("origin", origin))
    assert made.status == 451
    assert all(text.isascii() and text.isprintable() for pair in made.headers for text in pair)


def test_a_lone_surrogate_in_an_order_does_not_prevent_the_refusal() -> None:
    broken = replace(ORDER, reasons={"en": "half \ud800 a pair"})
    for form in FORMS:
        assert b"half" in _refuse(("Accept", form), decision=replace(DECISION, order=broken)).body


def test_many_refusals_are_rendered_once() -> None:
    module._rendered.cache_clear()
    for number in range(50):
        _refuse(("Accept", "text/html"), ("Origin", f"https://{number}.example"), meeting=str(number))
    assert module._rendered.cache_info().misses == 1
    assert module._rendered.cache_info().maxsize is not None


def test_an_edited_order_is_not_answered_from_the_cache() -> None:
    _refuse()
    edited = replace(ORDER, reference="12 O 999/26")
    assert b"12 O 999/26" in _refuse(decision=replace(DECISION, order=edited)).body


BROKEN = {
    "refusal.html.j2": "{{ other.authority_name }}",
    "refusal.txt.j2": "{{ other.authority_name }}",
    "notice.html.j2": "{{ _(notice.heading) }}",
    "notice.txt.j2": "{{ _(notice.heading) }}",
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("language", ["en", "de"])
def test_branding_that_fails_is_replaced_by_the_built_in_pages(
    form: str, language: str, caplog: pytest.LogCaptureFixture
) -> None:
    own = replace(
        OPERATOR, branding=Branding(colours=":root {--ink: #000000;}", templates=tuple(BROKEN.items()))
    )
    asked = request(("Accept", form), ("Accept-Language", language))
    module._log_failure.cache_clear()
    for _ in range(2):
        module._rendered.cache_clear()
        made, failed = answered(DECISION, asked, own), unavailable(asked, own)
        if "text" in form:
            assert made == answered(DECISION, asked)
            assert failed == unavailable(asked, OPERATOR)
        assert (made.status, failed.status) == (451, 503)
    assert caplog.messages == (
        [
            f"the branding (notices) cannot render the {page}, {form}: UndefinedError; the built-in page is sent instead"
            for page in ("refusal", "notice")
        ]
        if "text" in form
        else []
    )


def test_a_failure_of_the_built_in_pages_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "block", lambda *_args: 1 / 0)
    module._rendered.cache_clear()
    with pytest.raises(ZeroDivisionError):
        _refuse(("Accept", "text/html"))


def test_refusals_are_rendered_in_advance() -> None:
    layout.environment.cache_clear()
    module._rendered.cache_clear()
    warm([ORDER, replace(ORDER, territory=("NL", "CH-ZH"))], OPERATOR)
    assert module._rendered.cache_info().misses == 3 * len(FORMS), "English, German and Dutch"
    before = layout.environment.cache_info().misses
    for language in ("de", "nl", "en"):
        assert _refuse(("Accept", "text/html"), ("Accept-Language", language)).status == 451
    assert layout.environment.cache_info().misses == before


def test_without_orders_nothing_is_rendered_in_advance() -> None:
    module._rendered.cache_clear()
    warm([], OPERATOR)
    assert module._rendered.cache_info().misses == 0
