from __future__ import annotations

import io
from typing import TYPE_CHECKING

from rich.console import Console

from joinfence.cli.report_summary import summary
from joinfence.report.compose import compose
from tests.report.example import made
from tests.report.made import H2
from tests.report.made import made as made_of

if TYPE_CHECKING:
    from joinfence.report.data import Report


def printed(report: Report, width: int = 100) -> str:
    out = Console(file=io.StringIO(), width=width, markup=False, emoji=False, highlight=False)
    summary(report, out)
    assert isinstance(out.file, io.StringIO)
    return out.file.getvalue()


def test_the_example_as_tables() -> None:
    text = printed(made("2026-H1")[0])
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


def test_unknown_numbers_are_marked() -> None:
    text = printed(compose(made_of(*made("2026-H2")[1].orders), H2))
    assert "not counted" in text
    assert "not known" in text
