"""Address to location: corrections first, then what the sources agree on."""

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
    """How several sources become one answer."""

    ALL = "all"
    FIRST = "first"


@dataclass(frozen=True, slots=True, kw_only=True)
class Locator:
    """The corrections and sources of one configuration, asked as one."""

    corrections: Corrections
    sources: tuple[Source, ...]
    agreement: Agreement = Agreement.ALL

    def __call__(self, address: Address, at: datetime) -> Location | Unlocated:
        """Return where a folded address is, or why nobody can say. Never raises.

        With `all`, every source must be fresh and know the address, and all must name the same country;
        a subdivision counts where all that state any state it. With `first`, the first fresh source that
        knows the address answers.
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
