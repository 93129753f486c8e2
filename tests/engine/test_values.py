"""Values: frozen, compared by what they hold, and with identifiers that programs may rely on."""

from __future__ import annotations

from dataclasses import fields, is_dataclass

import pytest

from joinfence.engine import values
from joinfence.engine.values import Authority, UndeterminedReason, UnlocatedReason

CLASSES = [item for item in vars(values).values() if isinstance(item, type) and is_dataclass(item)]


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_every_value_is_frozen_and_has_no_room_for_anything_else(kind: type) -> None:
    assert kind.__dataclass_params__.frozen  # type: ignore[attr-defined]
    assert set(kind.__slots__) == {field.name for field in fields(kind)}  # type: ignore[attr-defined]


def test_identifiers_are_stable() -> None:
    assert [r.value for r in UndeterminedReason] == [
        "peer_unusable",
        "header_missing",
        "malformed",
        "withheld",
        "all_trusted",
        "chain_too_long",
        "chain_too_short",
        "multiple_values",
    ]
    assert [r.value for r in UnlocatedReason] == ["unknown", "disputed", "stale", "special"]


def test_an_authority_for_a_part_of_a_country_is_of_that_country() -> None:
    court = Authority(id="x", name={}, kind="court", competence=("DE-BY", "DE-BW"), official_url="")
    assert court.country == "DE"
