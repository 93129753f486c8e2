"""Dates, territories and names, formatted in the reader's language."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

import pycountry
from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time, get_datetime_format
from babel.lists import format_list
from babel.numbers import format_decimal

from joinfence.text.language import closest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from joinfence.engine.order import Order

# The English pages are read worldwide, so dates have the international form: 1 November 2026.
_LOCALES: Final = {"en": "en-001"}
_CONTROL: Final = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029]+")
# Characters that change the direction of the text around them (UAX 9 section 2).
_DIRECTIONAL: Final = re.compile(r"[\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoted:
    """Text from outside, with its language and direction."""

    text: str
    language: str
    direction: str


@dataclass(frozen=True, slots=True)
class Words:
    """Formats dates, numbers, territories and names in one language."""

    language: str

    @property
    def direction(self) -> str:
        """Return "ltr" or "rtl"."""
        return _locale(self.language).text_direction

    @property
    def own_name(self) -> str:
        """Return the language's name for itself, such as Deutsch."""
        return Locale.parse(self.language, sep="-").get_display_name() or self.language

    def day(self, day: date) -> str:
        """Return a date with the month in words."""
        return format_date(day, "long", locale=_locale(self.language))

    def instant(self, at: datetime) -> str:
        """Return date, time and time zone, in the instant's own zone."""
        locale = _locale(self.language)
        joined = str(get_datetime_format("long", locale=locale)).replace("'", "")
        clock = format_time(at, "HH:mm", tzinfo=at.tzinfo, locale=locale)
        # Babel formats a negative offset that has minutes wrongly, by an hour.
        zone = locale.zone_formats["gmt"] % f"{at:%:z}" if at.utcoffset() else "UTC"
        return f"{joined.format(clock, self.day(at))} ({zone})"

    def number(self, value: float) -> str:
        """Return a number with at most one decimal."""
        return format_decimal(value, "#,##0.#", locale=_locale(self.language))

    def territory(self, code: str) -> str:
        """Return the name of a country, or of a subdivision with the country and the code."""
        country = code.partition("-")[0]
        name = str(_locale(self.language).territories.get(country, country))
        if code == country:
            return name
        part = pycountry.subdivisions.get(code=code)  # type: ignore[no-untyped-call]
        return f"{part.name}, {name} ({code})" if part else f"{name} ({code})"

    def territories(self, codes: Iterable[str]) -> str:
        """Return the names of territories as a list: Germany, Austria and Kosovo."""
        return self.listed(self.territory(code) for code in codes)

    def language_name(self, tag: str) -> str:
        """Return the name of another language; its tag if CLDR does not describe it."""
        try:
            return Locale.parse(tag, sep="-").get_display_name(_locale(self.language)) or tag
        except (UnknownLocaleError, ValueError):
            return line(tag)

    def isolated(self, text: str) -> str:
        """Return text from outside so that it cannot change the direction of a right-to-left sentence.

        It is enclosed in FSI and PDI (UAX 9 section 2.4). These are invisible, so do not use this for
        addresses that people will copy.
        """
        return f"\u2068{text}\u2069" if self.direction == "rtl" else text

    def columns(self, text: str) -> int:
        """Return the width of a heading in terminal columns, at most 78; CJK characters take two columns."""
        wide = sum(unicodedata.east_asian_width(each) in "WF" for each in text)
        marks = sum(unicodedata.category(each) in {"Mn", "Me", "Cf"} for each in text)
        return min(len(text) + wide - marks, 78)

    def authority(self, order: Order) -> Quoted:
        """Return the name of the authority in this language, or in its own, or in English, or in any."""
        return self._pick(order.authority.name, order)

    def reason(self, order: Order) -> Quoted:
        """Return the reasons in this language, or in the authority's, or in English, or in any."""
        return self._pick(order.reasons, order)

    def how_to_contest(self, order: Order) -> Quoted:
        """Return how to contest before the authority, in the one language that the order has it in."""
        return quoted(order.redress.how, order.redress.language)

    def listed(self, items: Iterable[str]) -> str:
        """Return texts as a list: one, two and three."""
        return format_list(list(items), locale=_locale(self.language))

    def _pick(self, texts: Mapping[str, str], order: Order) -> Quoted:
        language = closest(texts, self.language, order.redress.language, "en")
        return quoted(texts[language], language)


def quoted(text: str, language: str) -> Quoted:
    """Return the text on one line, with its language and direction."""
    return Quoted(text=line(text), language=language, direction=_locale(language).text_direction)


def line(text: str) -> str:
    """Return the text on one line, without control characters and directional formatting."""
    return _CONTROL.sub(" ", _DIRECTIONAL.sub("", text)).strip()


@cache
def _locale(language: str) -> Locale:
    """Return the locale of a language; that of English if CLDR does not describe it."""
    try:
        return Locale.parse(_LOCALES.get(language, language), sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en")
