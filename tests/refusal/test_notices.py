from __future__ import annotations

import re

import pytest

from joinfence.engine.decision import Reason
from joinfence.refusal.notices import FAILED, NOTICES, Notice, notice_for


@pytest.mark.parametrize(
    ("reason", "status"),
    [(Reason.UNDETERMINED, 503), (Reason.UNPARSABLE, 400), (Reason.NO_MEETING_ID, 400)],
)
def test_each_reason_without_an_order_has_its_own_notice(reason: Reason, status: int) -> None:
    assert notice_for(reason) is NOTICES[reason]
    assert notice_for(reason).status == status


def test_a_reason_that_should_not_refuse_gets_the_notice_of_a_failure() -> None:
    assert notice_for(Reason.UNLOCATED) is FAILED


@pytest.mark.parametrize("notice", [FAILED, *NOTICES.values()])
def test_no_notice_claims_an_order_or_a_law(notice: Notice) -> None:
    assert not re.search(r"\b(order|law|legal|court|authority)", notice.title + notice.detail, re.IGNORECASE)
