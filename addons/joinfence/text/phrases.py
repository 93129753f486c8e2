"""Texts that several pages use, and the names of instruments, senders and objections, in English."""

from __future__ import annotations

from typing import Final


def N_(message: str) -> str:  # noqa: N802 - the name that gettext's tools look for
    """Return the text as it is. The call marks it for the tool that extracts texts to translate."""
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

SENDERS: Final = {
    "court": N_("Court"),
    "administrative": N_("Administrative authority"),
    "regulator": N_("Regulator"),
    "police": N_("Police"),
    "private": N_("Private sender"),
}

OBJECTIONS: Final = {
    "not_authentic": N_("Not authentic"),
    "no_competence": N_("Beyond the sender's competence"),
    "no_legal_basis": N_("No legal basis"),
    "no_reasons": N_("No reasons"),
    "no_end": N_("No end date"),
    "no_redress": N_("No way to contest it"),
    "disproportionate": N_("Wider than necessary"),
    "names_people": N_("Aimed at people"),
    "names_subjects": N_("Aimed at what is said"),
    "other_action": N_("Asked for something else than refusing joins"),
    "other": N_("Another reason"),
}
