"""Which ISO 3166 code contains which.

Codes are compared as a whole, never by prefix. A place with its own alpha-2 code is not part of the country
under which ISO 3166-2 also lists it: an order for China does not apply in Hong Kong, nor the other way round.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from joinfence.engine.values import Location

OWN_CODES: Final = {
    "CN-HK": "HK",
    "CN-MO": "MO",
    "CN-TW": "TW",
    "FI-01": "AX",
    "FR-971": "GP",
    "FR-972": "MQ",
    "FR-973": "GF",
    "FR-974": "RE",
    "FR-976": "YT",
    "FR-BL": "BL",
    "FR-MF": "MF",
    "FR-NC": "NC",
    "FR-PF": "PF",
    "FR-PM": "PM",
    "FR-TF": "TF",
    "FR-WF": "WF",
    "NL-AW": "AW",
    "NL-BQ1": "BQ",
    "NL-BQ2": "BQ",
    "NL-BQ3": "BQ",
    "NL-CW": "CW",
    "NL-SX": "SX",
    "NO-21": "SJ",
    "NO-22": "SJ",
    "RS-25": "XK",
    "RS-26": "XK",
    "RS-27": "XK",
    "RS-28": "XK",
    "RS-29": "XK",
    "RS-KM": "XK",
    "US-AS": "AS",
    "US-GU": "GU",
    "US-MP": "MP",
    "US-PR": "PR",
    "US-UM": "UM",
    "US-VI": "VI",
}
"""Subdivision code -> alpha-2 code of each place that has both.

All alpha-2 codes are from ISO 3166-1 except XK, a user-assigned code that is in general use for Kosovo.
"""


def contains(outer: str, inner: str) -> bool:
    """Tell whether the territory `outer` contains `inner`: it is the same code, or the country of `inner`."""
    if outer == inner:
        return True
    country, hyphen, _ = inner.partition("-")
    return bool(hyphen) and country == outer and inner not in OWN_CODES


def resolve_own_code(country: str, subdivisions: Iterable[str]) -> tuple[str, tuple[str, ...]]:
    """Return country and subdivisions, with a place that has its own alpha-2 code as its own country."""
    kept = []
    for subdivision in subdivisions:
        if own := OWN_CODES.get(subdivision):
            return own, ()
        kept.append(subdivision)
    return country, tuple(kept)


def covers(territory: Iterable[str], location: Location) -> bool:
    """Tell whether a location is in the territory.

    If the territory is a subdivision, the location has to state that subdivision; the country is not enough.
    """
    return any(code == location.country or code in location.subdivisions for code in territory)
