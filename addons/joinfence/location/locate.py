"""Address to location: corrections first, then what the sources agree on.

A source can be wrong, and a wrong country could refuse somebody whom no order covers. So with Agreement.ALL
any doubt means no location, and the join is admitted: a source that is stale, does not know the address, or
names another country. Subdivisions are different, because many sources have none. A source without
subdivisions does not count against the others, but those that have them must agree on each one.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from joinfence.engine.values import Location, Unlocated, UnlocatedReason
from joinfence.location.special import is_special

if TYPE_CHECKING:
    from datetime import datetime

    from joinfence.engine.values import Address
    from joinfence.location.corrections import Corrections
    from joinfence.location.source import Place, Source


class Agreement(StrEnum):
    """How the answers of several sources are combined."""

    ALL = "all"
    FIRST = "first"


@dataclass(frozen=True, slots=True, kw_only=True)
class Locator:
    """The corrections and sources of one configuration, combined."""

    corrections: Corrections
    sources: tuple[Source, ...]
    agreement: Agreement = Agreement.ALL

    def __call__(self, address: Address, at: datetime) -> Location | Unlocated:
        """Return where a folded address is, or why that is unknown. Never raises.

        With ALL, no source may be stale, and all must know the address and name the same country; a
        subdivision counts if every source that states subdivisions states it. With FIRST, the answer is
        that of the first source that is not stale and knows the address.
        """
        if corrected := self.corrections.find(address):
            found, name = corrected
            return Location(country=found.country, subdivisions=found.subdivisions, sources=(name,))
        if is_special(address):
            return Unlocated(UnlocatedReason.SPECIAL)
        if self.agreement is Agreement.FIRST:
            return self._first(address, at)
        return self._all(address, at)

    def _first(self, address: Address, at: datetime) -> Location | Unlocated:
        stale = False
        for source in self.sources:
            if source.is_stale(at):
                stale = True
            elif found := source.find(address):
                return _location([found], [source])
        return Unlocated(UnlocatedReason.STALE if stale else UnlocatedReason.UNKNOWN)

    def _all(self, address: Address, at: datetime) -> Location | Unlocated:
        places = []
        for source in self.sources:
            if source.is_stale(at):
                return Unlocated(UnlocatedReason.STALE)
            found = source.find(address)
            if found is None:
                return Unlocated(UnlocatedReason.UNKNOWN)
            places.append(found)
        if len({found.country for found in places}) > 1:
            return Unlocated(UnlocatedReason.DISPUTED)
        return _location(places, self.sources)


def _location(places: list[Place], sources: tuple[Source, ...] | list[Source]) -> Location:
    stated = [found.subdivisions for found in places if found.subdivisions]
    common = tuple(code for code in stated[0] if all(code in other for other in stated)) if stated else ()
    return Location(
        country=places[0].country, subdivisions=common, sources=tuple(source.name for source in sources)
    )
