from __future__ import annotations

from typing import get_args

from joinfence.adapters.phrases import INSTRUMENTS, N_
from joinfence.config.order_file import Issuer


def test_marking_changes_nothing() -> None:
    assert N_("Judgment") == "Judgment"


def test_every_kind_of_order_that_can_be_configured_has_a_name() -> None:
    assert set(INSTRUMENTS) == set(get_args(Issuer.model_fields["instrument"].annotation))
