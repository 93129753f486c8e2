from __future__ import annotations

import copy
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from joinfence.config.orders.draft import completed, draft, instant, latest_expiry
from joinfence.config.orders.groups import GROUPS
from joinfence.config.orders.schema import LONGEST_PERIOD, OrderFile
from joinfence.config.yaml.document import parse_document
from tests.order_texts import EXAMPLE


def answers(**changes: Any) -> dict[str, Any]:
    return {**copy.deepcopy(EXAMPLE), **changes}


def without(*keys: str) -> dict[str, Any]:
    return {key: value for key, value in answers().items() if key not in keys}


@pytest.mark.parametrize("instrument", sorted(LONGEST_PERIOD))
def test_expiry_defaults_to_the_end_of_the_longest_allowed_period(instrument: str) -> None:
    given = without("expires_at", "review_by")
    given["authority"]["instrument"] = instrument
    data = completed(given)
    begins, ends, review = (
        datetime.fromisoformat(data[key]) for key in ("effective_from", "expires_at", "review_by")
    )
    assert ends - begins == LONGEST_PERIOD[instrument]
    assert begins < review < ends


def test_given_values_are_kept_and_sorted_as_in_the_schema() -> None:
    data = completed(dict(reversed(answers(mode="observe", zzz=1).items())))
    assert data == {**EXAMPLE, "mode": "observe", "zzz": 1}
    known = [each.alias or name for name, each in OrderFile.model_fields.items()]
    assert list(data) == [*(key for key in known if key in data), "zzz"]


def test_an_order_is_in_force_from_its_receipt_by_default() -> None:
    assert completed(without("effective_from"))["effective_from"] == EXAMPLE["received_at"]
    assert "effective_from" not in completed(without("effective_from", "received_at"))


def test_groups_are_replaced_by_their_members() -> None:
    assert completed(answers(territory=["EEA", "CH"]))["territory"] == [*GROUPS["EEA"], "CH"]
    assert completed(answers(territory="EU"))["territory"] == "EU", (
        "not a list, so it is left for the check to refuse"
    )


@pytest.mark.parametrize(
    "given",
    [{}, {"authority": 7}, {"authority": {"instrument": "letter"}, "effective_from": "2026-11-10T00:00:00Z"}],
)
def test_expiry_has_no_default_without_an_instrument_and_a_beginning(given: dict[str, Any]) -> None:
    assert latest_expiry(given) is None
    assert "expires_at" not in completed(given)


def test_an_instant_needs_a_time_zone() -> None:
    assert instant("2026-11-10T00:00:00") is None
    assert instant("2026-11-10T00:00:00+01:00") == datetime.fromisoformat("2026-11-09T23:00:00+00:00")


def test_the_file_names_its_schema_and_explains_each_part() -> None:
    text = draft(completed(answers(territory=["EU"])), schema="../s.json", groups=frozenset({"EU"}))
    assert text.startswith("# yaml-language-server: $schema=../s.json\n")
    assert "\n# EU, written out: 27 states.\nterritory:\n  - AT\n" in text
    assert "\n# Exact ids. An order names meetings, never people.\nmeetings:\n" in text


texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=200)


@given(texts, texts)
def test_the_file_reads_back_as_the_answers_it_was_made_from(reason: str, meeting: str) -> None:
    data = answers(reasons={"de": reason}, meetings=[{"service": "demo", "id": meeting}], territory=["NO"])
    text = draft(data, schema="s", groups=frozenset())
    assert parse_document(Path("o.yaml"), text).data == data
