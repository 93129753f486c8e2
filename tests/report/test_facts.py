from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from tests.report.made import made


def test_facts_stand_still() -> None:
    facts = made()
    assert facts.bands is None
    with pytest.raises(FrozenInstanceError):
        facts.bands = {}  # type: ignore[misc]
