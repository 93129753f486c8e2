"""Where an order stands, and the change that brings it there, in English for operators.

The one table for the command line, `joinfence status` and its page. What the public reads is translated, and
has its own words beside its templates.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from joinfence.engine.order import Standing


class StandingWords(NamedTuple):
    """`now` completes "the order is ..."; `change` names what happens when the order comes to stand there."""

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
"""In the order in which they are listed."""

NOT_SHOWN: Final = "the public pages do not show it as it is now"
"""Why an order is not published."""
