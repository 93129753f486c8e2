"""A territory in words, and the places that people may take for part of it and that are not."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

import pycountry

from joinfence.engine.territory import OWN_CODES
from joinfence.text.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable

# Parts that lie apart and have no alpha-2 code: an order for the country covers them (ISO 3166-2).
_WITH: Final = {
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

# Places with an alpha-2 code (ISO 3166-1), beyond those that ISO 3166-2 lists under the country as well.
_APART: Final = {
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
    """Return a sentence part for each code, in the order given: what it covers."""
    return [_covered(code) for code in codes]


def not_covered(codes: Iterable[str]) -> list[str]:
    """Return a sentence for each thing that somebody may take for covered and that is not."""
    named = tuple(codes)
    sentences = []
    for code in named:
        if "-" in code:
            country = _WORDS.territory(code.partition("-")[0])
            sentences.append(
                f"the rest of {country}, and whoever is only known to be in {country}: {name(code)} is "
                "covered where a location source states it"
            )
        apart = [_WORDS.territory(each) for each in places_apart(code) if each not in named]
        if apart:
            codes_of = "which has a code of its own" if len(apart) == 1 else "which have codes of their own"
            sentences.append(f"{enumeration(apart)}, {codes_of}")
    return [*sentences, "everywhere else"]


def places_apart(country: str) -> list[str]:
    """Return the alpha-2 codes of places that people may take for part of a country, sorted."""
    listed = {own for doubled, own in OWN_CODES.items() if doubled.partition("-")[0] == country}
    return sorted({*listed, *_APART.get(country, ())})


def name(code: str) -> str:
    """Return the name of a territory with its code: Germany (DE), Bayern in Germany (DE-BY)."""
    country = _WORDS.territory(code.partition("-")[0])
    if "-" not in code:
        return f"{country} ({code})"
    return f"{_subdivisions().get(code, code)} in {country} ({code})"


@cache
def _subdivisions() -> dict[str, str]:
    return {each.code: each.name for each in pycountry.subdivisions}


def _covered(code: str) -> str:
    parts = _WITH.get(code)
    return f"{name(code)}, with {enumeration(parts)}" if parts else name(code)


def enumeration(parts: Iterable[str]) -> str:
    """Return "a, b and c"."""
    *rest, last = parts
    return f"{', '.join(rest)} and {last}" if rest else last
