"""Dates, places and names in the reader's language."""

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

# English is read worldwide, and its dates are taken from there: 1 November 2026.
_LOCALES: Final = {"en": "en-001"}
_CONTROL: Final = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029]+")
# What would turn the direction of words around it (UAX 9 section 2).
_DIRECTING: Final = re.compile(r"[\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoted:
    """Words somebody else chose, with the language and direction they are written in."""

    text: str
    language: str
    direction: str


@dataclass(frozen=True, slots=True)
class Words:
    """How one language names things."""

    language: str

    @property
    def direction(self) -> str:
        """Return "ltr" or "rtl"."""
        return _locale(self.language).text_direction

    @property
    def own_name(self) -> str:
        """Return what the language calls itself, such as Deutsch."""
        return Locale.parse(self.language, sep="-").get_display_name() or self.language

    def day(self, day: date) -> str:
        """Return a date with the month in words."""
        return format_date(day, "long", locale=_locale(self.language))

    def instant(self, at: datetime) -> str:
        """Return date, time and time zone, in the zone the order was written in."""
        locale = _locale(self.language)
        joined = str(get_datetime_format("long", locale=locale)).replace("'", "")
        clock = format_time(at, "HH:mm", tzinfo=at.tzinfo, locale=locale)
        # Babel's own text is an hour off west of Greenwich where the offset has minutes.
        zone = locale.zone_formats["gmt"] % f"{at:%:z}" if at.utcoffset() else "UTC"
        return f"{joined.format(clock, self.day(at))} ({zone})"

    def number(self, value: float) -> str:
        """Return a number with at most one decimal."""
        return format_decimal(value, "#,##0.#", locale=_locale(self.language))

    def territory(self, code: str) -> str:
        """Return the name of a country; of a part of one its own name, the country's and the code."""
        country = code.partition("-")[0]
        name = str(_locale(self.language).territories.get(country, country))
        if code == country:
            return name
        part = pycountry.subdivisions.get(code=code)  # type: ignore[no-untyped-call]
        return f"{part.name}, {name} ({code})" if part else f"{name} ({code})"

    def territories(self, codes: Iterable[str]) -> str:
        """Return the names of territories as a list in words: Germany, Austria and Kosovo."""
        return self.listed(self.territory(code) for code in codes)

    def language_name(self, tag: str) -> str:
        """Return what this language calls another; the tag of one that CLDR does not describe."""
        try:
            return Locale.parse(tag, sep="-").get_display_name(_locale(self.language)) or tag
        except (UnknownLocaleError, ValueError):
            return line(tag)

    def isolated(self, text: str) -> str:
        """Return words from elsewhere so that they cannot turn the direction of a right-to-left sentence.

        In between are the characters FSI and PDI (UAX 9 section 2.4); they are invisible, and not put round
        addresses that will be copied.
        """
        return f"\u2068{text}\u2069" if self.direction == "rtl" else text

    def columns(self, text: str) -> int:
        """Return how many columns of a terminal a heading takes, at most 78: CJK characters take two."""
        wide = sum(unicodedata.east_asian_width(each) in "WF" for each in text)
        marks = sum(unicodedata.category(each) in {"Mn", "Me", "Cf"} for each in text)
        return min(len(text) + wide - marks, 78)

    def authority(self, order: Order) -> Quoted:
        """Return the name of the authority, in its own language if this one has none."""
        return self._pick(order.authority.name, order)

    def reason(self, order: Order) -> Quoted:
        """Return the reasons in this language if the order has them, else in the authority's, else any."""
        return self._pick(order.reasons, order)

    def how_to_contest(self, order: Order) -> Quoted:
        """Return how to contest before the authority, which the order says in one language."""
        return quoted(order.redress.how, order.redress.language)

    def listed(self, items: Iterable[str]) -> str:
        """Return texts as a list in words: one, two and three."""
        return format_list(list(items), locale=_locale(self.language))

    def _pick(self, texts: Mapping[str, str], order: Order) -> Quoted:
        language = closest(texts, self.language, order.redress.language, "en")
        return quoted(texts[language], language)


def quoted(text: str, language: str) -> Quoted:
    """Return the text on one line with what is known of its language."""
    return Quoted(text=line(text), language=language, direction=_locale(language).text_direction)


def line(text: str) -> str:
    """Return the text on one line, without characters that control lines or directions."""
    return _CONTROL.sub(" ", _DIRECTING.sub("", text)).strip()


@cache
def _locale(language: str) -> Locale:
    """Return the conventions of a language; those of English for one that CLDR does not describe."""
    try:
        return Locale.parse(_LOCALES.get(language, language), sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en")
