"""A report as files in a folder, made from its data set and from the orders that it lists."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from joinfence.background.whole_files import umask_mode, write_whole
from joinfence.report.csv_form import to_csv
from joinfence.report.dsa import FILE_NAME, to_dsa
from joinfence.report.lumen import to_lumen
from joinfence.report.markdown import to_markdown
from joinfence.report.orders import in_force
from joinfence.report.page import to_html

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from joinfence.report.data import Report
    from joinfence.report.facts import Facts
    from joinfence.report.period import Period

JSON_NAME: Final = "report.json"


def to_json(report: Report) -> str:
    """Return the data set as JSON."""
    return report.model_dump_json(by_alias=True, indent=2) + "\n"


def publish(
    report: Report, facts: Facts, period: Period, folder: Path, languages: Sequence[str] = ("en",)
) -> list[Path]:
    """Write all files of a report to a folder, and return their paths. Raises OSError.

    There is a page for each language; that in the first language is report.html.
    """
    written, mode = [], umask_mode()
    for name, text in _files(report, facts, period, languages):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, text.encode(), mode=mode, fsync=False)
        written.append(path)
    return written


def _files(
    report: Report, facts: Facts, period: Period, languages: Sequence[str]
) -> Iterator[tuple[str, str]]:
    yield JSON_NAME, to_json(report)
    yield "report.csv", to_csv(report)
    pages = {
        tag: f"report.{tag}.html" if number else "report.html"
        for number, tag in enumerate(dict.fromkeys(languages))
    }
    for language, name in pages.items():
        yield name, to_html(report, language, pages, facts.branding)
    yield FILE_NAME, to_dsa(facts, period)
    for order in in_force(facts, period):
        authority, name = facts.register[order.authority.id], f"{order.id}-v{order.version}"
        notice = to_lumen(order, authority, facts.operator)
        yield f"lumen/{name}.json", json.dumps(notice, ensure_ascii=False, indent=2) + "\n"
        yield f"orders/{name}.md", to_markdown(order, authority, facts.operator)
