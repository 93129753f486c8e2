from __future__ import annotations

import copy
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from joinfence.config.orders.draft import completed, draft, instant, longest
from joinfence.config.orders.groups import GROUPS
from joinfence.config.orders.schema import LONGEST_PERIOD, OrderFile
from joinfence.config.yaml.document import parse_document
from tests.order_texts import EXAMPLE


def answers(**changes: Any) -> dict[str, Any]:
    return {**copy.deepcopy(EXAMPLE), **changes}


def without(*keys: str) -> dict[str, Any]:
    return {key: value for key, value in answers().items() if key not in keys}


@pytest.mark.parametrize("instrument", sorted(LONGEST_PERIOD))
def test_the_end_left_out_is_that_of_the_longest_allowed_period(instrument: str) -> None:
    given = without("expires_at", "review_by")
    given["authority"]["instrument"] = instrument
    data = completed(given)
    begins, ends, review = (
        datetime.fromisoformat(data[key]) for key in ("effective_from", "expires_at", "review_by")
    )
    assert ends - begins == LONGEST_PERIOD[instrument]
    assert begins < review < ends


def test_what_is_given_stays_and_stands_in_the_order_of_the_record() -> None:
    data = completed(dict(reversed(answers(mode="observe", zzz=1).items())))
    assert data == {**EXAMPLE, "mode": "observe", "zzz": 1}
    known = [each.alias or name for name, each in OrderFile.model_fields.items()]
    assert list(data) == [*(key for key in known if key in data), "zzz"]


def test_an_order_is_in_force_from_its_receipt_if_nothing_else_is_said() -> None:
    assert completed(without("effective_from"))["effective_from"] == EXAMPLE["received_at"]
    assert "effective_from" not in completed(without("effective_from", "received_at"))


def test_groups_are_written_out() -> None:
    assert completed(answers(territory=["EEA", "CH"]))["territory"] == [*GROUPS["EEA"], "CH"]
    assert completed(answers(territory="EU"))["territory"] == "EU", "no list, so it stays for the check"


@pytest.mark.parametrize(
    "given",
    [{}, {"authority": 7}, {"authority": {"instrument": "letter"}, "effective_from": "2026-11-10T00:00:00Z"}],
)
def test_without_instrument_and_beginning_there_is_no_end(given: dict[str, Any]) -> None:
    assert longest(given) is None
    assert "expires_at" not in completed(given)


def test_an_instant_is_one_with_a_time_zone() -> None:
    assert instant("2026-11-10T00:00:00") is None
    assert instant("2026-11-10T00:00:00+01:00") == datetime.fromisoformat("2026-11-09T23:00:00+00:00")


def test_the_file_names_the_schema_and_says_what_each_part_is() -> None:
    text = draft(completed(answers(territory=["EU"])), schema="../s.json", groups=frozenset({"EU"}))
    assert text.startswith("# yaml-language-server: $schema=../s.json\n")
    assert "\n# EU, written out: 27 states.\nterritory:\n  - AT\n" in text
    assert "\n# Exact ids. An order names meetings, never people.\nmeetings:\n" in text


texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=200)


@given(texts, texts)
def test_whatever_the_answers_are_the_file_reads_as_them(reason: str, meeting: str) -> None:
    data = answers(reasons={"de": reason}, meetings=[{"service": "demo", "id": meeting}], territory=["NO"])
    text = draft(data, schema="s", groups=frozenset())
    assert parse_document(Path("o.yaml"), text).data == data
