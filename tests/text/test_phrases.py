from __future__ import annotations

from typing import get_args

from joinfence.config.orders.schema import Issuer
from joinfence.text.phrases import INSTRUMENTS, N_


def test_marking_changes_nothing() -> None:
    assert N_("Judgment") == "Judgment"


def test_every_kind_of_order_that_can_be_configured_has_a_name() -> None:
    assert set(INSTRUMENTS) == set(get_args(Issuer.model_fields["instrument"].annotation))
