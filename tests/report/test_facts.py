from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from tests.report.samples import make_facts


def test_facts_cannot_be_changed() -> None:
    facts = make_facts()
    assert facts.bands is None
    with pytest.raises(FrozenInstanceError):
        facts.bands = {}  # type: ignore[misc]
