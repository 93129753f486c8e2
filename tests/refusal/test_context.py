from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus

import pytest

from joinfence.engine.values import Location
from joinfence.refusal.context import RefusalContext
from tests.refusal.samples import OPERATOR, ORDER, OTHER, refused


def test_the_same_order_for_the_same_place_is_the_same_case() -> None:
    assert refused() == refused()
    assert hash(refused()) == hash(refused())


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(refused(replace(ORDER)), id="an order read anew, even without a change"),
        pytest.param(refused(ORDER, OTHER), id="another order covers it too"),
        pytest.param(refused(location=Location(country="AT")), id="another country"),
        pytest.param(refused(location=Location(country="DE", sources=("mmdb",))), id="another source"),
        pytest.param(replace(refused(), operator=replace(OPERATOR, name="B")), id="another operator"),
        pytest.param(object(), id="something else"),
    ],
)
def test_what_would_look_different_is_another_case(other: object) -> None:
    assert refused() != other


def test_status_is_that_of_rfc_7725() -> None:
    assert RefusalContext.status is HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS
