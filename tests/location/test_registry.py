from __future__ import annotations

from datetime import UTC, datetime
from ipaddress import ip_address

import pytest

from joinfence.location.registry import Registry
from joinfence.location.source import Place


@pytest.mark.parametrize(
    ("address", "place"), [("193.136.0.1", Place("PT")), ("2003::1", Place("DE")), ("240.0.0.1", None)]
)
def test_the_country_of_assignment(address: str, place: Place | None) -> None:
    assert Registry().find(ip_address(address)) == place


def test_the_registry_states_its_version_and_is_never_stale() -> None:
    registry = Registry()
    assert registry.name.startswith("registry (iptocc 3.")
    assert not registry.is_stale(datetime(2100, 1, 1, tzinfo=UTC))
