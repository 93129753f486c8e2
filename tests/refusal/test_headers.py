from __future__ import annotations

from dataclasses import replace

import link_header
import pytest

from joinfence.config.branding import PLAIN
from joinfence.refusal import headers
from joinfence.refusal.negotiation import Format
from tests.refusal.samples import OPERATOR, ORDER


@pytest.mark.parametrize(
    ("form", "content_type", "languages"),
    [
        (Format.HTML, "text/html; charset=utf-8", "de, en"),
        (Format.TEXT, "text/plain; charset=utf-8", "de, en"),
        (Format.PROBLEM, "application/problem+json", "de"),
        (Format.JSON, "application/json", "de"),
    ],
)
def test_the_body_is_described(form: Format, content_type: str, languages: str) -> None:
    head = dict(headers.entity(form, "de"))
    assert (head["Content-Type"], head["Content-Language"]) == (content_type, languages)


def test_an_english_page_says_everything_once() -> None:
    assert dict(headers.entity(Format.HTML, "en"))["Content-Language"] == "en"


@pytest.mark.parametrize(
    ("territory", "scope"),
    [
        pytest.param(("DE",), "DE", id="a country"),
        pytest.param(("DE", "AT", "XK"), "DE, AT, XK", id="several"),
        pytest.param(("DE-BY",), None, id="a part of a country is not widened"),
        pytest.param(("AT", "DE-BY"), "AT", id="the countries among them"),
    ],
)
def test_geo_scope_block(territory: tuple[str, ...], scope: str | None) -> None:
    head = dict(headers.for_order(OPERATOR, replace(ORDER, territory=territory)))
    assert head.get("Geo-Scope-Block") == scope


def test_the_relation_is_named_below_the_operators_origin() -> None:
    operator = replace(OPERATOR, url="https://meet.example:8443/a/b/")
    links = [value for name, value in headers.for_order(operator, ORDER) if name == "Link"]
    assert links[1].endswith('; rel="blocking-authority https://meet.example:8443/rel/blocking-authority"')


@pytest.mark.parametrize("hostile", ['>; rel="x', "\r\nSet-Cookie: a=b", "é", "\ud800", " "])
def test_an_address_cannot_leave_its_brackets(hostile: str) -> None:
    authority = replace(ORDER.authority, official_url=f"https://a.example/{hostile}")
    links = [value for _, value in headers.for_order(OPERATOR, replace(ORDER, authority=authority))]
    assert links[1].startswith("<https://a.example/%") or hostile == "\ud800"
    assert links[1].isascii()
    assert links[1].isprintable()
    assert (links[1].count(">"), links[1].count("; rel=")) == (1, 1)


def test_an_address_that_is_already_encoded_stays_as_it_is() -> None:
    url = "https://a.example:8443/p%20q;r=1?s=t&u=(v)*!'#w~@[x]"
    authority = replace(ORDER.authority, official_url=url)
    assert f"<{url}>" in headers.for_order(OPERATOR, replace(ORDER, authority=authority))[1][1]


def test_only_a_page_needs_a_content_policy() -> None:
    assert "img-src data:;" in dict(headers.security(Format.HTML, PLAIN))["Content-Security-Policy"], (
        "the icon"
    )
    assert "Content-Security-Policy" not in dict(headers.security(Format.PROBLEM, PLAIN))


def test_cors_only_where_an_origin_was_sent() -> None:
    assert headers.cors(None) == ()
    assert headers.cors("https://a.example")[0] == ("Access-Control-Allow-Origin", "https://a.example")


def test_an_independent_parser_reads_the_links() -> None:
    lines = [value for name, value in headers.for_order(OPERATOR, ORDER) if name == "Link"]
    parsed = link_header.parse(", ".join(lines)).links
    assert [(link.href, link.rel.split()) for link in parsed] == [
        (OPERATOR.url, ["blocked-by"]),
        (ORDER.authority.official_url, ["blocking-authority", "https://meet.example/rel/blocking-authority"]),
        (f"{OPERATOR.url}orders/{ORDER.id}", ["describedby"]),
    ]
