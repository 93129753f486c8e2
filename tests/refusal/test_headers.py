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
def test_content_type_and_content_language(form: Format, content_type: str, languages: str) -> None:
    head = dict(headers.representation(form, "de"))
    assert (head["Content-Type"], head["Content-Language"]) == (content_type, languages)


def test_an_english_page_names_one_language() -> None:
    assert dict(headers.representation(Format.HTML, "en"))["Content-Language"] == "en"


@pytest.mark.parametrize(
    ("territory", "scope"),
    [
        pytest.param(("DE",), "DE", id="a country"),
        pytest.param(("DE", "AT", "XK"), "DE, AT, XK", id="several"),
        pytest.param(("DE-BY",), None, id="a subdivision is left out"),
        pytest.param(("AT", "DE-BY"), "AT", id="a country and a subdivision"),
    ],
)
def test_geo_scope_block(territory: tuple[str, ...], scope: str | None) -> None:
    head = dict(headers.for_order(OPERATOR, replace(ORDER, territory=territory)))
    assert head.get("Geo-Scope-Block") == scope


def test_the_link_relation_is_a_uri_on_the_operators_origin() -> None:
    operator = replace(OPERATOR, url="https://meet.example:8443/a/b/")
    links = [value for name, value in headers.for_order(operator, ORDER) if name == "Link"]
    assert links[1].endswith('; rel="blocking-authority https://meet.example:8443/rel/blocking-authority"')


@pytest.mark.parametrize("hostile", ['>; rel="x', "\r\nSet-Cookie: a=b", "é", "\ud800", " "])
def test_a_hostile_uri_cannot_end_the_link_or_the_header(hostile: str) -> None:
    authority = replace(ORDER.authority, official_url=f"https://a.example/{hostile}")
    links = [value for _, value in headers.for_order(OPERATOR, replace(ORDER, authority=authority))]
    assert links[1].startswith("<https://a.example/%") or hostile == "\ud800"
    assert links[1].isascii()
    assert links[1].isprintable()
    assert (links[1].count(">"), links[1].count("; rel=")) == (1, 1)


def test_an_encoded_uri_is_not_encoded_again() -> None:
    url = "https://a.example:8443/p%20q;r=1?s=t&u=(v)*!'#w~@[x]"
    authority = replace(ORDER.authority, official_url=url)
    assert f"<{url}>" in headers.for_order(OPERATOR, replace(ORDER, authority=authority))[1][1]


def test_only_pages_have_a_content_security_policy() -> None:
    assert "img-src data:;" in dict(headers.security(Format.HTML, PLAIN))["Content-Security-Policy"], (
        "the icon"
    )
    assert "Content-Security-Policy" not in dict(headers.security(Format.PROBLEM, PLAIN))


def test_cors_headers_only_if_an_origin_was_sent() -> None:
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
