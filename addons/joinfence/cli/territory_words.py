"""What a territory covers, in words, and which places people may wrongly take to be part of it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

import pycountry

from joinfence.engine.territory import OWN_CODES
from joinfence.text.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable

# Parts that people may not think of as covered. They have no alpha-2 code, so an order for the country covers
# them (ISO 3166-2).
_INCLUDED: Final = {
    "EC": ("the Galápagos",),
    "ES": ("the Balearic and the Canary Islands", "Ceuta", "Melilla"),
    "FR": ("Corsica",),
    "GB": ("Scotland", "Wales", "Northern Ireland"),
    "IT": ("Sardinia", "Sicily"),
    "PT": ("the Azores", "Madeira"),
    "RU": ("Kaliningrad",),
    "TZ": ("Zanzibar",),
    "US": ("Alaska", "Hawaii", "the District of Columbia"),
}

# Places with their own alpha-2 code (ISO 3166-1), so not covered by an order for the country; in addition to
# those that ISO 3166-2 also lists as subdivisions of the country.
_SEPARATE: Final = {
    "AU": ("CC", "CX", "HM", "NF"),
    "DK": ("FO", "GL"),
    "ES": ("AD", "GI"),
    "FR": ("MC",),
    "GB": ("AI", "BM", "FK", "GG", "GI", "GS", "IM", "IO", "JE", "KY", "MS", "PN", "SH", "TC", "VG"),
    "IL": ("PS",),
    "IT": ("SM", "VA"),
    "MA": ("EH",),
    "NO": ("BV",),
    "NZ": ("CK", "NU", "TK"),
}
_WORDS: Final = Words("en")


def covered(codes: Iterable[str]) -> list[str]:
    """Return a phrase for each code, in the order given, that says what it covers."""
    return [_covered(code) for code in codes]


def not_covered(codes: Iterable[str]) -> list[str]:
    """Return a phrase for each place that is not covered although somebody may think it is."""
    named = tuple(codes)
    sentences = []
    for code in named:
        if "-" in code:
            country = _WORDS.territory(code.partition("-")[0])
            sentences.append(
                f"the rest of {country}, and anybody known only to be in {country}: {name(code)} is "
                "covered if a location source states it"
            )
        separate = [_WORDS.territory(each) for each in separate_places(code) if each not in named]
        if separate:
            reason = "which has its own code" if len(separate) == 1 else "which have their own codes"
            sentences.append(f"{enumeration(separate)}, {reason}")
    return [*sentences, "everywhere else"]


def separate_places(country: str) -> list[str]:
    """Return the alpha-2 codes, sorted, of places that people may wrongly take to be part of a country."""
    listed = {own for listed, own in OWN_CODES.items() if listed.partition("-")[0] == country}
    return sorted({*listed, *_SEPARATE.get(country, ())})


def name(code: str) -> str:
    """Return the name of a territory with its code, such as Germany (DE) or Bayern in Germany (DE-BY)."""
    country = _WORDS.territory(code.partition("-")[0])
    if "-" not in code:
        return f"{country} ({code})"
    return f"{_subdivisions().get(code, code)} in {country} ({code})"


@cache
def _subdivisions() -> dict[str, str]:
    return {each.code: each.name for each in pycountry.subdivisions}


def _covered(code: str) -> str:
    parts = _INCLUDED.get(code)
    return f"{name(code)}, with {enumeration(parts)}" if parts else name(code)


def enumeration(parts: Iterable[str]) -> str:
    """Return the parts as text such as "a, b and c"."""
    *rest, last = parts
    return f"{', '.join(rest)} and {last}" if rest else last
