"""What several sources agree on, and that all else is no location."""

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
class Told:
    """A source that always says the same."""

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


def located(agreement: Agreement, *sources: Told) -> Location | Unlocated:
    return Locator(corrections=Corrections({}), sources=sources, agreement=agreement)(ADDRESS, AT)


@pytest.mark.parametrize(
    ("sources", "expected"),
    [
        pytest.param([Told("a", DE)], Location(country="DE", sources=("a",)), id="one source"),
        pytest.param([Told("a", DE), Told("b", DE)], Location(country="DE", sources=("a", "b")), id="agreed"),
        pytest.param([Told("a", DE), Told("b", AT_)], DISPUTED, id="disputed"),
        pytest.param([Told("a", DE), Told("b", NONE)], UNKNOWN, id="one does not know"),
        pytest.param([Told("a", DE), Told("b", DE, stale=True)], STALE, id="one is too old"),
        pytest.param(
            [Told("a", BY), Told("b", DE)],
            Location(country="DE", subdivisions=("DE-BY",), sources=("a", "b")),
            id="a source that states no subdivision denies none",
        ),
        pytest.param(
            [Told("a", BY), Told("b", Place("DE", ("DE-BE",)))],
            Location(country="DE", sources=("a", "b")),
            id="subdivisions they differ on count for nothing",
        ),
    ],
)
def test_all_must_agree(sources: list[Told], expected: object) -> None:
    assert located(Agreement.ALL, *sources) == expected


@pytest.mark.parametrize(
    ("sources", "expected"),
    [
        ([Told("a", DE), Told("b", AT_)], Location(country="DE", sources=("a",))),
        ([Told("a", NONE), Told("b", AT_)], Location(country="AT", sources=("b",))),
        ([Told("a", DE, stale=True), Told("b", AT_)], Location(country="AT", sources=("b",))),
        ([Told("a", NONE), Told("b", NONE)], UNKNOWN),
        ([Told("a", DE, stale=True), Told("b", NONE)], STALE),
    ],
)
def test_the_first_that_knows_answers(sources: list[Told], expected: object) -> None:
    assert located(Agreement.FIRST, *sources) == expected


def test_a_correction_is_looked_at_before_everything() -> None:
    table = Corrections(
        {
            ip_network("9.9.9.9"): ("PT", date(2026, 11, 1)),
            ip_network("10.0.0.0/8"): ("ES", date(2026, 11, 1)),
        }
    )
    locate = Locator(corrections=table, sources=(Told("a", DE),))
    assert locate(ADDRESS, AT) == Location(country="PT", sources=("correction of 2026-11-01",))
    assert locate(ip_address("10.1.1.1"), AT) == Location(country="ES", sources=("correction of 2026-11-01",))


def test_a_special_address_is_shown_to_no_source() -> None:
    locate = Locator(corrections=Corrections({}), sources=(Told("a", DE),))
    assert locate(ip_address("127.0.0.1"), AT) == Unlocated(UnlocatedReason.SPECIAL)
