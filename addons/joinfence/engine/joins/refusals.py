"""How to answer a client whose join is refused: what the rule file states, and the values to echo."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from joinfence.engine.joins.extract.context import Extractor, MatchContext
    from joinfence.engine.joins.templates import Template


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """How a refusal is sent, as a rule file states it.

    `status` replaces 451, `form` replaces the media type that the client asks for, and `body` is an error
    in the service's own format. `messages` are sent to the client of a WebSocket, which stays open unless
    `close`. `echo` is name -> extractor: a value of the refused request or message that is sent back to the
    client.
    """

    status: int | None = None
    form: str | None = None
    body: Template | None = None
    messages: tuple[Template, ...] = ()
    close: bool = False
    echo: Mapping[str, Extractor] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class EchoedRefusal:
    """A refusal with the values to echo, by name. They come from the client, so they are untrusted text."""

    refusal: Refusal
    values: Mapping[str, str]


def with_echoes(refusal: Refusal, context: MatchContext) -> EchoedRefusal:
    """Return the refusal with the first value of each echo; an echo without a value is left out."""
    values = {}
    for name, extractor in refusal.echo.items():
        found = extractor.candidates(context)
        if found:
            values[name] = found[0]
    return EchoedRefusal(refusal=refusal, values=values)
