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
GUARDS = [
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


def test_every_header_of_a_page() -> None:
    found = _refuse(("Accept", "text/html"), ("Accept-Language", "de"), ("Origin", "https://app.example"))
    assert found.status == 451
    assert list(found.headers) == [
        ("Content-Type", "text/html; charset=utf-8"),
        ("Content-Language", "de, en"),
        ("Vary", "Accept, Accept-Language, Origin"),
        ("Cache-Control", "no-store"),
        *LINKS,
        ("Geo-Scope-Block", "DE"),
        *GUARDS,
        (
            "Content-Security-Policy",
            f"default-src 'none'; style-src {layout.style_source(layout.stylesheet())}; img-src data:; base-uri 'none'; form-action 'none'",
        ),
        *CORS,
    ]


def test_every_header_of_a_document_for_programs() -> None:
    found = _refuse(("Accept-Language", "en"))
    assert list(found.headers) == [
        ("Content-Type", "application/problem+json"),
        ("Content-Language", "en"),
        ("Vary", "Accept, Accept-Language, Origin"),
        ("Cache-Control", "no-store"),
        *LINKS,
        ("Geo-Scope-Block", "DE"),
        *GUARDS,
    ]


@pytest.mark.parametrize("form", FORMS)
def test_head_gets_the_headers_alone(form: str) -> None:
    headers = (("Accept", form), ("Origin", "https://app.example"))
    head = _refuse(*headers, method="HEAD")
    assert head.headers == _refuse(*headers).headers
    assert (head.status, head.body) == (451, b"")


@pytest.mark.parametrize("form", FORMS)
def test_each_form_is_what_it_says(form: str) -> None:
    found = _refuse(("Accept", form))
    assert dict(found.headers)["Content-Type"].partition(";")[0] == form
    assert len(found.body) < 30_000
    assert (found.body.startswith(b"{")) == ("json" in form)
    assert (found.body.startswith(b"<!doctype html>")) == ("html" in form)


def test_both_json_types_carry_the_same_document() -> None:
    assert _refuse(("Accept", FORMS[2])).body == _refuse(("Accept", FORMS[3])).body


def test_without_a_wish_the_territory_decides_the_language() -> None:
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
def test_no_answer_tells_of_the_attempt(decision: Decision, form: str) -> None:
    found = _refuse(
        ("Accept", form),
        ("Host", HOST),
        ("Cookie", f"s={TOKEN}"),
        ("Authorization", f"Bearer {TOKEN}"),
        ("X-Forwarded-For", CLIENT),
        ("Referer", f"https://{HOST}/j/{MEETING}"),
        decision=replace(decision, client=ClientAddress(address=CLIENT, basis="peer")),  # type: ignore[arg-type]
    )
    whole = repr(found)
    for planted in (MEETING, CLIENT, HOST, TOKEN, "/j/", "demo"):
        assert planted not in whole
    names = {name.lower() for name, _ in found.headers}
    assert not names & NEVER
    assert len(names) == len(found.headers) - (2 if decision.order else 0), "only Link may repeat"


@pytest.mark.parametrize("form", FORMS)
def test_two_meetings_get_one_answer(form: str) -> None:
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
def test_without_an_order_no_order_is_claimed(form: str, reason: Reason, status: int) -> None:
    found = _refuse(("Accept", form), ("Origin", "https://app.example"), decision=_without_order(reason))
    names = [name for name, _ in found.headers]
    assert found.status == status
    assert "Link" not in names
    assert "Geo-Scope-Block" not in names
    assert [*GUARDS, *CORS] == [item for item in found.headers if item in GUARDS + CORS]
    assert dict(found.headers)["Cache-Control"] == "no-store"
    assert b"meet.example/legal" not in found.body


@pytest.mark.parametrize(
    "decision",
    [
        pytest.param(replace(DECISION, order=None), id="no order"),
        pytest.param(replace(DECISION, location=None), id="no location"),
        pytest.param(replace(DECISION, location=Unlocated(UnlocatedReason.DISPUTED)), id="unlocated"),
    ],
)
def test_an_order_refused_under_without_its_grounds_is_our_failure(decision: Decision) -> None:
    assert _refuse(decision=decision) == unavailable(request(), OPERATOR)


@pytest.mark.parametrize("form", FORMS)
def test_unavailable(form: str) -> None:
    found = unavailable(request(("Accept", form), ("Accept-Language", "de")), OPERATOR)
    assert found.status == 503
    assert b"Der Fehler liegt bei uns" in found.body
    assert unavailable(request(("Accept", form), method="HEAD"), OPERATOR).body == b""


HOSTILE = [
    pytest.param(b"x" * 10_240, id="10 KB"),
    pytest.param(b"text/html;q=99,de;q=99", id="q=99"),
    pytest.param(b"\x00\x1b\r\n\x7f", id="control characters"),
    pytest.param(bytes(range(128, 256)), id="non-ASCII bytes"),
    pytest.param(b",;=" * 1000, id="nothing but separators"),
]


@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_headers_get_an_ordinary_refusal(value: bytes) -> None:
    found = _refuse(*((name, value) for name in ("Accept", "Accept-Language", "Origin")))
    assert found.status == 451
    assert all(
        text.isascii() and text.isprintable() and len(text) <= 512 for pair in found.headers for text in pair
    )


@given(st.binary(max_size=600), st.binary(max_size=600), st.binary(max_size=600))
def test_any_bytes_get_a_refusal_fit_to_send(accept: bytes, spoken: bytes, origin: bytes) -> None:
    found = _refuse(("accept", accept), ("accept-language", spoken), ("origin", origin))
    assert found.status == 451
    assert all(text.isascii() and text.isprintable() for pair in found.headers for text in pair)


def test_half_a_character_in_an_order_does_not_stop_the_refusal() -> None:
    broken = replace(ORDER, reasons={"en": "half \ud800 a pair"})
    for form in FORMS:
        assert b"half" in _refuse(("Accept", form), decision=replace(DECISION, order=broken)).body


def test_a_flood_of_refusals_is_rendered_once() -> None:
    module._rendered.cache_clear()
    for number in range(50):
        _refuse(("Accept", "text/html"), ("Origin", f"https://{number}.example"), meeting=str(number))
    assert module._rendered.cache_info().misses == 1
    assert module._rendered.cache_info().maxsize is not None


def test_an_edited_order_is_shown_as_edited_at_once() -> None:
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
def test_an_own_look_that_fails_gives_way_to_the_plain_one(
    form: str, language: str, caplog: pytest.LogCaptureFixture
) -> None:
    own = replace(
        OPERATOR, branding=Branding(colours=":root {--ink: #000000;}", templates=tuple(BROKEN.items()))
    )
    asked = request(("Accept", form), ("Accept-Language", language))
    module._tell.cache_clear()
    for _ in range(2):
        module._rendered.cache_clear()
        found, failed = answered(DECISION, asked, own), unavailable(asked, own)
        if "text" in form:
            assert found == answered(DECISION, asked)
            assert failed == unavailable(asked, OPERATOR)
        assert (found.status, failed.status) == (451, 503)
    assert caplog.messages == (
        [
            f"the own look (notices) cannot show the {page}, {form}: UndefinedError; the plain look is sent instead"
            for page in ("refusal", "notice")
        ]
        if "text" in form
        else []
    )


def test_our_own_failure_is_no_failure_of_a_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "block", lambda *_args: 1 / 0)
    module._rendered.cache_clear()
    with pytest.raises(ZeroDivisionError):
        _refuse(("Accept", "text/html"))


def test_what_the_first_refusals_need_is_rendered_before() -> None:
    layout.environment.cache_clear()
    module._rendered.cache_clear()
    warm([ORDER, replace(ORDER, territory=("NL", "CH-ZH"))], OPERATOR)
    assert module._rendered.cache_info().misses == 3 * len(FORMS), "English, German and Dutch"
    before = layout.environment.cache_info().misses
    for language in ("de", "nl", "en"):
        assert _refuse(("Accept", "text/html"), ("Accept-Language", language)).status == 451
    assert layout.environment.cache_info().misses == before


def test_without_orders_nothing_is_rendered() -> None:
    module._rendered.cache_clear()
    warm([], OPERATOR)
    assert module._rendered.cache_info().misses == 0
