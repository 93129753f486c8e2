from __future__ import annotations

from typing import get_args

from joinfence.config.orders.schema import Issuer
from joinfence.text.phrases import INSTRUMENTS, N_


def test_marking_a_text_returns_it_unchanged() -> None:
    assert N_("Judgment") == "Judgment"


def test_every_instrument_that_can_be_configured_has_a_name() -> None:
    assert set(INSTRUMENTS) == set(get_args(Issuer.model_fields["instrument"].annotation))
