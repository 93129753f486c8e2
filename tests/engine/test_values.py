"""Values are frozen, and their identifiers are stable."""

from __future__ import annotations

from dataclasses import fields, is_dataclass

import pytest

from joinfence.engine import approvals, order, values
from joinfence.engine.values import UndeterminedReason, UnlocatedReason

CLASSES = [
    item
    for module in (values, approvals, order)
    for item in vars(module).values()
    if isinstance(item, type) and is_dataclass(item)
]


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_every_value_is_frozen_and_has_only_slots_for_its_fields(kind: type) -> None:
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
