from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from joinfence.text.words import Quoted, Words, line, quoted
from tests.refusal.samples import ORDER

NIGHT = datetime(2026, 11, 1, 0, 5, tzinfo=timezone(timedelta(hours=1)))


@pytest.mark.parametrize(
    ("language", "expected"),
    [("de", "1. November 2026, 00:05 (GMT+01:00)"), ("en", "1 November 2026, 00:05 (GMT+01:00)")],
)
def test_an_instant_keeps_its_time_zone(language: str, expected: str) -> None:
    assert Words(language).instant(NIGHT) == expected


def test_utc_is_called_utc() -> None:
    assert Words("en").instant(NIGHT.astimezone(UTC)) == "31 October 2026, 23:05 (UTC)"


def test_a_negative_offset_with_minutes_is_exact() -> None:
    newfoundland = timezone(-timedelta(hours=3, minutes=30))
    assert Words("en").instant(NIGHT.astimezone(newfoundland)) == "31 October 2026, 19:35 (GMT-03:30)"


def test_the_month_of_a_day_is_in_words() -> None:
    assert Words("de").day(date(2026, 3, 9)) == "9. März 2026"


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("CH", "Schweiz"),
        ("XK", "Kosovo"),
        ("DE-BY", "Bayern, Deutschland (DE-BY)"),
        ("DE-ZZ", "Deutschland (DE-ZZ)"),
        ("ZY", "ZY"),
    ],
)
def test_the_name_of_a_territory(code: str, name: str) -> None:
    assert Words("de").territory(code) == name


@pytest.mark.parametrize(
    ("language", "reasons", "expected"),
    [
        pytest.param("de", {"de": "A", "en": "B"}, "de", id="in the reader's language"),
        pytest.param("fr", {"en": "B", "de": "A"}, "de", id="else in the authority's"),
        pytest.param("fr", {"pl": "C", "en": "B"}, "en", id="else in English"),
        pytest.param("fr", {"pl": "C"}, "pl", id="else in any"),
    ],
)
def test_the_language_of_the_reasons(language: str, reasons: dict[str, str], expected: str) -> None:
    found = Words(language).reason(replace(ORDER, reasons=reasons))
    assert found == Quoted(text=reasons[expected], language=expected, direction="ltr")


def test_the_authority_in_the_readers_language_and_redress_in_its_own() -> None:
    assert Words("en").authority(ORDER).text == "Regional Court of Beispielstadt"
    assert Words("en").how_to_contest(ORDER).language == "de"


@pytest.mark.parametrize(
    ("language", "direction"), [("de", "ltr"), ("ar", "rtl"), ("he", "rtl"), ("zh-Hant", "ltr")]
)
def test_the_direction_of_a_language(language: str, direction: str) -> None:
    assert Words(language).direction == direction
    assert quoted("x", language).direction == direction


@pytest.mark.parametrize("language", ["tlh", "not a language"])
def test_a_language_that_cldr_does_not_describe_uses_the_english_locale(language: str) -> None:
    assert Words(language).direction == "ltr"


def test_the_name_of_a_language_for_itself() -> None:
    assert Words("de").own_name == "Deutsch"


def test_lists_follow_the_language() -> None:
    assert Words("en").territories(("DE", "AT", "XK")) == "Germany, Austria and Kosovo"
    assert Words("ja").territories(("DE", "AT")) == "ドイツ、オーストリア"


@pytest.mark.parametrize(
    ("tag", "name"),
    [("pt", "Portugiesisch"), ("zh-Hant", "Chinesisch (Traditionell)"), ("tlh", "tlh"), ("a b\n", "a b")],
)
def test_the_name_of_another_language(tag: str, name: str) -> None:
    assert Words("de").language_name(tag) == name


def test_text_from_outside_is_isolated_in_a_right_to_left_sentence() -> None:
    assert Words("he").isolated("Meet") == "\u2068Meet\u2069"
    assert Words("de").isolated("Meet") == "Meet"


@pytest.mark.parametrize(
    ("text", "columns"),
    [("abc", 3), ("会議", 4), ("मे", 1), ("x" * 100, 78), ("\u2068a\u2069", 1)],
)
def test_the_width_of_a_heading_in_columns(text: str, columns: int) -> None:
    assert Words("en").columns(text) == columns


def test_a_line_holds_no_control_characters() -> None:
    assert line(" a\r\n\tb\x00\x1b[1mc\x85 ") == "a b [1mc"
    assert line("a\u2028b \u2029\u202ec\u2068d\u2069") == "a b cd"
