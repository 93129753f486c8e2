"""A location is what the sources agree on; anything else is no location."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING

import pytest

from joinfence.engine.values import Location, Unlocated, UnlocatedReason
from joinfence.location.corrections import Corrections
from joinfence.location.locate import Agreement, Locator
from joinfence.location.source import Place

if TYPE_CHECKING:
    from joinfence.engine.values import Address

AT = datetime(2026, 11, 24, tzinfo=UTC)
ADDRESS = ip_address("9.9.9.9")


@dataclass
class FixedSource:
    """A source that always gives the same answer."""

    name: str
    place: Place | None
    stale: bool = False

    def is_stale(self, at: datetime) -> bool:
        assert at == AT
        return self.stale

    def find(self, address: Address) -> Place | None:
        assert address == ADDRESS
        return self.place


DE, BY, AT_, NONE = Place("DE"), Place("DE", ("DE-BY",)), Place("AT"), None
UNKNOWN, DISPUTED, STALE = (Unlocated(UnlocatedReason(reason)) for reason in ("unknown", "disputed", "stale"))


def located(agreement: Agreement, *sources: FixedSource) -> Location | Unlocated:
    return Locator(corrections=Corrections({}), sources=sources, agreement=agreement)(ADDRESS, AT)


@pytest.mark.parametrize(
    ("sources", "expected"),
    [
        pytest.param([FixedSource("a", DE)], Location(country="DE", sources=("a",)), id="one source"),
        pytest.param(
            [FixedSource("a", DE), FixedSource("b", DE)],
            Location(country="DE", sources=("a", "b")),
            id="two sources agree",
        ),
        pytest.param([FixedSource("a", DE), FixedSource("b", AT_)], DISPUTED, id="two countries"),
        pytest.param(
            [FixedSource("a", DE), FixedSource("b", NONE)], UNKNOWN, id="one does not know the address"
        ),
        pytest.param([FixedSource("a", DE), FixedSource("b", DE, stale=True)], STALE, id="one is stale"),
        pytest.param(
            [FixedSource("a", BY), FixedSource("b", DE)],
            Location(country="DE", subdivisions=("DE-BY",), sources=("a", "b")),
            id="a source without subdivisions does not count against others",
        ),
        pytest.param(
            [FixedSource("a", BY), FixedSource("b", Place("DE", ("DE-BE",)))],
            Location(country="DE", sources=("a", "b")),
            id="different subdivisions are left out",
        ),
    ],
)
def test_all_sources_must_agree(sources: list[FixedSource], expected: object) -> None:
    assert located(Agreement.ALL, *sources) == expected


@pytest.mark.parametrize(
    ("sources", "expected"),
    [
        ([FixedSource("a", DE), FixedSource("b", AT_)], Location(country="DE", sources=("a",))),
        ([FixedSource("a", NONE), FixedSource("b", AT_)], Location(country="AT", sources=("b",))),
        ([FixedSource("a", DE, stale=True), FixedSource("b", AT_)], Location(country="AT", sources=("b",))),
        ([FixedSource("a", NONE), FixedSource("b", NONE)], UNKNOWN),
        ([FixedSource("a", DE, stale=True), FixedSource("b", NONE)], STALE),
    ],
)
def test_the_first_fresh_source_that_knows_the_address_answers(
    sources: list[FixedSource], expected: object
) -> None:
    assert located(Agreement.FIRST, *sources) == expected


def test_a_correction_takes_precedence() -> None:
    table = Corrections(
        {
            ip_network("9.9.9.9"): ("PT", date(2026, 11, 1)),
            ip_network("10.0.0.0/8"): ("ES", date(2026, 11, 1)),
        }
    )
    locate = Locator(corrections=table, sources=(FixedSource("a", DE),))
    assert locate(ADDRESS, AT) == Location(country="PT", sources=("correction of 2026-11-01",))
    assert locate(ip_address("10.1.1.1"), AT) == Location(country="ES", sources=("correction of 2026-11-01",))


def test_a_special_purpose_address_is_not_looked_up() -> None:
    locate = Locator(corrections=Corrections({}), sources=(FixedSource("a", DE),))
    assert locate(ip_address("127.0.0.1"), AT) == Unlocated(UnlocatedReason.SPECIAL)
