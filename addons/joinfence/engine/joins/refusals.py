"""How a client is told that its join is refused: what a rule file says, and what the message adds to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from joinfence.engine.joins.extract import Extractor, MatchContext
    from joinfence.engine.joins.templates import Template


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """The form of a refusal, as a rule file states it.

    `status` stands in place of 451, `form` (a media type) in place of what the client asks for, and `body` is
    the service's own error. `messages` go to the client of a WebSocket, which stays open unless `close`.
    `echo` is name -> where the value stands in what is refused.
    """

    status: int | None = None
    form: str | None = None
    body: Template | None = None
    messages: tuple[Template, ...] = ()
    close: bool = False
    echo: Mapping[str, Extractor] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A refusal with what the refused request or message says of itself: hostile text, by name."""

    refusal: Refusal
    values: Mapping[str, str]


def refused(refusal: Refusal, context: MatchContext) -> Refused:
    """Return the refusal with the first value of each of its echoes; one that is not there is left out."""
    values = {}
    for name, extractor in refusal.echo.items():
        found = extractor.candidates(context)
        if found:
            values[name] = found[0]
    return Refused(refusal=refusal, values=values)
