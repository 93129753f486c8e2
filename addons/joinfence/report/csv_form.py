"""The data set as one table of comma-separated values (RFC 4180), with one fact per line."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from joinfence.report.data import Report

COLUMNS: Final = ("section", "item", "measure", "value")

_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "demands.by_authority": ("country", "kind"),
    "demands.reasons": ("reason",),
    "demands.contested": ("by",),
    "times": ("step",),
    "orders": ("id", "version"),
    "orders.joins": ("half_year",),
    "redress": ("half_year",),
    "safeguards.location": ("source",),
    "statements": ("half_year",),
}
"""The lists in the data set, and the fields that identify their items."""

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_NUMBER: Final = re.compile(r"-[0-9]+(?:\.[0-9]+)?")


def to_csv(report: Report) -> str:
    """Return the data set as lines of section, item in the section, measure and value; unknown is empty."""
    return table(COLUMNS, _facts(report.model_dump(mode="json", by_alias=True), "report", ""))


def table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """Return rows below a head (RFC 4180): lines end with CR LF, values are quoted only where necessary.

    Text that a spreadsheet would take for a formula gets a leading apostrophe.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([_escape_formula(cell) for cell in row] for row in rows)
    return text.getvalue()


def _escape_formula(cell: object) -> object:
    is_formula = isinstance(cell, str) and cell.startswith(_FORMULA) and not _NUMBER.fullmatch(cell)
    return f"'{cell}" if is_formula else cell


def _facts(part: Mapping[str, Any], section: str, item: str) -> Iterator[tuple[str, str, str, str]]:
    for name, value in part.items():
        place = name if section == "report" else f"{section}.{name}"
        if isinstance(value, dict):
            yield from _facts(value, place, item)
        elif place in _KEYS:
            for each in value:
                own = "/".join(str(each[key]) for key in _KEYS[place])
                rest = {key: fact for key, fact in each.items() if key not in _KEYS[place]}
                yield from _facts(rest, place, f"{item}/{own}" if item else own)
        else:
            yield section, item, name, _cell(value)


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case list():
            return " ".join(str(each) for each in value)
        case _:
            return str(value)
