"""Refusals that do not rest on an order: each says what happened, and mentions no order."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from joinfence.engine.decision import Reason
from joinfence.text.phrases import N_


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A status with a headline and one or two sentences, in English, as they are keys of the catalogues."""

    status: HTTPStatus
    title: str
    detail: str


FAILED: Final = Notice(
    status=HTTPStatus.SERVICE_UNAVAILABLE,
    title=N_("This cannot be answered at the moment"),
    detail=N_(
        "Something on our side failed before your request could be passed on. "
        "The fault is ours; please try again in a few minutes."
    ),
)

NOTICES: Final = {
    Reason.UNDETERMINED: Notice(
        status=HTTPStatus.SERVICE_UNAVAILABLE,
        title=N_("This cannot be answered at the moment"),
        detail=N_(
            "Our service could not tell which network your connection comes from, so your request was not "
            "passed on. The fault is in our set-up and not with you."
        ),
    ),
    Reason.UNPARSABLE: Notice(
        status=HTTPStatus.BAD_REQUEST,
        title=N_("This request could not be read"),
        detail=N_(
            "The content of the request is not in the form this address expects, so it was not passed on."
        ),
    ),
    Reason.NO_MEETING_ID: Notice(
        status=HTTPStatus.BAD_REQUEST,
        title=N_("This request names no meeting"),
        detail=N_("The request does not say which meeting it is for, so it was not passed on."),
    ),
}


def notice_for(reason: Reason) -> Notice:
    """Return the notice for a refusal without an order; FAILED for a reason that should not refuse."""
    return NOTICES.get(reason, FAILED)
