"""ISO 3166 codes: what contains what.

A code is compared as a whole, never by its beginning. A place with an alpha-2 code of its own is no part
of the country that ISO also lists it under: an order of one never reaches into the other.
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
"""Places that ISO 3166-2 lists as a subdivision although they have a code of their own.

ISO 3166-1 gives it, but for XK, which is in its range for users and in general use for Kosovo.
"""


def contains(outer: str, inner: str) -> bool:
    """Tell whether the territory `outer` contains `inner`: the same code, or a subdivision of the country."""
    if outer == inner:
        return True
    country, hyphen, _ = inner.partition("-")
    return bool(hyphen) and country == outer and inner not in OWN_CODES


def place(country: str, subdivisions: Iterable[str]) -> tuple[str, tuple[str, ...]]:
    """Return country and subdivisions as they count here: a place with its own code is its own country."""
    kept = []
    for subdivision in subdivisions:
        if own := OWN_CODES.get(subdivision):
            return own, ()
        kept.append(subdivision)
    return country, tuple(kept)


def covers(territory: Iterable[str], location: Location) -> bool:
    """Tell whether a location lies in the territory.

    A subdivision is covered only where the location states it: a country alone is not enough.
    """
    return any(code == location.country or code in location.subdivisions for code in territory)
