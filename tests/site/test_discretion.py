"""What would name a meeting on a page is found before anything is written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from joinfence.config.orders.schema import OrderFile
from joinfence.config.yaml.document import parse_document
from joinfence.config.yaml.validate import validate
from joinfence.engine.values import Join
from joinfence.site.discretion import breaches
from tests.factories import make_order
from tests.order_texts import changed
from tests.site.samples import MEETINGS

ORDER = make_order(meetings=MEETINGS)
SHORT = [{"service": "demo", "id": "123"}]


def problems(*changes: tuple[str, Any], meetings: tuple[Join, ...] = MEETINGS) -> list[str]:
    document = parse_document(Path("order.yaml"), changed(*changes))
    file = validate(OrderFile, document)
    return [problem.message for problem in breaches(file, make_order(meetings=meetings), document)]


@pytest.mark.parametrize(
    ("place", "text"),
    [
        pytest.param("necessity.least_restrictive", "Ending townhall would go too far.", id="necessity"),
        pytest.param("necessity.alternatives[0]", "A word to the host of Townhall.", id="another case"),
        pytest.param("narrowed_from", "Everybody in 987 6543 2101.", id="as the order writes it"),
        pytest.param(
            "document.url", "https://meet.example/98765432101.pdf", id="in canonical form, in a link"
        ),
        pytest.param("authority.reference", "17 O 98765432101", id="in the docket number"),
        pytest.param("legal_basis[0].citation", "§ 1 on townhall", id="in a citation"),
        pytest.param("narrowed_from", "Everybody in 987-6543-2101.", id="with other separators"),
        pytest.param("document.url", "https://a.example/order_98765432101.pdf", id="beside an underscore"),
    ],
)
def test_a_text_that_names_a_meeting_is_a_problem_where_it_stands(place: str, text: str) -> None:
    assert problems((place, text)) == [
        f"{place}: names the meeting, and is shown on the public pages; say it without the id"
    ]


def test_the_shipped_order_names_none() -> None:
    assert problems() == []


@pytest.mark.parametrize(
    ("place", "text", "found"),
    [
        pytest.param(
            "authority.reference", "17 O 123/26", 0, id="a docket number is like a short id by chance"
        ),
        pytest.param("necessity.least_restrictive", "Ending 123 goes too far.", 1, id="prose is not"),
        pytest.param("necessity.least_restrictive", "Ending 1234 goes too far.", 0, id="part of a word"),
    ],
)
def test_short_ids_count_in_prose_only(place: str, text: str, found: int) -> None:
    assert len(problems(("meetings", SHORT), (place, text), meetings=(Join("demo", "123"),))) == found


def test_what_stays_with_the_operator_may_name_it() -> None:
    assert (
        problems(("host_notice", {"state": "not_possible", "reason": "The host of townhall is gone."})) == []
    )
