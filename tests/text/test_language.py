from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from joinfence.refusal.negotiation import ranges
from joinfence.text import language
from joinfence.text.language import closest, lookup, official_languages, page_language, unspoken
from tests.refusal.samples import request


@pytest.mark.parametrize(
    ("accepted", "country", "expected"),
    [
        pytest.param("de", "FR", "de", id="what the client reads comes first"),
        pytest.param("de-AT,de;q=0.9,en;q=0.8", "US", "de", id="a variant finds the language"),
        pytest.param("en-GB,de;q=0.9", "DE", "en", id="the heavier one wins"),
        pytest.param("de;q=0.3,en;q=0.7", "DE", "en", id="weight before order"),
        pytest.param("tlh,de;q=0.1", "US", "de", id="the first language we have"),
        pytest.param("", "DE", "de", id="else what is spoken there"),
        pytest.param("*", "AT", "de", id="a wildcard says nothing"),
        pytest.param("tlh", "CH", "de", id="the most spoken official language we have"),
        pytest.param("de;q=0", "DE", "en", id="not what the client refuses"),
        pytest.param("el", "GR", "en", id="else English"),
        pytest.param("", None, "en", id="nothing known at all"),
        pytest.param("", "ZZ", "en", id="no such country"),
        pytest.param("de-" * 3000, "US", "en", id="10 KB"),
        pytest.param("de_DE", "US", "en", id="no language tag"),
        pytest.param("\x00de", "US", "en", id="a control character"),
        pytest.param(b"\xff\xfe", "DE", "de", id="bytes that are no text"),
    ],
)
def test_page_language(accepted: str | bytes, country: str | None, expected: str) -> None:
    items = ranges(request(("accept-language", accepted)), b"accept-language")
    assert page_language(items, country) == expected


@pytest.mark.parametrize(
    ("tag", "found"),
    [
        ("zh-TW", "zh-Hant"),
        ("zh-hant-hk", "zh-Hant"),
        ("zh", "zh-Hans"),
        ("zh-CN", "zh-Hans"),
        ("pt-BR", "pt"),
        ("de-x-private", "de"),
        ("DE", "de"),
        ("da", None),
        ("", None),
        ("*", None),
    ],
)
def test_lookup_shortens_the_tag_and_knows_the_likely_script(tag: str, found: str | None) -> None:
    assert lookup(tag, ("de", "pt", "zh-Hans", "zh-Hant")) == found


@given(st.text(max_size=60))
def test_lookup_takes_any_text(tag: str) -> None:
    assert lookup(tag, ("de",)) in {"de", None}


@pytest.mark.parametrize(
    ("available", "wanted", "found"),
    [
        (("en", "de"), ("de", "en"), "de"),
        (("en", "de-CH"), ("de",), "de-CH"),
        (("pl", "en"), ("fr", "en"), "en"),
        (("pl", "cs"), ("fr", "en"), "pl"),
    ],
)
def test_closest(available: tuple[str, ...], wanted: tuple[str, ...], found: str) -> None:
    assert closest(available, *wanted) == found


@pytest.mark.parametrize(
    ("country", "spoken"),
    [
        ("CH", ("de", "gsw", "fr", "it")),
        ("BE", ("nl", "fr", "de")),
        ("HK", ("zh-Hant", "en")),
        ("US", ("en",)),
        ("AQ", ()),
        (None, ()),
    ],
)
def test_official_languages_of_the_whole_country(country: str | None, spoken: tuple[str, ...]) -> None:
    assert official_languages(country) == spoken


def test_a_new_catalogue_is_all_it_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language, "languages", lambda: ("de", "en", "fr"))
    assert page_language((), "FR") == "fr"


@pytest.mark.parametrize(
    ("country", "missing"),
    [
        pytest.param("BE", (), id="all three are spoken"),
        pytest.param("TW", ("nan-Hant", "hak-Hant"), id="one of several"),
        pytest.param("GR", ("el",), id="the only one"),
        pytest.param("ZZ", (), id="no such country"),
    ],
)
def test_official_languages_without_a_catalogue(country: str, missing: tuple[str, ...]) -> None:
    assert unspoken(country) == missing
