from __future__ import annotations

from typing import get_args

from joinfence.config.demands.schema import OBJECTIONS, ContestEntry, SenderEntry, StatementsEntry
from joinfence.report import phrases
from joinfence.report.data import Ending, Outcomes, StepPart
from joinfence.text.phrases import OBJECTIONS as NAMED
from joinfence.text.phrases import SENDERS


def test_every_identifier_in_a_report_has_a_name() -> None:
    assert set(NAMED) == set(OBJECTIONS)
    assert set(phrases.OUTCOMES) == Outcomes.model_fields.keys() - {"received"}
    assert set(SENDERS) >= set(get_args(SenderEntry.model_fields["kind"].annotation))
    assert set(phrases.CONTESTANTS) == set(get_args(ContestEntry.model_fields["by"].annotation))
    assert set(phrases.STEPS) == set(get_args(StepPart.model_fields["step"].annotation))
    assert set(phrases.ENDINGS) == set(get_args(Ending.__value__))
    assert set(phrases.STATEMENTS) == StatementsEntry.model_fields.keys() - {
        "half_year",
        "signed_by",
        "signed_on",
    }
