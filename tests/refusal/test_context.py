from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus

import pytest

from joinfence.engine.values import Location
from joinfence.refusal.context import RefusalContext
from tests.refusal.samples import OPERATOR, ORDER, OTHER, refused


def test_the_same_order_for_the_same_place_is_an_equal_context() -> None:
    assert refused() == refused()
    assert hash(refused()) == hash(refused())


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(refused(replace(ORDER)), id="the order loaded again, even if unchanged"),
        pytest.param(refused(ORDER, OTHER), id="another order covers it too"),
        pytest.param(refused(location=Location(country="AT")), id="another country"),
        pytest.param(refused(location=Location(country="DE", sources=("mmdb",))), id="another source"),
        pytest.param(replace(refused(), operator=replace(OPERATOR, name="B")), id="another operator"),
        pytest.param(object(), id="something else"),
    ],
)
def test_what_would_be_rendered_differently_is_not_equal(other: object) -> None:
    assert refused() != other


def test_the_status_is_451() -> None:
    assert RefusalContext.status is HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS
