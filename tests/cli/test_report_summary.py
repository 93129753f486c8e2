from __future__ import annotations

import io
from typing import TYPE_CHECKING

from rich.console import Console

from joinfence.cli.report_summary import summary
from joinfence.report.compose import compose
from tests.report.example import example_report
from tests.report.samples import H2, make_facts

if TYPE_CHECKING:
    from joinfence.report.data import Report


def printed(report: Report, width: int = 100) -> str:
    out = Console(file=io.StringIO(), width=width, markup=False, emoji=False, highlight=False)
    summary(report, out)
    assert isinstance(out.file, io.StringIO)
    return out.file.getvalue()


def test_the_example_in_a_few_tables() -> None:
    text = printed(example_report("2026-H1")[0])
    lines = [" ".join(line.split()) for line in text.splitlines()]
    assert lines[0] == "Example Meetings, 2026-01-01 to 2026-06-30"
    for line in (
        "all 6 2 1 2 0 1",
        "DE court 1 0 1 0 0 0",
        "give effect 87 3",
        "FR-2026-0001 v1 FR FR 100-999 <10",
        "reviews missed 1",
        "minutes under a stale policy 25",
        "maximum age of registry (iptocc 3.3.170) in days not known",
    ):
        assert line in lines


def test_what_is_not_known_is_said() -> None:
    text = printed(compose(make_facts(*example_report("2026-H2")[1].orders), H2))
    assert "not counted" in text
    assert "not known" in text
