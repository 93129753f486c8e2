"""A policy cannot be changed, only replaced."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from joinfence.engine.policy import OnUndetermined
from tests.factories import make_policy


def test_a_policy_cannot_be_changed() -> None:
    policy = make_policy()
    with pytest.raises(FrozenInstanceError):
        policy.revision = "other"  # type: ignore[misc]


def test_an_undetermined_client_is_admitted_or_told_that_the_service_is_unavailable() -> None:
    assert [str(choice) for choice in OnUndetermined] == ["admit", "unavailable"]
