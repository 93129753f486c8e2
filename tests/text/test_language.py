from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from joinfence.refusal.negotiation import ranges
from joinfence.text import language
from joinfence.text.language import closest, lookup, official_languages, page_language, untranslated_languages
from tests.refusal.samples import request


@pytest.mark.parametrize(
    ("accepted", "country", "expected"),
    [
        pytest.param("de", "FR", "de", id="an accepted language comes first"),
        pytest.param("de-AT,de;q=0.9,en;q=0.8", "US", "de", id="a variant matches its language"),
        pytest.param("en-GB,de;q=0.9", "DE", "en", id="the default weight is 1"),
        pytest.param("de;q=0.3,en;q=0.7", "DE", "en", id="weight before order"),
        pytest.param("tlh,de;q=0.1", "US", "de", id="the first with a catalogue"),
        pytest.param("", "DE", "de", id="else an official language of the country"),
        pytest.param("*", "AT", "de", id="a wildcard is ignored"),
        pytest.param("tlh", "CH", "de", id="the most spoken official language with a catalogue"),
        pytest.param("de;q=0", "DE", "en", id="a language of weight 0 is avoided"),
        pytest.param("el", "GR", "en", id="else English"),
        pytest.param("", None, "en", id="nothing is known"),
        pytest.param("", "ZZ", "en", id="an unknown country"),
        pytest.param("de-" * 3000, "US", "en", id="10 KB"),
        pytest.param("de_DE", "US", "en", id="not a language tag"),
        pytest.param("\x00de", "US", "en", id="a control character"),
        pytest.param(b"\xff\xfe", "DE", "de", id="bytes that are not UTF-8"),
    ],
)
def test_the_language_of_a_page(accepted: str | bytes, country: str | None, expected: str) -> None:
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
def test_lookup_shortens_the_tag_and_adds_likely_subtags(tag: str, found: str | None) -> None:
    assert lookup(tag, ("de", "pt", "zh-Hans", "zh-Hant")) == found


@given(st.text(max_size=60))
def test_lookup_never_raises(tag: str) -> None:
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
def test_the_closest_available_tag(available: tuple[str, ...], wanted: tuple[str, ...], found: str) -> None:
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


def test_a_new_catalogue_makes_its_language_available(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language, "languages", lambda: ("de", "en", "fr"))
    assert page_language((), "FR") == "fr"


@pytest.mark.parametrize(
    ("country", "missing"),
    [
        pytest.param("BE", (), id="all have a catalogue"),
        pytest.param("TW", ("nan-Hant", "hak-Hant"), id="some have no catalogue"),
        pytest.param("GR", ("el",), id="the only one has no catalogue"),
        pytest.param("ZZ", (), id="an unknown country"),
    ],
)
def test_official_languages_without_a_catalogue(country: str, missing: tuple[str, ...]) -> None:
    assert untranslated_languages(country) == missing
