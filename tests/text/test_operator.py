from __future__ import annotations

from joinfence.text.operator import order_url
from tests.refusal.samples import OPERATOR, ORDER


def test_the_page_of_an_order_is_below_the_legal_page() -> None:
    assert order_url(OPERATOR, ORDER) == "https://meet.example/legal/orders/DE-2026-0001"
