"""The schema, tested with an independent validator: it accepts every shipped order and refuses invalid ones."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from joinfence.config.orders.json_schema import order_schema
from joinfence.config.yaml.document import read_document
from tests.config.orders.test_schema import OPTIONAL
from tests.config_files import SHIPPED
from tests.order_texts import REMOVED, changed

ORDERS = sorted((SHIPPED / "orders").glob("*.yaml"))
VALIDATOR = Draft202012Validator(order_schema(), format_checker=Draft202012Validator.FORMAT_CHECKER)


def problems(order: Any) -> list[str]:
    return [error.json_path for error in VALIDATOR.iter_errors(order)]


def test_the_shipped_schema_is_valid_and_up_to_date() -> None:
    Draft202012Validator.check_schema(order_schema())
    shipped = json.loads((SHIPPED / "schemas" / "order.json").read_text(encoding="utf-8"))
    assert shipped == order_schema(), "`joinfence orders schema` prints the current one"


@pytest.mark.parametrize("path", ORDERS, ids=lambda path: path.name)
def test_every_shipped_order_names_the_schema_and_is_valid(path: Any) -> None:
    first, _, _ = path.read_text(encoding="utf-8").partition("\n")
    assert first == "# yaml-language-server: $schema=../schemas/order.json"
    assert (path.parent / first.partition("$schema=")[2]).is_file()
    assert problems(read_document(path).data) == []


def test_an_order_with_every_field_is_valid() -> None:
    assert problems(json.loads(changed(*OPTIONAL))) == []


@pytest.mark.parametrize(
    ("place", "value", "expected"),
    [
        ("purpose", REMOVED, "$"),
        ("users", [], "$"),
        ("id", "DE-26-1", "$.id"),
        ("version", 0, "$.version"),
        ("territory[0]", "UK", "$.territory[0]"),
        ("territory", ["DE"] * 61, "$.territory"),
        ("authority.id", "De Nobody", "$.authority.id"),
        ("authority.issued_on", "2026-13-01", "$.authority.issued_on"),
        ("document.url", "http://meet.example/", "$.document.url"),
        ("document.sha256", "A", "$.document.sha256"),
        ("reasons.de", "short", "$.reasons.de"),
        ("meetings[0].id", "*", "$.meetings[0].id"),
        ("expires_at", "2026-11-10T00:00:00", "$.expires_at"),
        ("redress.operator.contact", "nobody", "$.redress.operator.contact"),
        ("redress.operator.answer_within_days", 31, "$.redress.operator.answer_within_days"),
        ("mode", "block", "$.mode"),
    ],
)
def test_an_invalid_field_is_refused(place: str, value: Any, expected: str) -> None:
    assert problems(json.loads(changed((place, value)))) == [expected]
