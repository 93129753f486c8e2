"""Names of the report's identifiers, in English for translation."""

from __future__ import annotations

from typing import Final

from joinfence.text.phrases import INSTRUMENTS, N_, OBJECTIONS, SENDERS

OUTCOMES: Final = {
    "accepted": N_("Accepted"),
    "narrowed": N_("Narrowed"),
    "rejected": N_("Rejected"),
    "withdrawn": N_("Withdrawn by sender"),
    "pending": N_("Undecided"),
}

CONTESTANTS: Final = {
    "operator": N_("The operator"),
    "host": N_("The host"),
    "affected": N_("Somebody affected"),
}

STEPS: Final = {
    "acknowledge": N_("Until receipt was confirmed"),
    "decide": N_("Until it was decided"),
    "give_effect": N_("Until it took effect"),
    "tell_host": N_("Until the host was told"),
}

ENDINGS: Final = {
    "expiry": N_("It expired"),
    "missed_review": N_("Its review was missed"),
    "suspension": N_("It was suspended"),
}

STATEMENTS: Final = {
    "only_status_451": N_("No other status code than 451 had to be used."),
    "no_data_given": N_("Nobody was given data about attempts to join."),
    "no_secret_order": N_("No order is carried out that is not in this report."),
    "no_meeting_ended": N_("No meeting was ended and no account closed because of an order."),
}

NAMES: Final = {
    "contestants": CONTESTANTS,
    "endings": ENDINGS,
    "instruments": INSTRUMENTS,
    "kinds": SENDERS,
    "outcomes": OUTCOMES,
    "reasons": OBJECTIONS,
    "statements": STATEMENTS,
    "steps": STEPS,
}
"""All names, by the kind of identifier."""
