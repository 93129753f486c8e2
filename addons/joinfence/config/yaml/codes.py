"""ISO 3166 codes from pycountry, and in addition `XK` (Kosovo)."""

from __future__ import annotations

from functools import cache

import pycountry

from joinfence.engine.territory import OWN_CODES

_HINTS = {
    "UK": "write GB",
    "EL": "write GR",
    "EU": "list the member states one by one",
    "EEA": "list the member states one by one",
    "AP": "not a country: list the countries one by one",
    "ZZ": "an order cannot cover an unknown place",
    "001": "an order cannot reach beyond its authority's competence: list the countries one by one",
    "*": "an order cannot reach beyond its authority's competence: list the countries one by one",
}


@cache
def countries() -> frozenset[str]:
    """Return every ISO 3166-1 alpha-2 code in use, and XK."""
    return frozenset(country.alpha_2 for country in pycountry.countries) | {"XK"}


@cache
def subdivisions() -> frozenset[str]:
    """Return every ISO 3166-2 code except those of places that have their own ISO 3166-1 code."""
    return frozenset(subdivision.code for subdivision in pycountry.subdivisions) - OWN_CODES.keys()


def is_territory(code: str) -> bool:
    """Return whether the code names a territory: a country or a subdivision."""
    return code in countries() or code in subdivisions()


def territory_hint(code: str) -> str | None:
    """Return what to write instead of a code that names no territory, or None if that is not known."""
    if own := OWN_CODES.get(code):
        return f"write {own}"
    if hint := _HINTS.get(code):
        return hint
    if code.upper() != code and is_territory(code.upper()):
        return f"write {code.upper()}"
    if any(getattr(old, "alpha_2", None) == code for old in pycountry.historic_countries):
        return "a retired code: write the code of the state that exists today"
    return None
