"""What is said in more than one form, and what the kinds of order are called, in English for translation."""

from __future__ import annotations

from typing import Final


def N_(message: str) -> str:  # noqa: N802 - the name that gettext's tools look for
    """Return the text as it is; the mark is for whoever extracts what is to be translated."""
    return message


HEADLINE: Final = N_("You cannot join this meeting from here: a legal order forbids it")

SUMMARY: Final = N_(
    "%(authority)s has ordered that nobody may join this meeting from certain places. "
    "%(operator)s carries this out there, and nowhere else."
)

IF_WRONG: Final = N_(
    "If this is wrong, write to %(contact)s and say which country you are in. "
    "We check the data and correct it."
)

INSTRUMENTS: Final = {
    "judgment": N_("Judgment"),
    "interim_injunction": N_("Interim injunction"),
    "administrative_decision": N_("Administrative decision"),
    "dsa_art9_order": N_("Order under Article 9 of Regulation (EU) 2022/2065"),
    "licence_condition": N_("Licence condition"),
}
