from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from joinfence.report.dsa import to_dsa
from joinfence.report.dsa_template import COLUMNS
from tests.report.example import example_report as example
from tests.report.samples import H2, make_facts, make_order, make_register

if TYPE_CHECKING:
    from joinfence.report.facts import Facts

LABEL = "Category of illegal content"
NUMBER = "Number of orders to act against illegal content received"
ITEMS = COLUMNS[7]
INFORM, EFFECT = COLUMNS[8], COLUMNS[9]


def rows(facts: Facts) -> list[dict[str, str]]:
    reader = csv.DictReader(io.StringIO(to_dsa(facts, H2), newline=""), strict=True)
    found = list(reader)
    assert tuple(reader.fieldnames or ()) == COLUMNS
    return found


def row(found: list[dict[str, str]], label: str, scope: str = "TOTAL") -> dict[str, Any]:
    return next(each for each in found if each[LABEL] == label and each["Scope"] == scope)


def test_the_rows_for_the_total_and_for_each_member_state_with_orders() -> None:
    _report, facts, _period = example("2026-H2")
    found = rows(facts)
    scopes = [each["Scope"] for each in found]
    assert list(dict.fromkeys(scopes)) == ["TOTAL", "DE", "NL", "PT"]
    assert {scopes.count(scope) for scope in scopes} == {91}
    assert {each["Reporting period"] for each in found} == {"2026-07-01/2026-12-31"}
    assert {each["Applicability"] for each in found} == {"All"}


def test_the_category_of_an_order_follows_from_its_purpose() -> None:
    found = rows(make_facts(make_order()))
    for label in (
        "TOTAL",
        "STATEMENT_CATEGORY_INTELLECTUAL_PROPERTY_INFRINGEMENTS",
        "KEYWORD_COPYRIGHT_INFRINGEMENT",
    ):
        for scope in ("TOTAL", "DE"):
            assert (row(found, label, scope)[NUMBER], row(found, label, scope)[ITEMS]) == ("1", "2")
    assert row(found, "KEYWORD_DEFAMATION")[NUMBER] == "0"
    assert (row(found, "TOTAL")[INFORM], row(found, "TOTAL")[EFFECT]) == ("", "86.5")


def test_times_are_in_hours() -> None:
    entry = {"acknowledged_at": "2026-08-01T01:30:00Z", "effect_at": "2026-08-02T00:00:00Z"}
    found = rows(make_facts(register=make_register(entry, {"acknowledged_at": "2026-08-01T02:30:00Z"})))
    assert (row(found, "TOTAL")[INFORM], row(found, "TOTAL")[EFFECT]) == ("2.0", "24.0")
    assert row(found, "STATEMENT_CATEGORY_NOT_SPECIFIED_ORDER")[NUMBER] == "2"


def test_only_orders_from_authorities_of_member_states_count() -> None:
    private = {"sender": {"country": "DE", "kind": "private"}}
    elsewhere = {"sender": {"country": "US", "kind": "court"}}
    police = {"sender": {"country": "IT", "kind": "police"}}
    found = rows(make_facts(register=make_register(private, elsewhere, police)))
    assert row(found, "TOTAL")[NUMBER] == "1"
    assert {each["Scope"] for each in found} == {"TOTAL", "IT"}


def test_the_columns_on_orders_to_provide_information_are_empty() -> None:
    for each in rows(make_facts(make_order())):
        assert [each[name] for name in COLUMNS if "provide information" in name] == [""] * 6


def test_the_name_of_the_operator_is_never_a_formula() -> None:
    facts = make_facts(make_order())
    facts = replace(facts, operator=facts.operator.model_copy(update={"name": "=1+1"}))
    assert "All,'=1+1,2026-07-01" in to_dsa(facts, H2)
