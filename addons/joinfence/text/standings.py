"""Names of standings, and of the changes that lead to them, in English for operators.

The command line, `joinfence status` and its page all use this table. Public pages are translated and have
their own texts.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from joinfence.engine.order import Standing


class StandingWords(NamedTuple):
    """`now` completes "the order is ..."; `change` says what happens when the order gets that standing."""

    now: str
    change: str


STANDINGS: Final = {
    Standing.IN_FORCE: StandingWords("in force", "takes effect"),
    Standing.NOT_YET_EFFECTIVE: StandingWords("not yet effective", "is approved"),
    Standing.UNAPPROVED: StandingWords("not approved", "approval lapses"),
    Standing.UNPUBLISHED: StandingWords("not published", "is approved, not published"),
    Standing.REVIEW_MISSED: StandingWords("review missed", "review due"),
    Standing.SUSPENDED: StandingWords("suspended", "is suspended"),
    Standing.EXPIRED: StandingWords("expired", "expires"),
}
"""In the order in which lists show them."""

NOT_SHOWN: Final = "the public pages do not show it as it is now"
"""Why an order is not published."""
