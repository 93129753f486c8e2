from __future__ import annotations

from datetime import date
from ipaddress import ip_address, ip_network

import pytest

from joinfence.location.corrections import Corrections
from joinfence.location.source import Place

SINCE = date(2026, 11, 1)
TABLE = Corrections(
    {
        ip_network("10.0.0.0/8"): ("PT", SINCE),
        ip_network("10.1.0.0/16"): ("DE-BY", date(2026, 11, 2)),
        ip_network("10.1.2.3/32"): ("HK", SINCE),
        ip_network("2001:db8::/32"): ("XK", SINCE),
        ip_network("0.0.0.0/1"): ("ES", SINCE),
    }
)


@pytest.mark.parametrize(
    ("address", "place"),
    [
        pytest.param("10.2.0.1", Place("PT"), id="a private network"),
        pytest.param("10.1.0.1", Place("DE", ("DE-BY",)), id="the most specific network applies"),
        pytest.param("10.1.2.3", Place("HK"), id="a single address"),
        pytest.param("2001:db8::1", Place("XK"), id="IPv6"),
        pytest.param("11.0.0.1", Place("ES"), id="the widest network applies last"),
        pytest.param("128.0.0.1", None, id="no correction"),
        pytest.param("::1", None, id="IPv4 networks do not match IPv6 addresses"),
    ],
)
def test_the_corrected_place_of_an_address(address: str, place: Place | None) -> None:
    found = TABLE.find(ip_address(address))
    assert (found[0] if found else None) == place


def test_the_name_of_a_correction_has_its_date() -> None:
    found = TABLE.find(ip_address("10.1.0.1"))
    assert found is not None
    assert found[1] == "correction of 2026-11-02"


def test_a_correction_to_a_group_of_countries_is_ignored() -> None:
    table = Corrections({ip_network("10.0.0.0/8"): ("EU", SINCE)})
    assert table.find(ip_address("10.0.0.1")) is None
