"""Dates, places and names in the reader's language."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time, get_datetime_format

from joinfence.adapters.language import closest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from joinfence.adapters.case import Refused
    from joinfence.engine.values import Order

# English is read worldwide, and its dates are taken from there: 1 November 2026.
_LOCALES: Final = {"en": "en-001"}
_CONTROL: Final = re.compile(r"[\x00-\x20\x7f-\x9f]+")


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

    def territory(self, code: str) -> str:
        """Return the name of a country; of a part of one the code and the country's name."""
        country = code.partition("-")[0]
        name = str(_locale(self.language).territories.get(country, country))
        return name if code == country else f"{name} ({code})"

    def place(self, refused: Refused) -> str:
        """Return where the client was taken to be, as closely as the order asks for."""
        asked = [part for part in refused.subdivisions if part in refused.order.territory]
        return self.territory(asked[0] if asked else refused.country)

    def authority(self, order: Order) -> Quoted:
        """Return the name of the authority, in its own language if this one has none."""
        return self._pick(order.authority.name, order)

    def reason(self, order: Order) -> Quoted:
        """Return the reasons in this language if the order has them, else in the authority's, else any."""
        return self._pick(order.reasons, order)

    def how_to_contest(self, order: Order) -> Quoted:
        """Return how to contest before the authority, which the order says in one language."""
        return quoted(order.redress.how, order.redress.language)

    def _pick(self, texts: Mapping[str, str], order: Order) -> Quoted:
        language = closest(texts, self.language, order.redress.language, "en")
        return quoted(texts[language], language)


def quoted(text: str, language: str) -> Quoted:
    """Return the text on one line with what is known of its language."""
    return Quoted(text=line(text), language=language, direction=_locale(language).text_direction)


def line(text: str) -> str:
    """Return the text on one line, without control characters."""
    return _CONTROL.sub(" ", text).strip()


@cache
def _locale(language: str) -> Locale:
    """Return the conventions of a language; those of English for one that CLDR does not describe."""
    try:
        return Locale.parse(_LOCALES.get(language, language), sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en")
