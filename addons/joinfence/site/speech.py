"""Texts of the public pages in one language: states, changes, and reasons for rejection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from joinfence.site.changes import ChangeKind
from joinfence.site.life import State
from joinfence.text.catalogues import translations
from joinfence.text.language import closest
from joinfence.text.phrases import INSTRUMENTS, N_, OBJECTIONS, SENDERS
from joinfence.text.words import Words, line, quoted

if TYPE_CHECKING:
    from datetime import datetime

    from joinfence.engine.order import Order
    from joinfence.site.changes import Change
    from joinfence.site.life import Version
    from joinfence.site.rejected import RejectedDemand
    from joinfence.text.operator import Operator
    from joinfence.text.words import Quoted

TITLE: Final = N_("Legal orders carried out by %(operator)s")

_STATES: Final = {
    State.IN_FORCE: N_("In force until %(instant)s."),
    State.UPCOMING: N_("Not yet in force. It begins on %(instant)s."),
    State.SUSPENDED: N_("Suspended since %(instant)s."),
    State.REVIEW_MISSED: N_("Not in force: its review was due by %(instant)s."),
    State.EXPIRED: N_("Ended on %(instant)s."),
    State.WITHDRAWN: N_("Withdrawn on %(instant)s."),
    State.SUPERSEDED: N_("Replaced by a newer version on %(instant)s."),
}

_KINDS: Final = {
    ChangeKind.PUBLISHED: N_("Published"),
    ChangeKind.REVISED: N_("Changed without a new version"),
    ChangeKind.IN_FORCE: N_("In force"),
    ChangeKind.SUSPENDED: N_("Suspended"),
    ChangeKind.RESUMED: N_("In force again"),
    ChangeKind.REVIEW_MISSED: N_("Review missed, no longer in force"),
    ChangeKind.EXPIRED: N_("Ended"),
    ChangeKind.WITHDRAWN: N_("Withdrawn"),
    ChangeKind.SUPERSEDED: N_("Replaced by a newer version"),
    ChangeKind.REJECTED: N_("Demand rejected"),
}

_HOST: Final = {
    "sent": N_("Told"),
    "not_possible": N_("Could not be told"),
    "deferred": N_("Will be told later"),
}


class Speech:
    """Texts in one language. They are plain text and must be escaped where they are shown."""

    def __init__(self, language: str, operator: Operator) -> None:
        """Take one of the languages of the catalogues, and the operator."""
        self.language = language
        self.operator = operator
        self.words = Words(language)
        self._gettext = translations(language).gettext

    def feed_title(self) -> str:
        """Return the title of the site and of its feeds."""
        return str(self._gettext(TITLE) % {"operator": line(self.operator.name)})

    def state(self, version: Version, at: datetime) -> str:
        """Return the state of a version at an aware instant, as a sentence."""
        state = version.state(at)
        sentence = self._gettext(_STATES[state])
        return str(sentence % {"instant": self.words.instant(_instant_of(version, state, at))})

    def kind(self, change: Change) -> str:
        """Return what happened."""
        return str(self._gettext(_KINDS[change.kind]))

    def change_title(self, change: Change) -> str:
        """Return what changed, and how, on one line."""
        if change.version is None:
            return f"{change.rejected.id if change.rejected else ''}: {self.kind(change)}"
        order = change.version.order
        return f"{order.id}, {self.version(order.version)}: {self.kind(change)}"

    def change_summary(self, change: Change) -> str:
        """Return who ordered or demanded it, and for which territory, on one line."""
        if change.version is not None:
            order = change.version.order.order()
            places = self.words.territories(order.territory)
            return f"{self.words.authority(order).text}, {line(order.reference)}. {places}."
        entry = change.rejected
        if entry is None:
            return ""
        country = self.words.territory(entry.country)
        return f"{self.sender(entry).text}, {country}. {'; '.join(self.reasons(entry))}."

    def version(self, number: int) -> str:
        """Return the name of a version."""
        return str(self._gettext(N_("Version %(number)s")) % {"number": number})

    def instrument(self, order: Order) -> str:
        """Return the name of the order's instrument."""
        name = INSTRUMENTS.get(order.instrument)
        return str(self._gettext(name)) if name else order.instrument

    def host(self, notice: str) -> str:
        """Return whether the host was told."""
        return str(self._gettext(_HOST[notice]))

    def sender(self, entry: RejectedDemand) -> Quoted:
        """Return who made a demand: the name of an authority, else the kind of sender."""
        if not entry.name:
            return quoted(self._gettext(SENDERS[entry.kind]), self.language)
        language = closest(entry.name, self.language, "en")
        return quoted(entry.name[language], language)

    def reasons(self, entry: RejectedDemand) -> list[str]:
        """Return why a demand was rejected."""
        return [str(self._gettext(OBJECTIONS[reason])) for reason in entry.reasons]


def _instant_of(version: Version, state: State, at: datetime) -> datetime:
    """Return the instant that the sentence for a state mentions, in the time zone of the order."""
    order = version.order
    match state:
        case State.UPCOMING:
            return order.effective_from
        case State.REVIEW_MISSED:
            return order.review_by
        case State.SUPERSEDED if version.superseded_at is not None:
            return version.superseded_at
        case State.SUSPENDED | State.WITHDRAWN:
            return next(pause.since for pause in version.pauses if pause.covers(at))
        case _:
            return order.expires_at
