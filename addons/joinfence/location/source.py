"""What every location source has in common: it has a name and can look up an address."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

from joinfence.engine.territory import resolve_own_code

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from joinfence.engine.values import Address


class SourceError(Exception):
    """A location source is unusable; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Place:
    """The country (ISO 3166-1 alpha-2, or XK) and the subdivisions (ISO 3166-2) that a source states."""

    country: str
    subdivisions: tuple[str, ...] = ()


class Source(Protocol):
    """A location source."""

    @property
    def name(self) -> str:
        """The source and its build, for people."""

    def is_stale(self, at: datetime) -> bool:
        """Tell whether the data is older than the operator allows, at an aware instant."""
        ...

    def find(self, address: Address) -> Place | None:
        """Return the place of a folded address, None if the source does not know it. Never raises."""
        ...


def place_of(country: object, subdivisions: Iterable[object] = ()) -> Place | None:
    """Return the place that a source's codes stand for, None for groups (EU, AP) and anything else.

    A place with its own alpha-2 code is returned as such, even if the source lists it under another country.
    """
    if not isinstance(country, str):
        return None
    return _place(country, tuple(part for part in subdivisions if isinstance(part, str)))


@lru_cache(maxsize=8192)  # the arguments are codes, not addresses: 250 countries, 5,000 subdivisions
def _place(country: str, subdivisions: tuple[str, ...]) -> Place | None:
    if not (country.isascii() and country.isalpha() and len(country) == 2):  # noqa: PLR2004
        return None
    code = country.upper()
    if code in _NO_COUNTRY:
        return None
    return Place(*resolve_own_code(code, (f"{code}-{part}" for part in subdivisions if part)))


# Groups and reserved codes under which registries and databases list some addresses.
_NO_COUNTRY = frozenset({"EU", "AP", "ZZ", "XX", "A1", "A2", "O1", "T1"})
