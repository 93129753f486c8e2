"""The shipped JSON Schema is that of the data set. Run `python tests/report/test_data.py` to write it again."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

import joinfence.report
from joinfence.report.data import Report
from tests.report.example import HALF_YEARS, ROOT

SCHEMA = "report.schema.json"


def schema() -> str:
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Report.model_json_schema(mode="serialization"),
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def shipped() -> dict[str, Any]:
    text = (files("joinfence.report") / SCHEMA).read_text(encoding="utf-8")
    assert text == schema()
    document: dict[str, Any] = json.loads(text)
    return document


@pytest.mark.parametrize("half_year", HALF_YEARS)
def test_the_shipped_reports_are_valid_under_the_shipped_schema(half_year: str) -> None:
    Draft202012Validator.check_schema(shipped())
    report = json.loads((ROOT / half_year / "report.json").read_text(encoding="utf-8"))
    Draft202012Validator(shipped()).validate(report)
    assert Report.model_validate_json((ROOT / half_year / "report.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("orders", 0, "joins", 0, "refused"), 7),
        (("redress", 0, "complaints"), "3"),
        (("demands", "total", "received"), -1),
        (("orders", 0, "meeting"), "townhall"),
        (("schema",), "report/2"),
    ],
)
def test_the_schema_does_not_allow_exact_numbers_of_people_or_meetings(
    place: tuple[str | int, ...], value: object
) -> None:
    report = json.loads((ROOT / "2026-H2" / "report.json").read_text(encoding="utf-8"))
    node = report
    for step in place[:-1]:
        node = node[step]
    node[place[-1]] = value
    with pytest.raises(ValidationError):
        Draft202012Validator(shipped()).validate(report)


if __name__ == "__main__":
    (Path(joinfence.report.__file__).parent / SCHEMA).write_text(schema(), encoding="utf-8")
