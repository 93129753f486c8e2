from __future__ import annotations

import csv
import io
import json
import re
from typing import Any

import pytest

from joinfence.report.csv_form import COLUMNS, table, to_csv
from tests.report.example import HALF_YEARS, ROOT, example_report


@pytest.mark.parametrize("half_year", HALF_YEARS)
def test_every_fact_of_the_data_set_is_on_one_line(half_year: str) -> None:
    report, _facts, _period = example_report(half_year)
    rows = list(csv.reader(io.StringIO(to_csv(report), newline=""), strict=True))
    assert tuple(rows[0]) == COLUMNS
    assert {len(row) for row in rows} == {4}
    assert len({tuple(row[:3]) for row in rows}) == len(rows)
    assert sum(1 for _ in leaves(json.loads(report.model_dump_json(by_alias=True)))) == len(rows) - 1 + keys(
        rows
    )


def keys(rows: list[list[str]]) -> int:
    """Return how many facts are in the names of items: two for an authority or order, else one."""
    two = {"demands.by_authority": 2, "orders": 2}
    one = (
        "demands.reasons",
        "demands.contested",
        "times",
        "orders.joins",
        "redress",
        "safeguards.location",
        "statements",
    )
    items = {(row[0], row[1]) for row in rows[1:]}
    return sum(two.get(section, section in one) for section, _item in items)


def leaves(node: Any) -> Any:
    if isinstance(node, dict):
        for value in node.values():
            yield from leaves(value)
    elif isinstance(node, list) and (not node or isinstance(node[0], dict)):
        for value in node:
            yield from leaves(value)
    else:
        yield node


def test_lines_end_with_cr_lf() -> None:
    text = (ROOT / "2026-H2" / "report.csv").read_bytes()
    assert text.endswith(b"\r\n")
    assert not re.search(rb"(?<!\r)\n", text)
    assert b"\nsafeguards.location,registry (iptocc 3.3.170),oldest_days,\r\n" in text
    assert b"\nstatements,2026-H2,no_data_given,true\r\n" in text


def test_values_are_quoted_where_necessary() -> None:
    assert (
        table(("a", "b"), [('say "no", now', "line\nbreak")]) == 'a,b\r\n"say ""no"", now","line\nbreak"\r\n'
    )


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r"])
def test_text_is_never_a_formula(first: str) -> None:
    (row,) = list(csv.reader(io.StringIO(table((), [(f"{first}HYPERLINK(1)", f"a{first}b")]), newline="")))[
        1:
    ]
    assert row == [f"'{first}HYPERLINK(1)", f"a{first}b"]


@pytest.mark.parametrize("number", [-3, -3.5, "-3", "-3.5", 4, ""])
def test_numbers_are_unchanged(number: object) -> None:
    assert table((), [(number, "x")]).splitlines()[1] == f"{number},x"
